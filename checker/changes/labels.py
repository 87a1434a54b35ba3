"""Labels of steps: what two versions are compared by, as values that have a form in JSON.

Two versions of a module have classes of their own that are never equal, so the arguments are words. What is done
stands apart from them: no name is ever read back out of a text that was made of both.
"""

from __future__ import annotations

import msgspec

__all__ = ["Label"]


class Label(msgspec.Struct, frozen=True):
    """What is observed of a step.

    Attributes
    ----------
    action : str
        What is done: an action of a model; of an implementation, a node with the kind of event that it handles.
    arguments : tuple of str
        With what; names of parameters are no part of it.
    sentence : str
        What reports say, where that is not the action with its arguments in parentheses.
    """

    action: str
    arguments: tuple[str, ...] = ()
    sentence: str = ""

    def __str__(self) -> str:
        return self.sentence or f"{self.action}({', '.join(self.arguments)})"
