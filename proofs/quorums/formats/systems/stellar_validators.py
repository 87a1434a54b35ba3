"""The quorum set that stellar-core generates from a list of validators, by the quality of their home domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assay.checker.errors import Location
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import node_name, shown
from assay.proofs.quorums.trees import Node, Threshold, Tree

__all__ = ["Validator", "quorum_set_of", "validators_of"]

_QUALITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
"""From the lowest to the highest, so that a quality is compared by its index."""


@dataclass(frozen=True)
class Validator:
    """One entry of `[[VALIDATORS]]`."""

    name: str
    domain: str
    quality: int
    location: Location

    @property
    def leaf(self) -> Node:
        """The validator as a leaf of a tree, located at its entry."""
        return Node(self.name, self.location)


def validators_of(document: Element, me: str) -> list[Validator]:
    """Return the validators that a configuration lists, including the node itself if it is one."""
    domains = _domains(document)
    listed = document.get("VALIDATORS")
    validators = [_validator(entry, domains) for entry in listed.items()] if listed is not None else []
    voting = document.get("NODE_IS_VALIDATOR")
    if voting is None or not voting.flag() or not (validators or "QUORUM_SET" not in document):
        return validators
    home = document.need("NODE_HOME_DOMAIN")
    if home.text() not in domains:
        raise home.wrong(f"NODE_HOME_DOMAIN {shown(home.text())} has no HOME_DOMAINS entry", "Add one.")
    if not any(v.name == me for v in validators):
        validators.append(Validator(me, home.text(), domains[home.text()], home.location))
    return validators


def _domains(document: Element) -> dict[str, int]:
    domains: dict[str, int] = {}
    listed = document.get("HOME_DOMAINS")
    for entry in listed.items() if listed is not None else []:
        entry.only("HOME_DOMAIN", "QUALITY")
        name = entry.need("HOME_DOMAIN").text()
        if name in domains:
            raise entry.wrong(f"the home domain {shown(name)} occurs twice", "Keep one of them.")
        domains[name] = _quality(entry.need("QUALITY"))
    return domains


def _quality(element: Element) -> int:
    if element.text() not in _QUALITIES:
        raise element.wrong(f"QUALITY is {shown(element.text())}", f"Use one of: {', '.join(_QUALITIES)}.")
    return _QUALITIES.index(element.text())


def _validator(entry: Element, domains: Mapping[str, int]) -> Validator:
    entry.only("NAME", "QUALITY", "HOME_DOMAIN", "PUBLIC_KEY", "ADDRESS", "HISTORY")
    name = node_name(entry.need("NAME").text(), entry.need("NAME").location)
    domain = entry.need("HOME_DOMAIN").text()
    entry.need("PUBLIC_KEY").text()
    own = entry.get("QUALITY")
    if own is not None and domain in domains:
        raise own.wrong(f"the quality of {shown(name)} is already that of {shown(domain)}", "Remove QUALITY.")
    if own is None and domain not in domains:
        raise entry.wrong(f"{shown(name)} has no quality", f"Add QUALITY, or HOME_DOMAINS for {shown(domain)}.")
    return Validator(name, domain, _quality(own) if own is not None else domains[domain], entry.location)


def quorum_set_of(validators: Sequence[Validator], document: Element) -> Threshold:
    """Build the set as `generateQuorumSetHelper` does: from the best quality down, each level inside the one above."""
    ordered = sorted(validators, key=lambda v: (-v.quality, v.domain))
    # From the lowest level up, since each level is a part of the next.
    result: Threshold | None = None
    for quality, level in reversed([(q, list(g)) for q, g in groupby(ordered, key=lambda v: v.quality)]):
        parts: list[Tree] = [_domain(d, list(g)) for d, g in groupby(level, key=lambda v: v.domain)]
        parts += [result] if result is not None else []
        need = len(parts) if _QUALITIES[quality] == "CRITICAL" else len(parts) - (len(parts) - 1) // 3
        result = Threshold(need, tuple((1, part) for part in parts), level[0].location)
    if result is None:  # pragma: no cover - there is a validator
        raise document.wrong("there are no validators", "Add [[VALIDATORS]].")
    return result


def _domain(domain: str, members: Sequence[Validator]) -> Threshold:
    if len(members) < 3 and _QUALITIES[members[0].quality] in ("HIGH", "CRITICAL"):
        message = f"the home domain {shown(domain)} has {len(members)} validators"
        help = "Quality HIGH and CRITICAL ask for three: stellar-core refuses fewer."
        raise Element(None, members[0].location).wrong(message, help)
    need = len(members) - (len(members) - 1) // 2
    return Threshold(need, tuple((1, v.leaf) for v in members), members[0].location)
