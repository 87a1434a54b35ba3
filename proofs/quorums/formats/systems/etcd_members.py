"""The members of an etcd cluster, as `etcdctl member list` prints them.

`-w json` prints `{"members": [{"ID", "name", "peerURLs", "clientURLs", "isLearner"}]}`, with IDs as decimal numbers or,
with `--hex`, as hexadecimal strings. `-w table` prints a table, and `-w simple` (the default) the same columns
separated by commas: ID (hexadecimal), status, name, peer URLs, client URLs and, since 3.4, whether it is a learner.
etcd 2 printed `ID: name=... peerURLs=... clientURLs=... isLeader=...`.

Source: etcd documentation, *etcdctl*, `MEMBER LIST`; `printer_table.go`, `printer_simple.go` and `printer_json.go`
in `etcdctl/ctlv3/command`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import parse_json
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.identities import Identity, Mark

__all__ = ["Listed", "host_of", "is_member_list", "members_of_json", "members_of_table"]

_STATUS = r"started|unstarted"
_SIMPLE = re.compile(rf"^[ \t]*([0-9a-f]{{1,16}}),[ \t]*({_STATUS}),(.*)$", re.MULTILINE)
_OLD = re.compile(
    r"^[ \t]*([0-9a-f]{1,16})(?:\[(?P<un>unstarted)\])?: (?:name=(?P<name>\S*) )?peerURLs=(?P<urls>\S*)", re.MULTILINE
)
_HEADER = re.compile(r"^[ \t]*\|[ \t]*ID[ \t]*\|[ \t]*STATUS[ \t]*\|.*$", re.MULTILINE | re.IGNORECASE)
_ROW = re.compile(rf"^[ \t]*\|[ \t]*([0-9a-f]{{1,16}})[ \t]*\|[ \t]*({_STATUS})[ \t]*\|(.*)\|[ \t]*$", re.MULTILINE)
_URL = re.compile(r"[a-z]+://(\[[0-9A-Fa-f:.%\w]+\]|[^\s:/,]+)")


@dataclass(frozen=True)
class Listed:
    """One member of the list; its name is empty if it has never started."""

    number: int
    name: str
    urls: frozenset[str]
    is_learner: bool
    location: Location

    @property
    def identity(self) -> Identity:
        """Its ID and, for comparison with settings of members, which have no IDs, its URLs."""
        marks = [Mark("member ID", frozenset([self.number]), f"{self.number:x}")]
        if self.urls:
            marks.append(Mark("peer URLs", frozenset([self.urls]), ",".join(sorted(self.urls))))
        return Identity(tuple(marks))


def host_of(urls: frozenset[str]) -> str | None:
    """Return the host of a member's URLs, if they all have the same one."""
    hosts = {match[1] for url in urls if (match := _URL.match(url))}
    return hosts.pop() if len(hosts) == 1 else None


def is_member_list(source: Source) -> bool:
    """Tell whether the text is a list of members in a form other than JSON."""
    return any(pattern.search(source.text) for pattern in (_HEADER, _SIMPLE, _OLD))


def members_of_json(source: Source) -> list[Listed]:
    """Return the members of a list in JSON.

    Raises
    ------
    InputError
        If there are none, or an ID occurs twice.
    """
    document = parse_json(source)
    listed = document.items() if isinstance(document.value, list) else document.need("members").items()
    if not listed:
        raise document.wrong("the list of members is empty", "Give the list of a running cluster.")
    return _distinct([_of_element(element) for element in listed])


def _of_element(element: Element) -> Listed:
    name, urls, learner = element.get("name"), element.get("peerURLs"), element.get("isLearner")
    return Listed(
        _number(element.need("ID")),
        name.text() if name else "",
        frozenset(url.text() for url in urls.items()) if urls else frozenset(),
        learner is not None and learner.flag(),
        name.location if name and name.text() else element.location,
    )


def _number(element: Element) -> int:
    """Return an ID: a decimal number or, with `--hex`, a hexadecimal string."""
    text = element.value
    if isinstance(text, str) and re.fullmatch(r"[0-9a-f]{1,16}", text) and not re.fullmatch(r"[0-9]{17,}", text):
        return int(text, 16)
    return element.decimal(0, 2**64 - 1)


def members_of_table(source: Source) -> list[Listed]:
    """Return the members in a table, in simple lines, or in the output of etcd 2.

    Raises
    ------
    InputError
        If there are none, a row is cut short, or an ID occurs twice.
    """
    header = _HEADER.search(source.text)
    listed = _of_columns(source, header) if header else [*_of_simple(source), *_of_old(source)]
    if not listed:
        raise InputError("the list of members is empty", location=source.line(1), help="Copy all rows.")
    return _distinct(listed)


def _of_columns(source: Source, header: re.Match[str]) -> list[Listed]:
    titles = [title.strip().upper() for title in header[0].strip().strip("|").split("|")]
    if len(set(titles)) < len(titles):
        message = f"two columns have one title: {shown(header[0].strip())}"
        raise InputError(message, location=source.at(header.start()), help="Copy the table as etcdctl prints it.")
    rows = []
    for match in _ROW.finditer(source.text):
        cells = [cell.strip() for cell in match[0].strip().strip("|").split("|")]
        place = source.at(match.start(1))
        if len(cells) != len(titles):
            message = f"this row has {len(cells)} columns, and the table {len(titles)}"
            raise InputError(message, location=place, help="Copy the whole row.")
        rows.append(_row(dict(zip(titles, cells, strict=True)), place))
    return rows


def _of_simple(source: Source) -> list[Listed]:
    rows = []
    for match in _SIMPLE.finditer(source.text):
        cells = [cell.strip() for cell in match[3].split(", ")]
        place = source.at(match.start(1))
        learner = cells.pop() if cells[-1] in ("true", "false") else "false"
        named = dict(zip(("NAME", "PEER ADDRS", "CLIENT ADDRS"), cells, strict=False))
        rows.append(_row({"ID": match[1], "STATUS": match[2], "IS LEARNER": learner, **named}, place))
    return rows


def _row(cells: dict[str, str], place: Location) -> Listed:
    learner = cells.get("IS LEARNER", "false")
    if learner not in ("true", "false"):
        raise InputError(f"IS LEARNER is {shown(learner)}", location=place, help="Copy the whole row.")
    name = cells.get("NAME", "") if cells["STATUS"] == "started" else ""
    return Listed(int(cells["ID"], 16), name, _urls(cells.get("PEER ADDRS", "")), learner == "true", place)


def _of_old(source: Source) -> list[Listed]:
    return [
        Listed(int(match[1], 16), match["name"] or "", _urls(match["urls"]), False, source.at(match.start(1)))
        for match in _OLD.finditer(source.text)
    ]


def _urls(text: str) -> frozenset[str]:
    return frozenset(url.strip() for url in text.split(",") if url.strip())


def _distinct(listed: Sequence[Listed]) -> list[Listed]:
    seen: dict[int, Listed] = {}
    for one in listed:
        first = seen.setdefault(one.number, one)
        if first is not one:
            message = f"the member ID {one.number:x} occurs twice; first in line {first.location.line}"
            raise InputError(message, location=one.location, help="Remove one of them.")
    return list(listed)
