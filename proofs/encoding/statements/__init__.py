"""Statements of the IR as changes of symbols: one function for each form, grouped by subject."""
