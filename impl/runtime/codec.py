"""Encode frozen values as JSON, for the wire and the disk, and decode them again.

Decoding only creates objects of the cluster's own classes, without running their code: a message cannot name others.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import json
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from typing import Any

from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen, freeze, rank
from assay.impl.node.handling import handlers
from assay.impl.node.literals import LITERALS
from assay.impl.node.node import Node
from assay.impl.node.thawing import thaw

__all__ = ["Codec"]

_BUILTIN = (
    *(tuple, list, dict, set, frozenset, deque, Counter, OrderedDict, defaultdict, bytearray, type),
    *LITERALS,
)
_FACTORIES = (int, str, bytes, len)


class Codec:
    """Encodes and decodes the values of some node classes.

    Parameters
    ----------
    nodes : iterable of types of Node
        The node classes. Apart from messages that one of them handles, the classes of all values that they keep and
        send must be defined in, or imported into, their modules or those of their bases.
    """

    def __init__(self, nodes: Iterable[type[Node]]) -> None:
        nodes = tuple(nodes)
        modules = {base.__module__ for node in nodes for base in node.__mro__ if base not in (object, Node)}
        found = [value for name in sorted(modules) for value in vars(sys.modules[name]).values() if _is_constant(value)]
        handled = [cls for node in nodes for cls in handlers(node)]
        self._named = {_name(value): value for value in (*_BUILTIN, *_FACTORIES, *found, *handled)}

    def write(self, value: object) -> str:
        """Return a value as one line of JSON."""
        return json.dumps(self.encode(freeze(value)), separators=(",", ":"))

    def read(self, text: str) -> Any:
        """Return the value that was written.

        Raises
        ------
        NodeError
            If it names a class that is not among these.
        """
        return thaw(self.decode(json.loads(text)))

    def encode(self, frozen: Frozen) -> Any:
        """Return a frozen value as an object that `json` can write."""
        if frozen is None or isinstance(frozen, int | str):
            return frozen
        if isinstance(frozen, bytes):
            return {"bytes": base64.b64encode(frozen).decode()}
        if isinstance(frozen, frozenset):
            return {"set": [self.encode(part) for part in sorted(frozen, key=rank)]}
        assert isinstance(frozen, tuple)
        if frozen and frozen[0] is type:
            return {"constant": self._known(frozen[1])}
        if frozen and isinstance(frozen[0], type):
            return {"is": self._known(frozen[0]), "of": [self.encode(part) for part in frozen[1:]]}
        return [self.encode(part) for part in frozen]

    def decode(self, value: Any) -> Frozen:
        """Return the frozen value that was encoded."""
        match value:
            case {"bytes": str(text)}:
                return base64.b64decode(text)
            case {"set": list(parts)}:
                return frozenset(map(self.decode, parts))
            case {"constant": str(name)}:
                return (type, self._called(name))
            case {"is": str(name), "of": list(parts)}:
                return (self._called(name), *map(self.decode, parts))
            case list(parts):
                return tuple(map(self.decode, parts))
            case None | int() | str():
                return value
        raise NodeError(f"{json.dumps(value)[:80]} is no value that a node has written")

    def _known(self, constant: Any) -> str:
        name = _name(constant)
        if self._named.get(name) is not constant:
            raise NodeError(
                f"{name} is not among the classes of the nodes, so that whoever reads it would not know it",
                help="define or import it at the top of a module that defines a node class",
            )
        return name

    def _called(self, name: str) -> Any:
        if name not in self._named:
            raise NodeError(f"there is no class {name!r} among those of the nodes")
        return self._named[name]


def _name(constant: Any) -> str:
    return f"{constant.__module__}:{constant.__qualname__}"


def _is_constant(value: Any) -> bool:
    """Return whether a message may name a module's value: a class of plain values, or a function."""
    if isinstance(value, type):
        plain = issubclass(value, enum.Enum | tuple) or dataclasses.is_dataclass(value)
        return plain or hasattr(value, "__struct_fields__") or value.__module__ not in sys.stdlib_module_names
    return hasattr(value, "__qualname__") and hasattr(value, "__code__")
