"""Limits as options of a command line name them; what they are written as is read by `assay.checker.units`."""

from assay.checker.units import count, duration, memory

__all__ = ["count", "duration", "memory"]
