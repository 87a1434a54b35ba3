"""The command line: ``assay COMMAND``; one file a command, imported when it is used."""

from assay.checker.cli.application import main

__all__ = ["main"]
