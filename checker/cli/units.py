"""Limits as command-line options; `assay.checker.units` reads how they are written."""

from assay.checker.units import count, duration, memory

__all__ = ["count", "duration", "memory"]
