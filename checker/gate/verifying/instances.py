"""Instances in the words of the settings: ``smoke Node=3``."""

from __future__ import annotations

import shlex

__all__ = ["parsed"]


def parsed(words: str) -> tuple[str, dict[str, str]]:
    """Return the name of an instance, and what differs from it."""
    name, *settings = shlex.split(words)
    return name, dict(setting.partition("=")[::2] for setting in settings)
