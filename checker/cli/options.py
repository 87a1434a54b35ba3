"""The options that several commands have, each declared once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from assay.checker.cli.exported import Exported
from cyclopts import Parameter

__all__ = ["Flag", "Format", "InstanceName", "Limit", "Settings", "Several", "Typed"]

Settings = Annotated[tuple[str, ...], Parameter(name="--set", consume_multiple=True, negative=(), show_default=False)]
"""What is set: ``--set Participant=3 crashes=1``."""

Several = Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=(), show_default=False)]
"""Several words after one option: ``--only safe sizes``."""

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
"""Something that is asked for, and that ``--no-`` does not take back."""

Limit = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
"""An amount as people write it. A negative one is refused as an amount, not taken for an option."""

InstanceName = Literal["default", "smoke", "deep"]
"""The instance of a model to start from."""

Format = Annotated[Literal["text", "json", "markdown"] | Exported, Parameter(name="--format")]
"""The form of a report, for people or for other programs."""

Typed = Annotated[Mapping[str, str], Parameter(parse=False)]
"""No option: the options that the command line itself names, as `assay.checker.cli.modes` wants them."""
