"""YAML with places, for Kubernetes, Compose, Patroni and etcd: each value with the line that it came from.

The syntax is PyYAML's, but scalars have their meaning in the core schema of YAML 1.2, as in the Go programs among these
systems: `yes` and `on` are texts. Tags are ignored and nothing is constructed; an alias stands for the same value and
counts as often as it occurs; and repeated keys are refused, since readers differ on which one counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.texts.element import Element, Plain
from assay.proofs.quorums.formats.texts.json_text import MAX_VALUES
from assay.proofs.quorums.formats.texts.source import MAX_DEPTH, MAX_DIGITS, Source, shown

if TYPE_CHECKING:
    import yaml

__all__ = ["looks_like_yaml", "parse_yaml"]

MAX_YAML = 4 * 1024 * 1024
"""The most characters of a YAML text; the largest real manifests, generated from charts, have some 100,000."""

_KEY = re.compile(r"^(?:- +)*(?:[A-Za-z_][\w.\-/ ]*|\"[^\"\n]*\"|'[^'\n]*')[ ]*:(?:[ \t]|$)", re.MULTILINE)
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE, _FALSE = re.compile(r"true|True|TRUE"), re.compile(r"false|False|FALSE")
_WHOLE = re.compile(rf"[-+]?[0-9]{{1,{MAX_DIGITS}}}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def looks_like_yaml(source: Source, *keys: str) -> bool:
    """Tell whether a line at the left margin starts with one of these keys, or with any key if none is named."""
    if not keys:
        return _KEY.search(source.text) is not None
    pattern = rf"^(?:{'|'.join(map(re.escape, keys))})[ ]*:(?:[ \t]|$)"
    return re.search(pattern, source.text, re.MULTILINE) is not None


def parse_yaml(source: Source) -> list[Element]:
    """Return the documents of a YAML text that are not empty; O(size).

    Raises
    ------
    InputError
        If it is not YAML, a key is repeated or not a scalar, or it is too large or nested too deeply.
    """
    import yaml

    if len(source.text) > MAX_YAML:
        message = f"{len(source.text):,} characters of YAML, more than {MAX_YAML:,}"
        raise InputError(message, location=source.whole, help="Give the part that defines the quorums.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(source)
    try:
        for event in yaml.parse(source.text, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            f"this is not YAML: {error.problem or error.context}",
            location=Location(source.name, mark.line + 1, mark.column + 1) if mark else source.whole,
            help="Correct the YAML.",
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        message = f"this is not YAML: {str(error).splitlines()[0]}"
        raise InputError(message, location=source.whole, help="Correct the YAML.") from error
    return [document for document in builder.documents if document.value is not None]


@dataclass
class _Open:
    """A list or mapping that is still being read."""

    value: list[Element] | dict[str, Element]
    offset: int
    path: str
    anchor: str | None
    size: int = 1
    key: tuple[str, int] | None = None
    merged: list[Element] = field(default_factory=list)


@dataclass
class _Builder:
    """Builds documents from the parser's events, without recursion."""

    source: Source
    documents: list[Element] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Element, int]] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self.anchors.clear()
        elif kind == "ScalarEvent":
            self.scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self.start(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.end()
        elif kind == "AliasEvent":
            self.alias(event)

    def wrong(self, message: str, offset: int, help: str = "Correct the YAML.") -> InputError:
        return InputError(message, location=self.source.at(offset), help=help)

    def path(self) -> str:
        if not self.open:
            return ""
        top = self.open[-1]
        if isinstance(top.value, list):
            return f"{top.path}[{len(top.value)}]"
        key = top.key[0] if top.key else ""
        return f"{top.path}.{key}" if top.path else key

    def scalar(self, event: Any) -> None:
        offset = event.start_mark.index
        top = self.open[-1] if self.open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            if event.value in top.value:
                first = top.value[event.value].location.line
                message = f"the key {shown(event.value)} is repeated; first in line {first}"
                raise self.wrong(message, offset, "Keep one of them.")
            top.key = event.value, offset
            if event.anchor:
                self.anchors[event.anchor] = Element(event.value, (self.source, offset)), 1
            return
        is_plain = event.tag is None and event.implicit[0]
        value = _meaning(event.value) if is_plain else event.value
        self.add(Element(value, (self.source, offset), self.path()), 1, event.anchor)

    def start(self, event: Any, value: list[Element] | dict[str, Element]) -> None:
        offset = event.start_mark.index
        if len(self.open) >= MAX_DEPTH:
            raise self.wrong(f"nested deeper than {MAX_DEPTH} levels", offset, "No configuration nests as deep.")
        if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
            raise self.wrong("a key that is a list or a mapping", offset, "Use texts as keys.")
        self.open.append(_Open(value, offset, self.path(), event.anchor))

    def end(self) -> None:
        closed = self.open.pop()
        if isinstance(closed.value, dict):
            for element in closed.merged:
                for key, inner in element.value.items() if isinstance(element.value, dict) else ():
                    closed.value.setdefault(key, inner)
        element = Element(closed.value, (self.source, closed.offset), closed.path)
        self.add(element, closed.size, closed.anchor)

    def alias(self, event: Any) -> None:
        offset = event.start_mark.index
        if event.anchor not in self.anchors:
            raise self.wrong(f"the alias *{event.anchor} stands for nothing before it", offset)
        element, size = self.anchors[event.anchor]
        if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
            raise self.wrong("an alias as a key", offset, "Write the key out.")
        self.add(element, size, None)

    def add(self, element: Element, size: int, anchor: str | None) -> None:
        """Put a value where it belongs, and count it, even if an alias stands for it."""
        if anchor:
            self.anchors[anchor] = element, size
        if not self.open:
            self.documents.append(element)
            return
        top = self.open[-1]
        top.size += size
        if top.size > MAX_VALUES:
            offset = element.place[1] if isinstance(element.place, tuple) else 0
            raise self.wrong(f"more than {MAX_VALUES:,} values", offset, "Give the part that defines the quorums.")
        if isinstance(top.value, list):
            top.value.append(element)
            return
        assert top.key is not None, "a mapping is given a key before its value"
        key, top.key = top.key[0], None
        if key == "<<" and isinstance(element.value, dict | list):
            top.merged += element.value if isinstance(element.value, list) else [element]
        else:
            top.value[key] = element


def _meaning(text: str) -> Plain:
    """Return the meaning of a plain scalar in the core schema of YAML 1.2."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
