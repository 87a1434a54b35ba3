"""The vocabulary of a model: its sorts and symbols, the values of its types, and what is assumed of them."""
