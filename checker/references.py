"""References, as users write them: a module or file, with the name of a class behind a colon or without."""

from __future__ import annotations

__all__ = ["split_reference"]


def split_reference(reference: str) -> tuple[str, str | None]:
    """Return the module or file of a reference, and the name in it if there is one.

    Nothing is imported for it, so that a gate in which nothing changed need not load the language.
    """
    origin, colon, name = reference.rpartition(":")
    return (origin, name) if colon and name.isidentifier() else (reference, None)
