"""The commands that proofs bring to the command line; the application finds them by their dotted names."""
