"""How an instance is spelt in settings and in the lock file: a name, then its settings: ``smoke Node=3 crashes=1``.

The lock file tells instances apart by their spelling, so each has one only. It is written and read here and nowhere
else.
"""

from __future__ import annotations

import shlex

__all__ = ["canonical", "parsed"]


def canonical(text: str) -> str | None:
    """Return the one spelling of an instance: its name, then its settings in alphabetical order.

    None if it is not a name with settings that are stated once each. The name *default* may be left out.

    Raises
    ------
    ValueError
        If a quotation in it does not end.
    """
    words = shlex.split(text)
    name = "default" if "=" in words[0] else words.pop(0)
    settings = _settings(words)
    if len(settings) < len(words) or not all("=" in word for word in words) or not all(map(all, settings.items())):
        return None
    return shlex.join([name, *(f"{setting}={settings[setting]}" for setting in sorted(settings))])


def parsed(spelling: str) -> tuple[str, dict[str, str]]:
    """Return the name of an instance, and the settings that override it, from its canonical spelling."""
    name, *words = shlex.split(spelling)
    return name, _settings(words)


def _settings(words: list[str]) -> dict[str, str]:
    return dict(word.partition("=")[::2] for word in words)
