"""Iteration over collections: comprehensions, folds, copies, slices, and functions that depend on an order."""
