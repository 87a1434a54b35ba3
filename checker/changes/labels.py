"""Labels of steps, by which two versions are compared; they can be written as JSON.

The classes of two versions of a module are never equal, so arguments are text. The action is a separate field, so no
name ever has to be parsed out of a text.
"""

from __future__ import annotations

import msgspec

__all__ = ["Label"]


class Label(msgspec.Struct, frozen=True):
    """The observable part of a step.

    Attributes
    ----------
    action : str
        The action of a model; for an implementation, a node with the kind of event that it handles.
    arguments : tuple of str
        The arguments as text, without the names of parameters.
    sentence : str
        Text for reports, if it is not simply the action with its arguments in parentheses.
    """

    action: str
    arguments: tuple[str, ...] = ()
    sentence: str = ""

    def __str__(self) -> str:
        return self.sentence or f"{self.action}({', '.join(self.arguments)})"
