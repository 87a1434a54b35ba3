"""Verification in worker processes: for each kind, a module with a function `verify`."""
