"""Translate values between releases, matching classes and fields by name.

The runtime does the same with messages and with what is on disk (`assay.impl.runtime.codec`): the name of the class and
the names of the fields are written, and the reader makes an object of its own class of that name, without running its
constructor.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, freeze
from assay.impl.node.releases import Release
from assay.impl.node.thawing import thaw

__all__ = ["Translator", "is_whole", "missing_fields"]


class Translator:
    """Translates frozen values between releases.

    Parameters
    ----------
    releases : sequence of Release
        The releases, in the order of their numbers.
    """

    def __init__(self, releases: Sequence[Release]) -> None:
        self.releases = releases
        self._homes: dict[Any, tuple[Release, str, str] | None] = {}
        self._read: dict[tuple[Frozen, int], Frozen] = {}

    def knows(self, constant: Any, release: int) -> bool:
        """Return whether a release has a class or function of this name."""
        return self._counterpart(constant, release) is not None

    def read(self, frozen: Frozen, release: int) -> Frozen:
        """Return a value as a release reads it: without fields that its classes lack, defaults where one is missing.

        Raises
        ------
        NodeError
            If it cannot: there is no such class, or no such member of an enumeration.
        """
        key = (frozen, release)
        if key not in self._read:
            self._read[key] = self._reread(self._moved(frozen, release, is_lenient=False), frozen, release)
        return self._read[key]

    def seen(self, frozen: Frozen, release: int) -> Frozen:
        """Return a value with the classes of a release where it has counterparts, and unchanged elsewhere."""
        try:
            return self.read(frozen, release)
        except NodeError:
            return self._moved(frozen, release, is_lenient=True)

    def told(self, frozen: Frozen, sender: int, common: int) -> Frozen:
        """Return a value that a release has sent, with the classes of another release if nothing is lost by that.

        So a message that means the same in both releases is one message, whoever has sent it.
        """
        try:
            there = self.read(frozen, common)
            return there if self.read(there, sender) == frozen and is_whole(there) else frozen
        except NodeError:
            return frozen

    def _reread(self, moved: Frozen, frozen: Frozen, release: int) -> Frozen:
        if moved == frozen:
            return moved
        try:
            return freeze(thaw(moved))
        except Exception as error:  # constructing objects of user classes may raise anything
            raise NodeError(
                f"{self.releases[release].name} cannot read {_shown(frozen)}: {type(error).__name__}: {error}"
            ) from error

    def _moved(self, frozen: Frozen, release: int, *, is_lenient: bool) -> Frozen:
        if isinstance(frozen, frozenset):
            return frozenset(self._moved(part, release, is_lenient=is_lenient) for part in frozen)
        if not isinstance(frozen, tuple) or not frozen:
            return frozen
        head, rest = frozen[0], frozen[1:]
        if head is type:
            return (type, self._found(rest[0], release, is_lenient=is_lenient))
        parts = (self._moved(part, release, is_lenient=is_lenient) for part in rest)
        if isinstance(head, type):
            return (self._found(head, release, is_lenient=is_lenient), *parts)
        return (self._moved(head, release, is_lenient=is_lenient), *parts)

    def _found(self, constant: Any, release: int, *, is_lenient: bool) -> Any:
        found = self._counterpart(constant, release)
        if found is None and not is_lenient:
            raise NodeError(
                f"{self.releases[release].name} has no {constant.__qualname__}, of which {constant.__module__} made it",
                help="keep the class under its name until no node of the other release is left",
            )
        return constant if found is None else found

    def _counterpart(self, constant: Any, release: int) -> Any:
        """Return a release's class or function with the name of another's; shared ones are returned unchanged."""
        home = self._home(constant)
        if home is None:
            return constant
        owner, module, name = home
        there = self.releases[release]
        if there is owner:
            return constant
        return _attribute(there.modules.get(there.main if module == owner.main else module), name)

    def _home(self, constant: Any) -> tuple[Release, str, str] | None:
        """Return the release that a class or function belongs to, with its module and its name there."""
        if constant not in self._homes:
            module, name = constant.__module__, constant.__qualname__
            owners = (r for r in self.releases if _attribute(r.modules.get(module), name) is constant)
            owner = next(owners, None)
            self._homes[constant] = None if owner is None else (owner, module, name)
        return self._homes[constant]


def is_whole(frozen: Frozen) -> bool:
    """Return whether all dataclass objects in a value have all their fields; those of another release may lack some."""
    if isinstance(frozen, frozenset):
        return all(map(is_whole, frozen))
    if not isinstance(frozen, tuple) or not frozen:
        return True
    return not missing_fields(frozen) and all(map(is_whole, frozen[1:]))


def missing_fields(frozen: tuple[Frozen, ...]) -> frozenset[str]:
    """Return the fields that an object of a dataclass lacks."""
    head, rest = frozen[0], frozen[1:]
    if not isinstance(head, type) or not dataclasses.is_dataclass(head):
        return frozenset()
    there = {part[0] for part in rest if isinstance(part, tuple) and part}
    return frozenset(field.name for field in dataclasses.fields(head)) - there


def _attribute(module: ModuleType | None, qualified: str) -> Any:
    """Return the object with a dotted name in a module, or None."""
    found: Any = module
    for name in qualified.split("."):
        found = getattr(found, name, None)
    return found


def _shown(frozen: Frozen) -> str:
    try:
        return repr(thaw(frozen))
    except Exception:  # a repr of the user's own
        return f"a {frozen[0].__name__}" if isinstance(frozen, tuple) else "a value"
