"""Statements of Python: one function for each form, grouped by subject."""
