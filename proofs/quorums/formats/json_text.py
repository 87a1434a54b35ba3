"""JSON with places, and the JavaScript that database shells print instead of JSON.

The grammar is RFC 8259. With `shell=True` it also takes what `rs.conf()` prints in MongoDB's shells: keys
without quotes, single quotes, a comma before a closing bracket, `undefined`, and calls such as
`NumberLong(5)` or `ObjectId('...')`, which are read as the value of their argument and never executed.
Repeated keys, which RFC 8259 leaves open, are refused, since readers differ on which one counts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.element import Element, Plain
from assay.proofs.quorums.formats.source import MAX_DEPTH, Source, shown

__all__ = ["looks_like_json", "parse_json", "unwrap_extended"]

_BLANK = re.compile(r"[ \t\r\n]*+")
_SHELL_BLANK = re.compile(r"(?:\s++|//[^\n]*+|/\*.*?\*/)*+", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\.)*+"')
_SINGLE = re.compile(r"'(?:[^'\\\x00-\x1f]++|\\.)*+'")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*+")
_WORDS: dict[str, Plain] = {"true": True, "false": False, "null": None}
_CALLS = (
    "NumberLong",
    "NumberInt",
    "Long",
    "Int32",
    "Double",
    "ObjectId",
    "ISODate",
    "Timestamp",
    "UUID",
    "Date",
)
_MAX_DIGITS = 40


def looks_like_json(source: Source, *, shell: bool = False) -> bool:
    """Say whether the text starts as a JSON object or list does; in a shell, after comments."""
    start = _SHELL_BLANK.match(source.text) if shell else _BLANK.match(source.text)
    return source.text[start.end() if start else 0 :][:1] in ("{", "[")


def parse_json(source: Source, *, shell: bool = False) -> Element:
    """Parse a text as one JSON value; O(size).

    Parameters
    ----------
    source : Source
        The text.
    shell : bool
        Also take what database shells print.

    Raises
    ------
    InputError
        If it is not JSON, a key is repeated, or it is nested deeper than `MAX_DEPTH`.
    """
    reader = _Reader(source, shell)
    element = reader.value("", 0)
    reader.blank()
    if reader.offset < len(source.text):
        raise reader.wrong("text follows the end of the JSON document", "Keep one document in the file.")
    return element


@dataclass
class _Reader:
    source: Source
    shell: bool
    offset: int = 0

    def wrong(self, message: str, help: str = "Correct the JSON.", at: int | None = None) -> InputError:
        offset = self.offset if at is None else at
        return InputError(message, location=self.source.at(offset), help=help)

    def blank(self) -> None:
        match = (_SHELL_BLANK if self.shell else _BLANK).match(self.source.text, self.offset)
        if match:
            self.offset = match.end()

    def peek(self) -> str:
        self.blank()
        return self.source.text[self.offset : self.offset + 1]

    def take(self, expected: str, context: str) -> None:
        if self.peek() != expected:
            raise self.unexpected(f"{expected!r} {context}")
        self.offset += 1

    def unexpected(self, expected: str) -> InputError:
        found = self.source.text[self.offset : self.offset + 1]
        if not found:
            return self.wrong(f"the file ends where {expected} should come", "The file is truncated: copy all of it.")
        return self.wrong(f"found {shown(found)} where {expected} should come")

    def value(self, path: str, depth: int) -> Element:
        if depth > MAX_DEPTH:
            raise self.wrong(f"nested deeper than {MAX_DEPTH} levels", "No configuration nests as deep.")
        first = self.peek()
        place = self.source.at(self.offset)
        return Element(self.plain(first, path, depth), place, path)

    def plain(self, first: str, path: str, depth: int) -> Plain:
        if first == "{":
            return self.members(path, depth)
        if first == "[":
            return self.elements(path, depth)
        if first == '"' or (first == "'" and self.shell):
            return self.string()
        if first == "-" or (first.isascii() and first.isdigit()):
            return self.number()
        return self.word(path, depth)

    def members(self, path: str, depth: int) -> dict[str, Element]:
        members: dict[str, Element] = {}
        self.take("{", "")
        while self.peek() != "}":
            place = self.offset
            key = self.key()
            if key in members:
                first = members[key].location.line
                raise self.wrong(f"the key {shown(key)} is repeated; first in line {first}", "Keep one of them.", place)
            self.take(":", f"after the key {shown(key)}")
            members[key] = self.value(f"{path}.{key}" if path else key, depth + 1)
            if self.separated("}"):
                break
        self.take("}", "after the members of an object")
        return members

    def elements(self, path: str, depth: int) -> list[Element]:
        elements: list[Element] = []
        self.take("[", "")
        while self.peek() != "]":
            elements.append(self.value(f"{path}[{len(elements)}]", depth + 1))
            if self.separated("]"):
                break
        self.take("]", "after the elements of a list")
        return elements

    def separated(self, closing: str) -> bool:
        """Read a comma; say whether the collection ends here instead."""
        if self.peek() != ",":
            return True
        self.offset += 1
        if self.peek() == closing and not self.shell:
            raise self.wrong(f"a comma before {closing!r}", "Remove the comma.")
        return False

    def key(self) -> str:
        first = self.peek()
        if first == '"' or (first == "'" and self.shell):
            return self.string()
        match = _WORD.match(self.source.text, self.offset) if self.shell else None
        if match is None:
            raise self.unexpected("a key in quotes")
        self.offset = match.end()
        return match[0]

    def string(self) -> str:
        start, quote = self.offset, self.source.text[self.offset]
        match = (_STRING if quote == '"' else _SINGLE).match(self.source.text, start)
        if match is None:
            raise self.wrong("a text in quotes that does not end on its line", "Close the quotes.", start)
        self.offset = match.end()
        body = match[0][1:-1]
        if "\\" not in body:
            return body
        if quote == "'":
            body = body.replace("\\'", "'").replace('"', '\\"')
        try:
            return str(json.loads(f'"{body}"'))
        except ValueError as error:
            raise self.wrong(f"an unknown escape in {shown(body)}", "Use the escapes of JSON.", start) from error

    def number(self) -> int | float:
        match = _NUMBER.match(self.source.text, self.offset)
        if match is None:
            raise self.wrong("a minus sign without a number")
        if len(match[0]) > _MAX_DIGITS:
            raise self.wrong(f"a number of {len(match[0]):,} characters", f"Use at most {_MAX_DIGITS}.")
        self.offset = match.end()
        following = self.source.text[self.offset : self.offset + 1]
        if following.isalnum():
            raise self.wrong(f"the number {match[0]} runs into {shown(following)}")
        return float(match[0]) if match[1] or match[2] else int(match[0])

    def word(self, path: str, depth: int) -> Plain:
        match = _WORD.match(self.source.text, self.offset)
        if match is not None and match[0] in _WORDS:
            self.offset = match.end()
            return _WORDS[match[0]]
        if match is not None and self.shell:
            return self.shell_word(match, path, depth)
        if match is not None:
            raise self.wrong(f"the word {shown(match[0])} is no JSON value", "Put texts in quotes.")
        raise self.unexpected("a value")

    def shell_word(self, match: re.Match[str], path: str, depth: int) -> Plain:
        word = match[0]
        if word == "new" or word not in (*_CALLS, "undefined"):
            if word == "new":
                self.offset = match.end()
                self.blank()
                following = _WORD.match(self.source.text, self.offset)
                if following is not None and following[0] in _CALLS:
                    return self.shell_word(following, path, depth)
            raise self.wrong(f"the word {shown(word)} is no value", "Put texts in quotes.")
        self.offset = match.end()
        return None if word == "undefined" else self.call(word, path, depth)

    def call(self, word: str, path: str, depth: int) -> Plain:
        self.take("(", f"after {word}")
        arguments: list[Element] = []
        while self.peek() != ")":
            arguments.append(self.value(path, depth + 1))
            if self.peek() == ",":
                self.offset += 1
            elif self.peek() != ")":
                raise self.unexpected(f"')' after the argument of {word}")
        self.take(")", f"after {word}")
        value = arguments[0].value if arguments else None
        if isinstance(value, str) and word in _CALLS[:5] and re.fullmatch(r"[+-]?[0-9]{1,20}", value, re.ASCII):
            return int(value)
        return value


def unwrap_extended(element: Element) -> Element:
    """Replace the wrappers of MongoDB's extended JSON, such as `{"$numberLong": "5"}`, by their numbers."""
    value = element.value
    if isinstance(value, list):
        return Element([unwrap_extended(e) for e in value], element.location, element.path)
    if not isinstance(value, dict):
        return element
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key in ("$numberInt", "$numberLong"):
            return Element(inner.decimal(), element.location, element.path)
    members = {key: unwrap_extended(inner) for key, inner in value.items()}
    return Element(members, element.location, element.path)
