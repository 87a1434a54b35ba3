"""Parse the options of ``assay quorum``: pairs, shares and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from assay.checker.errors import UsageError

if TYPE_CHECKING:
    from assay.proofs.quorums.configurations import Configuration
    from assay.proofs.quorums.questions import Topic

__all__ = ["count", "demands", "settings", "share", "shares", "topics"]

_SAFE = "safe"


def settings(texts: Sequence[str]) -> dict[str, str]:
    """Return the settings given besides the file: ``--set write=QUORUM``."""
    return dict(_pair("--set", text, "write=QUORUM") for text in texts)


def topics(texts: Sequence[str]) -> frozenset[Topic]:
    """Return the questions besides safety: all of them, or those that ``--only`` names.

    Raises
    ------
    UsageError
        If it names anything else.
    """
    from assay.proofs.quorums.questions import EVERYTHING, Topic

    if not texts:
        return EVERYTHING
    words = [word.strip() for word in ",".join(texts).split(",")]
    known = {topic.value: topic for topic in Topic}
    for word in words:
        if word != _SAFE and word not in known:
            raise UsageError(f"--only {word}: expected {_SAFE}, {', '.join(known)}, or several with commas")
    return frozenset(known[word] for word in words if word != _SAFE)


def demands(texts: Sequence[str]) -> dict[str, int]:
    """Return how many failures must be survived, by name: ``--fail-under f=1,zone=1``."""
    found = {}
    for text in ",".join(texts).split(",") if texts else ():
        name, value = _pair("--fail-under", text, "f=1,zone=1")
        if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
            raise UsageError(f"--fail-under {text}: expected a whole number of failures")
        found[name] = int(value)
    return found


def count(option: str, text: str) -> int:
    """Return a whole number that is not negative."""
    if not re.fullmatch(r"[0-9]{1,9}", text.strip(), re.ASCII):
        raise UsageError(f"{option} {text}: expected a whole number such as 3")
    return int(text)


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise UsageError(f"{option} {text}: expected {example}")
    return name.strip(), value.strip()


def share(option: str, text: str) -> Fraction:
    """Return a number between 0 and 1."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,18}|/[0-9]{1,9})?", text.strip(), re.ASCII):
        raise UsageError(f"{option} {text}: expected a number such as 0.01 or 1/100")
    try:
        found = Fraction(text.strip())
    except ZeroDivisionError:
        raise UsageError(f"{option} {text}: division by zero") from None
    if not 0 <= found <= 1:
        raise UsageError(f"{option} {text}: expected a number between 0 and 1")
    return found


def shares(subject: Configuration, read_fraction: str | None) -> dict[str, float]:
    """Return the shares of reads and writes among all operations; empty if none are given."""
    if read_fraction is None:
        return {}
    classes = set(subject.system.classes)
    if classes != {"read", "write"}:
        raise UsageError(f"--read-fraction is about the classes read and write, not {', '.join(sorted(classes))}")
    reads = float(share("--read-fraction", read_fraction))
    return {"read": reads, "write": 1 - reads}
