"""The obligations as SMT-LIB 2, and what a second solver says of them."""
