"""Configuration files of real systems, one parser per module: text in, a `Configuration` out."""

from __future__ import annotations

from assay.proofs.quorums.formats.format import Format, Setting
from assay.proofs.quorums.formats.reading import FORMATS, detect, parse_source, read_configuration
from assay.proofs.quorums.formats.texts.source import Source, read_source

__all__ = [
    "FORMATS",
    "Format",
    "Setting",
    "Source",
    "detect",
    "parse_source",
    "read_configuration",
    "read_source",
]
