"""Conditions on many elements at once, as arithmetic on whole words."""
