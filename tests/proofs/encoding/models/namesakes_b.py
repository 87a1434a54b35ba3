"""Names that another module has, too."""

# ruff: noqa
# mypy: ignore-errors

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Level(Order):
    """An order."""


class Phase(Enum):
    IDLE, BUSY = range(2)


@record
class Ping:
    """From one to the other."""
