"""Expressions whose values are single: scalars, records, conditions, places and names."""
