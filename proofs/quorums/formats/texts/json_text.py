"""JSON with places, and the JavaScript that database shells print instead of JSON.

The grammar is RFC 8259. With `shell=True` it also takes what `rs.conf()` prints in MongoDB's shells: keys
without quotes, single quotes, a comma before a closing bracket, `undefined`, and calls such as
`NumberLong(5)` or `ObjectId('...')`, which are read as the value of their argument and never executed.
Repeated keys, which RFC 8259 leaves open, are refused, since readers differ on which one counts.
"""

from __future__ import annotations

import json
import re

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.texts.element import Element, Plain
from assay.proofs.quorums.formats.texts.source import MAX_DEPTH, MAX_DIGITS, Source, shown

__all__ = ["looks_like_json", "parse_json", "parse_value_at", "unwrap_extended"]

# No possessive quantifiers here and in the other formats: before 3.11.5, Python mis-matches those around a group
# (gh-106052). Instead each loop is unrolled, `a*(?:b a*)*` with a and b that begin differently, so that there is one
# way to match a text at most, and failing takes linear time.
_BLANK = re.compile(r"[ \t\r\n]*")
_SHELL_BLANK = re.compile(r"\s*(?:(?://[^\n]*|/\*.*?(?:\*/|\Z))\s*)*", re.DOTALL)
_TOKENS = r"""
    (?: ([{}\[\]:,])
      | ("[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")
      | (-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | ([A-Za-z_$][A-Za-z0-9_$]*)
"""
_TOKEN = re.compile(rf"{_BLANK.pattern.replace(' ', chr(92) + ' ')}{_TOKENS})?", re.VERBOSE)
_SHELL_TOKEN = re.compile(
    rf"{_SHELL_BLANK.pattern}{_TOKENS} | ('[^'\\\x00-\x1f]*(?:\\.[^'\\\x00-\x1f]*)*') | ([()]) )?",
    re.VERBOSE | re.DOTALL,
)
_SECTION = re.compile(r"\[\[?[A-Za-z][\w .:-]*\]\]?[ \t\r]*(?:[#;][^\n]*)?(?:\n|\Z)")
_NOTHING, _SIGN, _STRING, _NUMBER, _WORD, _SINGLE, _BRACKET = range(7)
_WORDS: dict[str, Plain] = {"true": True, "false": False, "null": None}
_NUMERIC = ("NumberLong", "NumberInt", "Long", "Int32", "Double")
_CALLS = (*_NUMERIC, "ObjectId", "ISODate", "Timestamp", "UUID", "Date")

#: The most values of a document; a snapshot of the whole Stellar network has some 100,000.
MAX_VALUES = 300_000


def looks_like_json(source: Source, *, shell: bool = False) -> bool:
    """Tell whether the text starts like JSON, an object or list (not `[section]`); for shells, after comments."""
    match = _SHELL_BLANK.match(source.text) if shell else _BLANK.match(source.text)
    start = match.end() if match else 0
    return source.text[start : start + 1] in ("{", "[") and _SECTION.match(source.text, start) is None


def parse_value_at(source: Source, offset: int) -> tuple[Element, int]:
    """Return the value, in the syntax of a database shell, at an offset of a text, and where it ends.

    Raises
    ------
    InputError
        As `parse_json`, but text may follow.
    """
    reader = _Reader(source, True, offset)
    element = reader.value("", 0)
    return element, reader.last


def parse_json(source: Source, *, shell: bool = False) -> Element:
    """Parse a text as one JSON value; O(size).

    Parameters
    ----------
    source : Source
        The text.
    shell : bool
        Whether to accept the output of database shells as well.

    Raises
    ------
    InputError
        If it is not JSON, a key is repeated, or it is nested deeper than `MAX_DEPTH`.
    """
    reader = _Reader(source, shell)
    element = reader.value("", 0)
    if reader.start < len(source.text):
        raise reader.wrong("text follows the end of the JSON document", "Keep one document in the file.")
    return element


class _Reader:
    """Reads one token ahead: `kind`, `token` and `start` are those of the token that comes next."""

    def __init__(self, source: Source, shell: bool, offset: int = 0) -> None:
        self.source = source
        self.shell = shell
        self.scan = (_SHELL_TOKEN if shell else _TOKEN).match
        self.end = self.last = offset
        self.values = 0
        self.advance()

    def advance(self) -> None:
        match = self.scan(self.source.text, self.end)
        assert match is not None, "the pattern matches the empty text"
        self.kind = match.lastindex or _NOTHING
        self.last, self.end = self.end, match.end()
        self.start = match.start(self.kind) if self.kind else self.end
        self.token = match[self.kind] if self.kind else ""

    def wrong(self, message: str, help: str = "Correct the JSON.", at: int | None = None) -> InputError:
        return InputError(message, location=self.source.at(self.start if at is None else at), help=help)

    def unexpected(self, expected: str) -> InputError:
        found = self.source.text[self.start : self.start + 1]
        if not found:
            help = "The file is truncated: copy all of it."
            return self.wrong(f"the file ends where {expected} should come", help)
        if found in "\"'" and not self.kind:
            return self.wrong("a text in quotes that does not end on its line", "Close the quotes.")
        return self.wrong(f"found {shown(found)} where {expected} should come")

    def take(self, expected: str, context: str) -> None:
        if self.token != expected:
            raise self.unexpected(f"{expected!r} {context}")
        self.advance()

    def value(self, path: str, depth: int) -> Element:
        if depth > MAX_DEPTH:
            raise self.wrong(f"nested deeper than {MAX_DEPTH} levels", "No configuration nests as deep.")
        self.values += 1
        if self.values > MAX_VALUES:
            raise self.wrong(f"more than {MAX_VALUES:,} values", "Give the part that defines the quorums.")
        place = (self.source, self.start)
        return Element(self.plain(path, depth), place, path)

    def plain(self, path: str, depth: int) -> Plain:
        kind = self.kind
        if kind in (_STRING, _SINGLE):
            return self.string()
        if kind == _NUMBER:
            return self.number()
        if self.token == "{":
            return self.members(path, depth)
        if self.token == "[":
            return self.elements(path, depth)
        if kind == _WORD:
            return self.word(path, depth)
        if self.source.text.startswith("-", self.start):
            raise self.wrong("a minus sign without a number")
        raise self.unexpected("a value")

    def members(self, path: str, depth: int) -> dict[str, Element]:
        members: dict[str, Element] = {}
        prefix = f"{path}." if path else ""
        self.advance()
        while self.token != "}":
            place = self.start
            key = self.key()
            if key in members:
                first = members[key].location.line
                message = f"the key {shown(key)} is repeated; first in line {first}"
                raise self.wrong(message, "Keep one of them.", place)
            if self.token != ":":
                raise self.unexpected(f"':' after the key {shown(key)}")
            self.advance()
            members[key] = self.value(prefix + key, depth + 1)
            if self.separated("}"):
                break
        self.take("}", "after the members of an object")
        return members

    def elements(self, path: str, depth: int) -> list[Element]:
        elements: list[Element] = []
        self.advance()
        while self.token != "]":
            elements.append(self.value(f"{path}[{len(elements)}]", depth + 1))
            if self.separated("]"):
                break
        self.take("]", "after the elements of a list")
        return elements

    def separated(self, closing: str) -> bool:
        """Read a comma; return whether the collection ends here instead."""
        if self.token != ",":
            return True
        self.advance()
        if self.token == closing and not self.shell:
            raise self.wrong(f"a comma before {closing!r}", "Remove the comma.")
        return False

    def key(self) -> str:
        if self.kind in (_STRING, _SINGLE):
            return self.string()
        if self.kind != _WORD or not self.shell:
            raise self.unexpected("a key in quotes")
        word = self.token
        self.advance()
        return word

    def string(self) -> str:
        start, quote, body = self.start, self.token[0], self.token[1:-1]
        self.advance()
        if "\\" not in body:
            return body
        if quote == "'":
            body = body.replace("\\'", "'").replace('"', '\\"')
        try:
            return str(json.loads(f'"{body}"'))
        except ValueError as error:
            raise self.wrong(f"an unknown escape in {shown(body)}", "Use the escapes of JSON.", start) from error

    def number(self) -> int | float:
        text = self.token
        if len(text) > MAX_DIGITS:
            raise self.wrong(f"a number of {len(text):,} characters", f"Use at most {MAX_DIGITS}.")
        following = self.source.text[self.end : self.end + 1]
        if following.isalnum():
            raise self.wrong(f"the number {text} runs into {shown(following)}")
        self.advance()
        return int(text) if text.lstrip("-").isdigit() else float(text)

    def word(self, path: str, depth: int) -> Plain:
        word = self.token
        if self.shell and word == "new":
            self.advance()
            word = self.token
        if word in _WORDS or (self.shell and word == "undefined"):
            self.advance()
            return _WORDS.get(word)
        if self.shell and word in _CALLS:
            self.advance()
            return self.call(word, path, depth)
        kind = "value" if self.shell else "JSON value"
        raise self.wrong(f"the word {shown(word)} is no {kind}", "Put texts in quotes.")

    def call(self, word: str, path: str, depth: int) -> Plain:
        """Read `NumberLong(5)` as 5, and so on; nothing is called."""
        self.take("(", f"after {word}")
        arguments: list[Element] = []
        while self.token != ")":
            arguments.append(self.value(path, depth + 1))
            if self.token == ",":
                self.advance()
            elif self.token != ")":
                raise self.unexpected(f"')' after the argument of {word}")
        self.take(")", f"after {word}")
        value = arguments[0].value if arguments else None
        if isinstance(value, str) and word in _NUMERIC and re.fullmatch(r"[+-]?[0-9]{1,20}", value, re.ASCII):
            return int(value)
        return value


def _double(inner: Element) -> float:
    """Read the text `"1.0"`, which is how MongoDB writes floating-point numbers; refuse those that are not finite."""
    if not isinstance(inner.value, str) or not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", inner.value, re.ASCII):
        raise inner.wrong(f"{inner.name} is {shown(inner.value)}", "Write a number in quotes, such as 1.0.")
    return float(inner.value)


def unwrap_extended(element: Element) -> Element:
    """Replace the wrappers of MongoDB's extended JSON, such as `{"$numberLong": "5"}`, with their numbers."""
    value = element.value
    if isinstance(value, list):
        return Element([unwrap_extended(e) for e in value], element.place, element.path)
    if not isinstance(value, dict):
        return element
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key in ("$numberInt", "$numberLong"):
            return Element(inner.decimal(), element.place, element.path)
        if key == "$numberDouble":
            return Element(_double(inner), element.place, element.path)
    members = {key: unwrap_extended(inner) for key, inner in value.items()}
    return Element(members, element.place, element.path)
