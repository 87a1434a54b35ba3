"""CometBFT (Tendermint): the validators of a genesis file, or of a node's answer to `/genesis` or `/validators`.

Rule. A block is committed by validators with more than two thirds of the voting power: strictly more than
`total * 2 / 3` in integers, multiplied first. Two such sets have more than a third of the power in common, so they
share a correct validator if less than a third is faulty.

Bridges, oracles and forks that count votes themselves have a threshold of their own, which can be given as
`threshold=2f+1` (where F is the floor of `(total - 1) / 3`) or as a power (`threshold=60`). Quorums of `2F+1` are right
only if the total is `3F+1`: of a total of 5 they share 1, and that one may be faulty.

A genesis file without validators is legal if the application names them at `InitChain`; there is nothing to verify
then.

Source: `VerifyCommit` and `ValidatorSet` in CometBFT's `types` (`validation.go`, `validator_set.go`,
`genesis.go`); CometBFT documentation, *Using CometBFT*, *Genesis*; RPC `/genesis` and `/validators`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.members import Member, distinct, note, warning
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json, parse_json
from assay.proofs.quorums.formats.texts.source import Source, shown
from assay.proofs.quorums.identities import Identity, Mark
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Threshold, all_of

__all__ = ["FORMAT"]

_RULE = "more than two thirds of the voting power commit; two such sets share more than a third"
_SOURCE = "CometBFT, types/validation.go"
_MOST_POWER = (2**63 - 1) // 8
_MARK = re.compile(r'"validators"\s*:')
_POWER = re.compile(r'"(?:voting_)?power"\s*:|"(?:genesis_time|chain_id)"\s*:')


def _trusted(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return what light clients that skip blocks rely on: signatures by more than a third of the trusted power.

    A client that finds fewer must fetch the headers in between. That never leads to two blocks of one height.
    """
    powers = dict(old.obligations[0].weights)
    obligation = QuorumObligation(
        ("old power", "new commit"),
        (sum(powers.values()) // 3) + 1,
        powers,
        words="a light client can skip over the change: every new commit has more than a third of the old power",
        source="CometBFT, light client specification, Core Verification",
    )
    classes = {"old power": all_of(old.nodes), "new commit": new.classes["commit"]}
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    return QuorumSystem(f"{old.name} to {new.name}", nodes, classes, (obligation,))


_CHANGES = Reconfiguration(
    ReconfigurationMode.CHAINED,
    "a block names the validators of a later height; each height has one set, so old and new never commit the same",
    "CometBFT, ABCI, FinalizeBlock: validator updates",
    _trusted,
)


def _recognise(source: Source) -> bool:
    return looks_like_json(source, shell=True) and bool(_MARK.search(source.text)) and bool(_POWER.search(source.text))


def _parse(source: Source, settings: Settings) -> Configuration:
    document = parse_json(source, shell=True)
    listed = _listed(document)
    validators = _named(listed.items())
    total = sum(member.votes for member in validators)
    if not validators:
        raise listed.wrong("there are no validators", "Give the answer of the RPC /validators.")
    if total > _MOST_POWER:
        raise listed.wrong(f"the total voting power is {total}", f"CometBFT refuses more than {_MOST_POWER}.")
    need, rule = _threshold(settings, total)
    tree = Threshold(need, tuple((m.votes, m.leaf) for m in validators), listed.location)
    obligation = QuorumObligation(
        ("commit", "commit"),
        (total - 1) // 3 + 1,
        {member.name: member.votes for member in validators},
        words="two commits share a correct validator, if less than a third of the power is faulty",
        source=_SOURCE,
        margin=(total - 1) // 3,
    )
    nodes = tuple(member.name for member in validators)
    system = QuorumSystem(f"{len(nodes)} validators, power {total}", nodes, {"commit": tree}, (obligation,))
    origin = _SOURCE if rule == _RULE else "the setting threshold, which is not CometBFT's own"
    findings = [*_findings(validators, total, need), *_page(document, len(validators))]
    return Configuration(
        "cometbft",
        (source.name,),
        system,
        tuple(findings),
        rule,
        origin,
        _CHANGES,
        identities=_identities(validators, listed.items()),
    )


def _identities(validators: Sequence[Member], listed: Sequence[Element]) -> dict[str, Identity]:
    """Return the identity of each validator on the chain: its address, whatever its name."""
    found = {}
    for member, element in zip(validators, listed, strict=True):
        address = _address(element)
        found[member.name] = Identity((Mark("address", frozenset([address.upper()]), address),))
    return found


def _threshold(settings: Settings, total: int) -> tuple[int, str]:
    """Return the power that commits, and the rule in words."""
    given = settings.get("threshold")
    if given is None or given.value.strip() == "2/3":
        return total * 2 // 3 + 1, _RULE
    if given.value.strip().lower() == "2f+1":
        need = 2 * ((total - 1) // 3) + 1
        return need, f"a power of 2F+1 = {need} commits, with F = floor((total - 1) / 3), as set by an application"
    if not re.fullmatch(r"[0-9]{1,18}", given.value.strip(), re.ASCII) or not 1 <= int(given.value) <= total:
        raise given.wrong(f"found {shown(given.value.strip())}", f"Use 2/3, 2f+1, or a power from 1 to {total}.")
    return int(given.value), f"a power of {int(given.value)} commits, as set by an application"


def _listed(document: Element) -> Element:
    """Return the list of validators in a genesis file, an RPC answer, or the application's part of a genesis file."""
    inner = document.get("result") or document
    inner = inner.get("genesis") or inner
    consensus = inner.get("consensus")
    if "validators" not in inner and consensus is not None:
        inner = consensus
    if "validators" in inner and inner.get("validators") is None:
        raise inner.wrong(
            "there are no validators: the application names them", "Give the answer of the RPC /validators."
        )
    return inner.need("validators")


def _validator(element: Element) -> Member:
    power = element.get("voting_power") or element.need("power")
    votes = power.decimal()
    if votes <= 0:
        raise power.wrong(f"{power.name} is {votes}", "A validator has a power of at least 1.")
    return Member(_address(element), element.location, votes)


def _address(element: Element) -> str:
    address = element.get("address")
    if address is not None and address.text():
        return address.text()
    key = element.need("pub_key")
    return (key.get("value") or key.need("data")).text()


def _named(listed: Sequence[Element]) -> tuple[Member, ...]:
    """Return the validators by their names if these are unique, and by their addresses otherwise."""
    validators = distinct((_validator(element) for element in listed), "validator")
    names = [found.text().strip() if (found := element.get("name")) is not None else "" for element in listed]
    if not all(names) or len(set(names)) < len(names):
        return validators
    renamed = (Member(n, m.location, m.votes) for n, m in zip(names, validators, strict=True))
    return distinct(renamed, "validator")


def _findings(validators: Sequence[Member], total: int, need: int) -> list[QuorumFinding]:
    findings = []
    for member in validators:
        if 3 * member.votes >= total > 0 and total - member.votes < need and len(validators) > 1:
            share = 100 * member.votes // total
            message = f"{shown(member.name)} has {share} % of the power: without it there is no commit"
            findings.append(warning("validator-with-a-third", message, member.location, "Spread the power."))
    return findings


def _page(document: Element, found: int) -> list[QuorumFinding]:
    result = document.get("result")
    total = result.get("total") if result else None
    if total is None or total.decimal(0) == found:
        return []
    message = f"this page has {found} of {total.decimal()} validators"
    return [note("one-page", message, total.location, "Ask for all pages: /validators?per_page=100&page=2, ...")]


FORMAT = Format(
    "cometbft",
    "CometBFT genesis and /validators",
    _recognise,
    _parse,
    settings={"threshold": "2/3 (default), 2f+1, or the power that commits"},
)
