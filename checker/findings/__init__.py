"""What assay finds fault with, whichever command does: a rule, what it is about, and how serious it is."""
