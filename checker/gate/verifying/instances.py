"""Parse instances as the settings spell them: ``smoke Node=3``."""

from __future__ import annotations

import shlex

__all__ = ["parsed"]


def parsed(words: str) -> tuple[str, dict[str, str]]:
    """Return the name of an instance and the settings that override it."""
    name, *settings = shlex.split(words)
    return name, dict(setting.partition("=")[::2] for setting in settings)
