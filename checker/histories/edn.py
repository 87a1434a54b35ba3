"""The part of EDN that histories of Jepsen are written in: maps, vectors, lists, sets, keywords, numbers, strings."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sized
from math import isfinite
from typing import Any, NoReturn, TypeVar

from assay.checker.errors import InputError

__all__ = ["read_edn"]

T = TypeVar("T", bound=Sized)

_TOKEN = re.compile(
    r"""(?P<blank>(?:[\s,]|;[^\n]*)+)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<opening>\#\{|[({\[])
      | (?P<closing>[)}\]])
      | (?P<discard>\#_)
      | (?P<tag>\#[A-Za-z][\w.\-/]*)
      | (?P<atom>[^\s,()\[\]{}";]+)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSES = {"(": ")", "[": "]", "{": "}", "#{": "}"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_WORDS: dict[str, Hashable] = {"nil": None, "true": True, "false": False}

_MOST_NESTED = 100
"""Values inside each other: each takes some frames of Python, which stops at a thousand."""


def read_edn(text: str, path: str) -> list[Any]:
    """Return the values of a text, one after the other; a map as a dict, all else as hashable values.

    Parameters
    ----------
    text : str
        EDN values, one after the other. A keyword becomes its name, a vector or list a tuple.
    path : str
        The file, for messages.

    Raises
    ------
    InputError
        If it is not EDN, with its line.
    """
    reader = _Reader(text, path)
    return list(reader.values(None))


class _Reader:
    """What is left to be read of a text."""

    def __init__(self, text: str, path: str) -> None:
        self._text, self._path, self._at, self._depth = text, path, 0, 0

    def _fail(self, what: str) -> NoReturn:
        line = self._text.count("\n", 0, self._at) + 1
        raise InputError(f"{self._path}:{line}: this is not EDN: {what}")

    def _next(self) -> tuple[str, str] | None:
        while self._at < len(self._text):
            found = _TOKEN.match(self._text, self._at)
            if found is None or found.lastgroup is None:
                self._fail(f"unexpected {self._text[self._at]!r}")
            self._at = found.end()
            if found.lastgroup != "blank":
                return found.lastgroup, found.group()
        return None

    def _token(self) -> tuple[str, str] | None:
        """Return the next token after what is to be discarded; None at the end of the text."""
        while (token := self._next()) is not None and token[0] == "discard":
            self._descend()
            self._value(*self._begun())
            self._depth -= 1
        return token

    def _begun(self) -> tuple[str, str]:
        """Return the token at which a value begins that has to be there."""
        token = self._token()
        if token is None or token[0] == "closing":
            self._fail("a value is missing")
        return token

    def values(self, closing: str | None) -> Iterator[Any]:
        """Yield values up to a closing bracket, or to the end of the text."""
        while (token := self._token()) is not None:
            kind, text = token
            if kind != "closing":
                yield self._value(kind, text)
            elif text == closing:
                return
            else:
                self._fail(f"unexpected {text!r}")
        if closing is not None:
            self._fail(f"a {closing!r} is missing at the end")

    def _value(self, kind: str, text: str) -> Any:
        while kind == "tag":  # what a tag says of the value is of no interest here
            kind, text = self._begun()
        if kind == "string":
            return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1], flags=re.DOTALL)
        return self._collection(text) if kind == "opening" else _atom(text)

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > _MOST_NESTED:
            self._fail(f"more than {_MOST_NESTED} values are inside each other")

    def _collection(self, opening: str) -> Any:
        self._descend()
        items = list(self.values(_CLOSES[opening]))
        self._depth -= 1
        if opening == "#{":
            return self._without_duplicates(frozenset(map(_hashable, items)), items, "an element")
        if opening != "{":
            return tuple(map(_hashable, items))
        if len(items) % 2:
            self._fail("a map needs a value for each key")
        keys = items[::2]
        return self._without_duplicates(dict(zip(map(_hashable, keys), items[1::2], strict=True)), keys, "a key")

    def _without_duplicates(self, found: T, items: list[Any], what: str) -> T:
        if len(found) != len(items):  # 1 and 1.0 are equal, too, as the elements of a set
            self._fail(f"{what} is there twice")
        return found


def _hashable(value: Any) -> Hashable:
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    hashable: Hashable = value
    return hashable


def _atom(text: str) -> Hashable:
    if text in _WORDS:
        return _WORDS[text]
    if re.fullmatch(r"[+-]?[0-9]{1,999}N?", text):
        return int(text.rstrip("N"))
    if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?M?", text) and isfinite(
        number := float(text.rstrip("M"))
    ):
        return number
    return text.removeprefix(":")
