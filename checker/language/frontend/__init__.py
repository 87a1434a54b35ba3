"""From Python source to the typed IR, with the errors a compiler would give."""
