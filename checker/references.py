"""References, as users write them: a module or file, with the name of a class behind a colon or without."""

from __future__ import annotations

import os
import re

__all__ = ["file_of", "split_reference"]


def split_reference(reference: str) -> tuple[str, str | None]:
    """Return the module or file of a reference, and the name in it if there is one.

    Nothing is imported for it, so that a gate in which nothing changed need not load the language.
    """
    origin, colon, name = reference.rpartition(":")
    return (origin, name) if colon and name.isidentifier() else (reference, None)


def file_of(reference: str) -> str | None:
    """Return the file in ``[REVISION:]FILE[:CLASS]``, if there is one in the working tree; otherwise None."""
    parts = re.split(r":(?!//)", reference)  # the colon of a URL does not separate anything
    return next((part for part in parts if os.path.isfile(part)), None)
