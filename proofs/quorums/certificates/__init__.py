"""The obligations as SMT-LIB 2 scripts, checked by a second solver."""
