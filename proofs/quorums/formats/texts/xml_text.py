"""XML with places, as far as configurations need it: elements and their texts, but no entities or document types.

A document type is refused before anything in it could be expanded or fetched; comments and processing instructions
are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.texts.json_text import MAX_VALUES
from assay.proofs.quorums.formats.texts.source import MAX_DEPTH, Source, shown

__all__ = ["Tag", "parse_xml"]


@dataclass
class Tag:
    """One element: its name, its attributes, what it contains, and where it starts."""

    name: str
    attributes: dict[str, str]
    location: Location
    text: str = ""
    children: list[Tag] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Tag]:
        """Yield the elements that a path of names leads to."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def one(self, name: str) -> Tag | None:
        """Return the only child with a name; None if there is no such child.

        Raises
        ------
        InputError
            If there are several.
        """
        found = list(self.all(name))
        if len(found) > 1:
            first = found[0].location.line
            raise found[1].wrong(f"<{name}> is repeated; first in line {first}", "Keep one of them.")
        return found[0] if found else None

    def need(self, name: str) -> Tag:
        """Return the only child with a name, or refuse its absence."""
        found = self.one(name)
        if found is None:
            raise self.wrong(f"<{self.name}> has no <{name}>", f"Add <{name}>.")
        return found

    def whole(self, low: int, high: int) -> int:
        """Return the text as an integer within bounds, or refuse it."""
        text = self.text.strip()
        if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
            raise self.wrong(f"<{self.name}> is {shown(text)}", f"Use a whole number from {low} to {high}.")
        return int(text)

    def flag(self) -> bool:
        """Return the text as a truth value, or refuse it."""
        text = self.text.strip().lower()
        if text not in ("true", "false", "1", "0"):
            raise self.wrong(f"<{self.name}> is {shown(text)}", "Use true or false.")
        return text in ("true", "1")

    def wrong(self, message: str, help: str) -> InputError:
        """Return the error that says what is wrong here."""
        return InputError(message, location=self.location, help=help)


def parse_xml(source: Source) -> Tag:
    """Return the root element of a text; O(size).

    Raises
    ------
    InputError
        If it is not XML, has a document type, or is too large or nested too deep.
    """
    builder = _Builder(source)
    parser = expat.ParserCreate()
    builder.parser = parser
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(source.text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        message = f"this is not XML: {expat.errors.messages[error.code]}"
        place = Location(source.name, error.lineno + source.first - 1, error.offset + 1)
        raise InputError(message, location=place, help="Correct the XML.") from error
    assert builder.root is not None, "a text that was parsed has an element"
    return builder.root


class _Builder:
    """Builds elements from the parser's events."""

    parser: expat.XMLParserType

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Tag | None = None
        self.open: list[Tag] = []
        # The parser hands over each line by itself: they are joined at the end, in linear time.
        self.pieces: list[list[str]] = []
        self.count = 0

    def place(self) -> Location:
        line = self.parser.CurrentLineNumber + self.source.first - 1
        return Location(self.source.name, line, self.parser.CurrentColumnNumber + 1)

    def doctype(self, *names: object) -> None:
        del names
        raise InputError("a document type", location=self.place(), help="Remove it: no configuration needs one.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = Tag(name, attributes, self.place())
        self.count += 1
        if self.count > MAX_VALUES or len(self.open) >= MAX_DEPTH:
            message = f"more than {MAX_VALUES:,} elements, or {MAX_DEPTH} levels"
            raise tag.wrong(message, "Give the part that defines the quorums.")
        if self.open:
            self.open[-1].children.append(tag)
        else:
            self.root = tag
        self.open.append(tag)
        self.pieces.append([])

    def end(self, name: str) -> None:
        del name
        self.open.pop().text = "".join(self.pieces.pop())

    def characters(self, text: str) -> None:
        self.pieces[-1].append(text)
