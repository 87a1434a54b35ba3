"""States in 64-bit words: the codes of scalars, the layout of variables, and access to their bits."""
