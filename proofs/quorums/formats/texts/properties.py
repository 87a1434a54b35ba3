r"""Java properties with line numbers, as `java.util.Properties.load` reads them.

Logical lines are continued by a backslash; `#` and `!` start comments; a key ends at the first `=`, `:` or
blank that is not escaped; `\t`, `\n`, `\r`, `\f` and `\uXXXX` are escapes and any other escaped character is
itself. Where Java silently keeps the last of several equal keys, the reader here refuses the repetition.
Source: the documentation of `java.util.Properties.load(Reader)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.texts.source import Source, shown

__all__ = ["Property", "parse_properties"]

_KEY = re.compile(r"[^\\=: \t\f]*(?:\\.[^\\=: \t\f]*)*", re.DOTALL)
_SEPARATOR = re.compile(r"[ \t\f]*[=:]?[ \t\f]*")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.?)", re.DOTALL)
_NAMED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True)
class Property:
    """One key with its value, and the line that it starts on."""

    key: str
    value: str
    location: Location

    def wrong(self, message: str, help: str) -> InputError:
        """Return the error that says what is wrong in this line."""
        return InputError(message, location=self.location, help=help)

    def whole(self, text: str | None = None, low: int | None = None, high: int | None = None) -> int:
        """Return the value, or a part of it, as an integer of 64 bits within bounds, or refuse it."""
        text = (self.value if text is None else text).strip()
        if re.fullmatch(r"[+-]?[0-9]{20,}", text, re.ASCII):
            raise self.wrong(
                f"{self.key} has {shown(text)}, which does not fit into 64 bits", "Write a smaller number."
            )
        if not re.fullmatch(r"[+-]?[0-9]{1,19}", text, re.ASCII):
            raise self.wrong(f"{self.key} has {shown(text)} where a whole number should be", "Write a number.")
        number = int(text)
        low, high = (-(2**63) if low is None else low), (2**63 - 1 if high is None else high)
        if not low <= number <= high:
            raise self.wrong(f"{self.key} is {number}", f"Use a whole number from {low} to {high}.")
        return number

    def flag(self) -> bool:
        """Return the value as a truth value, or refuse it."""
        text = self.value.strip().lower()
        if text not in ("true", "false"):
            raise self.wrong(f"{self.key} is {shown(self.value)}", "Use true or false.")
        return text == "true"


def parse_properties(source: Source) -> dict[str, Property]:
    """Read a text as Java properties; O(size).

    Raises
    ------
    InputError
        If a key is repeated or a Unicode escape is malformed.
    """
    properties: dict[str, Property] = {}
    for number, line in _logical_lines(source.text):
        entry = _property(line, source.line(number))
        first = properties.get(entry.key)
        if first is not None:
            raise entry.wrong(
                f"{shown(entry.key)} is repeated; first in line {first.location.line}",
                "Keep one of them: Java reads only the last.",
            )
        properties[entry.key] = entry
    return properties


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    start = 0
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        line = raw.lstrip(" \t\f")
        if not parts and (not line or line[0] in "#!"):
            continue
        start = start if parts else number
        continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        parts.append(line[:-1] if continued else line)
        if not continued:
            yield start, "".join(parts)
            parts = []
    if parts:
        yield start, "".join(parts)


def _property(line: str, location: Location) -> Property:
    match = _KEY.match(line)
    end = match.end() if match else 0
    separator = _SEPARATOR.match(line, end)
    value = line[separator.end() if separator else end :]
    return Property(_unescaped(line[:end], location), _unescaped(value, location), location)


def _unescaped(text: str, location: Location) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1]
        if code == "u":
            raise InputError(
                r"an incomplete \u escape", location=location, help=r"Write \u and four hexadecimal digits."
            )
        return chr(int(code[1:], 16)) if code[:1] == "u" and len(code) == 5 else _NAMED.get(code, code)

    return _ESCAPE.sub(character, text) if "\\" in text else text
