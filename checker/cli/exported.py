"""The formats of reports that are for other programs."""

from __future__ import annotations

from typing import Literal, TypeGuard, cast, get_args

__all__ = ["Exported", "Shown", "is_exported", "shown"]

Exported = Literal["junit", "sarif", "github", "gitlab"]
Shown = Literal["text", "json", "markdown"]


def is_exported(format_: str) -> TypeGuard[Exported]:
    """Return whether a format is one for other programs."""
    return format_ in get_args(Exported)


def shown(format_: Shown | Exported) -> Shown:
    """Return a format that is for readers, and text where it is for other programs."""
    return "text" if is_exported(format_) else cast("Shown", format_)
