"""Expressions of the IR as terms: one function for each form, grouped by subject."""
