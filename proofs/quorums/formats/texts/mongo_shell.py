"""The configuration of a replica set in scripts for MongoDB's shells, and in the output of a session.

It is the last object with `members` (an argument of `rs.initiate` or `rs.reconfig`, a variable, the output of
`rs.conf()` after a prompt), changed by the calls of `rs.add`, `rs.addArb` and `rs.remove` after it. Nothing is
executed: a member that only a program knows (`host: process.env.HOST`) is an error at its place.

Source: MongoDB manual, *Replication Methods* (`rs.initiate`, `rs.add`, `rs.addArb`, `rs.remove`, `rs.reconfig`).
"""

from __future__ import annotations

import re

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import (
    looks_like_json,
    parse_json,
    parse_value_at,
    unwrap_extended,
)
from assay.proofs.quorums.formats.texts.source import Source, shown

__all__ = ["has_replica_set", "replica_set_document"]

_MEMBERS = re.compile(r"\bmembers[\"']?\s*:\s*\[")
_HOST = re.compile(r"\bhost[\"']?\s*:")
_CALL = re.compile(r"\brs\s*\.\s*(add|addArb|remove)\s*\(\s*")
_CODE = re.compile(
    r"\.\s*members\s*(?:\[[^\]\n]*\]\s*(?:\.\s*\w+\s*)*=(?!=)|\.\s*(?:push|splice|pop|shift|unshift)\b|=(?!=))"
    r"|\.\s*settings\b[\w.\s]*=(?!=)|\bdelete\s+\w+\.(?:members|settings)"
)
_INITIATE = re.compile(r"\brs\s*\.\s*initiate\s*\(\s*\)")
_COMMENT = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?<![:\w])//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_NEAREST = 40
"""The most opening braces before `members` that are tried: nothing but settings comes before it."""


def has_replica_set(source: Source) -> bool:
    """Tell whether the text has an object with members that have hosts."""
    return bool(_MEMBERS.search(source.text)) and bool(_HOST.search(source.text))


def replica_set_document(source: Source) -> Element:
    """Return the last configuration of a text, with the members that calls after it add and remove.

    Raises
    ------
    InputError
        If there is none, it is not literal, or there are configurations of several sets.
    """
    if looks_like_json(source, shell=True):
        return _inner(unwrap_extended(parse_json(source, shell=True)))
    plain = Source(source.name, _COMMENT.sub(_blank, source.text), source.first)
    found = _documents(plain)
    if not found:
        bare = _INITIATE.search(plain.text)
        message = "rs.initiate() without a configuration" if bare else "there is no configuration with members"
        place = plain.at(bare.start()) if bare else plain.whole
        raise InputError(message, location=place, help="Give what rs.conf() prints.")
    names = dict.fromkeys(str(name.value) for one, _ in found if (name := one.get("_id")) is not None)
    if len(names) > 1:
        message = f"there are the configurations of several sets: {', '.join(map(shown, names))}"
        raise found[1][0].wrong(message, "Give those of one.")
    document, end = found[-1]
    changed = _CODE.search(plain.text)
    if changed is not None:
        message = "the configuration is changed by code, which is not executed"
        raise InputError(message, location=plain.at(changed.start()), help="Give what rs.conf() prints after it.")
    return _with_calls(plain, document, end)


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[0][0] in "\"'" else re.sub(r"[^\n]", " ", match[0])


def _inner(document: Element) -> Element:
    if isinstance(document.value, dict) and "members" not in document.value:
        for key in ("config", "replSetInitiate", "replSetReconfig"):
            if key in document.value:
                return document.value[key]
    return document


def _documents(source: Source) -> list[tuple[Element, int]]:
    """Return each object with members, and where it ends."""
    found: list[tuple[Element, int]] = []
    last = 0
    for match in _MEMBERS.finditer(source.text):
        if match.start() < last:
            continue
        document, last = _around(source, match.start(), last)
        found.append((document, last))
    return found


def _around(source: Source, offset: int, start: int) -> tuple[Element, int]:
    """Parse the innermost object with members around an offset."""
    place, refused = offset, None
    for _ in range(_NEAREST):
        place = source.text.rfind("{", start, place)
        if place < 0:
            break
        try:
            element, end = parse_value_at(source, place)
        except InputError as error:
            refused = refused or error
            continue
        if end > offset:
            return unwrap_extended(element), end
    raise refused or InputError("members outside of an object", location=source.at(offset), help="Copy the whole text.")


def _with_calls(source: Source, document: Element, start: int) -> Element:
    members = list(document.need("members").items())
    for call in _CALL.finditer(source.text, start):
        argument, end = parse_value_at(source, call.end())
        argument = unwrap_extended(argument)
        if source.text[end:].lstrip()[:1] not in (",", ")"):
            message = f"the argument of rs.{call[1]} is computed"
            raise InputError(message, location=source.at(call.start()), help="Give what rs.conf() prints.")
        if call[1] == "remove":
            members = [member for member in members if _host(member) != argument.text()]
            continue
        arbiter = call[1] == "addArb" or re.match(r"\s*,\s*true\s*\)", source.text[end:]) is not None
        members.append(_added(argument, members, arbiter=arbiter))
    place, path = document.place, document.path
    return Element({**document.table(), "members": Element(members, place, "members")}, place, path)


def _host(member: Element) -> str:
    return member.need("host").text()


def _added(argument: Element, members: list[Element], *, arbiter: bool) -> Element:
    """Return the member that `rs.add` makes: with the next free `_id`, if it names none."""
    place = argument.place
    fields = dict(argument.table()) if isinstance(argument.value, dict) else {"host": argument}
    if "_id" not in fields:
        used = [number for member in members if isinstance(number := member.need("_id").value, int | float)]
        fields["_id"] = Element(int(max(used, default=-1)) + 1, place, "_id")
    if arbiter:
        fields["arbiterOnly"] = Element(True, place, "arbiterOnly")
    return Element(fields, place, f"members[{len(members)}]")
