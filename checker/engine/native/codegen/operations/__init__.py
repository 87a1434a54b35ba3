"""Instructions, and operations on the typed values that they compute."""
