"""Recognise quorum configurations."""

from __future__ import annotations

from pathlib import Path

from assay.checker.errors import AssayError
from assay.proofs.quorums.formats.reading import detect, read_configuration
from assay.proofs.quorums.formats.texts.source import read_source

__all__ = ["refused"]


def refused(path: Path) -> str | None:
    """Return why a quorum configuration cannot be read: empty if it can, and None if the file is not one."""
    try:
        format_ = detect(read_source(path))
    except (AssayError, UnicodeDecodeError):
        return None
    try:
        read_configuration(path)
    except AssayError as error:
        return f"it looks like {format_.name}, and more must be said: {error.message}"
    return ""
