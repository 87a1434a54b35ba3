"""Findings of all commands: a rule, its subject, and its severity."""
