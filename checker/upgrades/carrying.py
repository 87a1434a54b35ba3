"""Translate states between versions of a model, by replacing each class by its counterpart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from assay.checker.language.frozen import FrozenBag, FrozenList, FrozenMap, FrozenSet
from assay.checker.language.sorts import Element

__all__ = ["Carrier"]


@dataclass(frozen=True)
class Carrier:
    """Translates values of one version to the other.

    Attributes
    ----------
    classes : mapping from class to class
        The counterpart of each class; shared classes may be omitted.
    """

    classes: Mapping[type[Any], type[Any]]
    _known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def carried(self, value: Any) -> Any:
        """Return a frozen value, or a whole frozen state, in the other version."""
        match value:
            case Element():
                return self._class(value).at(value.index)
            case Enum():
                return self._class(value)[value.name]
            case FrozenList() | FrozenSet():
                return type(value)(map(self.carried, value))
            case FrozenMap():
                return FrozenMap((self.carried(key), self.carried(entry)) for key, entry in value.items())
            case FrozenBag():
                return FrozenBag({self.carried(item): count for item, count in value.counts.items()})
            case tuple():
                return tuple(map(self.carried, value))
            case frozenset():
                return frozenset(map(self.carried, value))
            case _ if dataclasses.is_dataclass(value):
                return self._record(value)
        return value

    def _class(self, value: Any) -> Any:
        return self.classes.get(type(value), type(value))

    def _record(self, value: Any) -> Any:
        found = self._known.get(value)
        if found is None:
            parts = {part.name: self.carried(getattr(value, part.name)) for part in dataclasses.fields(value)}
            found = self._known[value] = self._class(value)(**parts)
        return found
