"""Report formats for other programs."""

from __future__ import annotations

from typing import Literal, TypeGuard, get_args

__all__ = ["Exported", "is_exported"]

Exported = Literal["junit", "sarif", "github", "gitlab"]


def is_exported(format_: str) -> TypeGuard[Exported]:
    """Return whether a format is meant for other programs."""
    return format_ in get_args(Exported)
