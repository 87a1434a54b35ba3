"""TOML with places: the standard library reads the values, and a scan of the accepted text finds their lines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, NoReturn

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.texts.element import Element, Plain
from assay.proofs.quorums.formats.texts.source import MAX_DEPTH, MAX_DIGITS, Source

__all__ = ["looks_like_toml", "parse_toml"]

#: The most characters of a TOML file; the largest stellar-core configurations have some 20,000.
MAX_TOML = 1024 * 1024

_TABLE_LINE = re.compile(r"^[ \t]*\[\[?[^\[\]\n=,]+\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_GAP = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_INLINE_GAP = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*"{3,5}'
    r"|'''[^']*(?:'(?!'')[^']*)*'{3,5}"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")

_Path = tuple[str | int, ...]


def looks_like_toml(source: Source, *tables: str) -> bool:
    """Tell whether the text has the header of one of these tables, or of one below them."""
    if len(source.text) > MAX_TOML:
        return False
    names = (match[0].strip().lstrip("[").strip() for match in _TABLE_LINE.finditer(source.text))
    heads = {re.split(r"[\].\s]", name, maxsplit=1)[0].strip("\"'") for name in names}
    return not heads.isdisjoint(tables)


def parse_toml(source: Source) -> Element:
    """Parse a text as TOML 1.0; O(size).

    Raises
    ------
    InputError
        If it is not TOML (a repeated key is an error there), too long, or nested deeper than `MAX_DEPTH`.
    """
    _bound(source)
    try:
        values = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        _refuse(source, str(error))
    except (ValueError, OverflowError) as error:
        raise InputError("a number or a date that TOML cannot hold", location=source.whole) from error
    except RecursionError as error:
        raise _too_deep(source) from error
    scan = _Scan(source)
    scan.document()
    return _located(values, (), "", scan)


def _bound(source: Source) -> None:
    if len(source.text) > MAX_TOML:
        raise InputError(
            f"{len(source.text):,} characters of TOML, more than the {MAX_TOML:,} that are read",
            location=source.whole,
            help="Give the part that defines the quorums.",
        )
    long_key = _LONG_KEY.search(source.text)
    if long_key:
        raise InputError(
            f"a key of more than {MAX_DEPTH} parts",
            location=source.at(long_key.start()),
            help="No configuration nests as deep.",
        )


def _too_deep(source: Source, offset: int = 0) -> InputError:
    return InputError(
        f"nested deeper than {MAX_DEPTH} levels",
        location=source.at(offset) if offset else source.whole,
        help="No configuration nests as deep.",
    )


def _refuse(source: Source, message: str) -> NoReturn:
    place = _PLACE.search(message)
    reason = _PLACE.sub("", message)
    if place and place[1]:
        start = _offset_of(source, int(place[1])) + int(place[2]) - 1
    else:
        start = max(len(source.text.rstrip()) - 1, 0)
    raise InputError(f"not TOML: {reason}", location=source.at(start), help="Correct the TOML.")


def _offset_of(source: Source, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = source.text.find("\n", offset) + 1
    return offset


@dataclass
class _Scan:
    """Finds where each key and list element starts, in a text that is known to be TOML."""

    source: Source
    offset: int = 0
    starts: dict[_Path, int] = field(default_factory=dict)
    tables: dict[_Path, int] = field(default_factory=dict)

    def gap(self, pattern: re.Pattern[str] = _GAP) -> str:
        match = pattern.match(self.source.text, self.offset)
        self.offset = match.end() if match else self.offset
        return self.source.text[self.offset : self.offset + 1]

    def document(self) -> None:
        base: _Path = ()
        while first := self.gap():
            if first == "[":
                base = self.header()
            else:
                self.pair(base, 0)

    def header(self) -> _Path:
        start = self.offset
        repeated = self.source.text.startswith("[[", start)
        self.offset += 2 if repeated else 1
        keys = self.key()
        self.offset += 2 if repeated else 1
        path: _Path = ()
        for key in keys[:-1]:
            path = self.current((*path, key), start)
        path = (*path, keys[-1])
        if repeated:
            self.tables[path] = self.tables.get(path, -1) + 1
        return self.current(path, start)

    def current(self, path: _Path, start: int) -> _Path:
        """Record where a path starts; step into the last table if it is a list of tables."""
        self.starts.setdefault(path, start)
        if path in self.tables:
            path = (*path, self.tables[path])
            self.starts.setdefault(path, start)
        return path

    def key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.gap(_INLINE_GAP)
            bare = _BARE_KEY.match(self.source.text, self.offset)
            match = bare or _STRING.match(self.source.text, self.offset)
            if match is None:  # pragma: no cover - the text is known to be TOML
                self.offset += 1
                return keys or [""]
            self.offset = match.end()
            keys.append(match[0] if bare else next(iter(tomllib.loads(f"{match[0]} = 0"))))
            if self.gap(_INLINE_GAP) != ".":
                return keys
            self.offset += 1

    def pair(self, base: _Path, depth: int) -> None:
        start = self.offset
        path = base
        for key in self.key():
            path = (*path, key)
            self.starts.setdefault(path, start)
        self.offset += 1
        self.gap(_INLINE_GAP)
        self.value(path, depth)

    def value(self, path: _Path, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _too_deep(self.source, self.offset)
        first = self.source.text[self.offset : self.offset + 1]
        if first == "[":
            self.elements(path, depth)
        elif first == "{":
            self.members(path, depth)
        else:
            match = _STRING.match(self.source.text, self.offset) or _SCALAR.match(self.source.text, self.offset)
            self.offset = match.end() if match else self.offset + 1

    def elements(self, path: _Path, depth: int) -> None:
        self.offset += 1
        index = 0
        while self.gap() not in ("]", ""):
            self.starts[(*path, index)] = self.offset
            self.value((*path, index), depth + 1)
            index += 1
            if self.gap() == ",":
                self.offset += 1
        self.offset += 1

    def members(self, path: _Path, depth: int) -> None:
        self.offset += 1
        while self.gap() not in ("}", ""):
            self.pair(path, depth + 1)
            if self.gap() == ",":
                self.offset += 1
        self.offset += 1


def _located(value: Any, path: _Path, name: str, scan: _Scan, parent: int = 0) -> Element:
    if len(path) > MAX_DEPTH:
        raise _too_deep(scan.source, parent)
    start = scan.starts.get(path, parent)
    plain: Plain
    if isinstance(value, dict):
        plain = {k: _located(v, (*path, k), f"{name}.{k}" if name else k, scan, start) for k, v in value.items()}
    elif isinstance(value, list):
        plain = [_located(v, (*path, i), f"{name}[{i}]", scan, start) for i, v in enumerate(value)]
    elif isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        message = f"a number of more than {MAX_DIGITS} digits"
        raise InputError(message, location=scan.source.at(start), help="Use a smaller one.")
    elif isinstance(value, str | bool | int | float):
        plain = value
    else:
        plain = str(value)
    return Element(plain, scan.source.at(start), name)
