"""Protocols of the literature by which verifiers measure themselves."""
