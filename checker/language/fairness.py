"""Fairness: what liveness properties may assume of actions."""

from __future__ import annotations

from collections.abc import Iterable

from assay.checker.errors import ModelError
from assay.checker.immutable import immutable

__all__ = ["Fairness", "fairness_of", "strong", "weak"]


@immutable
class Fairness:
    """A fairness assumption.

    Attributes
    ----------
    is_strong : bool
        Strong fairness is violated if the actions are enabled again and again, but from some time on never happen. Weak
        fairness is violated only if from some time on they are always enabled, but never happen.
    actions : tuple of str
        The actions, taken together: one of them must happen. Empty for all actions of the model.
    each : tuple of str
        Some of their parameters: the assumption is made for each choice of their values.
    """

    is_strong: bool
    actions: tuple[str, ...] = ()
    each: tuple[str, ...] = ()

    def __str__(self) -> str:
        strength = "strong" if self.is_strong else "weak"
        each = f", for each {' and '.join(self.each)}" if self.each else ""
        return f"{strength} fairness of {' or '.join(self.actions) or 'all actions'}{each}"


def weak(*actions: str, each: str | Iterable[str] = ()) -> Fairness:
    """Return the assumption that one of the actions happens if they stay enabled.

    Parameters
    ----------
    *actions : str
        Names of actions; none for all actions of the model.
    each : str or iterable of str
        Some of their parameters: the assumption is made for each choice of their values.
    """
    return fairness_of("weak", actions, each)


def strong(*actions: str, each: str | Iterable[str] = ()) -> Fairness:
    """Return the assumption that one of the actions happens if they are enabled again and again; see `weak`."""
    return fairness_of("strong", actions, each)


def fairness_of(strength: object, actions: Iterable[str], each: str | Iterable[str]) -> Fairness:
    """Return the fairness assumption that a decorator or a class states.

    Raises
    ------
    ModelError
        If there is no such fairness.
    """
    if strength not in ("weak", "strong"):
        named = getattr(strength, "__name__", repr(strength))
        raise ModelError(f"there is no fairness {named}", help="possible are 'weak' and 'strong'")
    parameters = (each,) if isinstance(each, str) else tuple(each)
    return Fairness(strength == "strong", tuple(actions), parameters)
