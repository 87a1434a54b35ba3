"""Patroni: the replication of its PostgreSQL cluster, and the standbys that may be promoted.

Rule. A commit is acknowledged by the primary and the synchronous standbys; the standby that is promoted must have every
acknowledged commit. Patroni records in `/sync` which standbys may be promoted:

- `synchronous_mode: off` (the default): commits wait for no standby, and any that does not lag too far is promoted;
- `on`: commits wait for all of `synchronous_node_count` standbys, and only one of these is promoted;
- `quorum`: commits wait for any k = `synchronous_node_count` of the s standbys; at a failover, m standbys are asked
  with k + m > s, so that one of them has every commit, and the most advanced one is promoted.

Without `synchronous_mode_strict`, the primary continues alone if no standby is left, and then no other is promoted.

The input is Patroni's YAML (`bootstrap.dcs`, or the output of `patronictl show-config`), or the `postgresql` resource
of the Zalando operator (`spec.patroni`, `numberOfInstances`). The standbys are those of `standbys`; by default, one
more than are synchronous.

Source: Patroni documentation, *Replication modes* and *Dynamic configuration settings*; `patroni/quorum.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding
from assay.proofs.quorums.formats.deployments.kubernetes import at, is_of_kubernetes, resources_of
from assay.proofs.quorums.formats.format import Format, Settings
from assay.proofs.quorums.formats.members import Member, count, distinct, note, warning
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import MAX_NODES, Source, shown
from assay.proofs.quorums.formats.texts.yaml_text import looks_like_yaml, parse_yaml
from assay.proofs.quorums.systems import Federation, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, all_of, any_of

__all__ = ["FORMAT"]

_RULE = "the promoted standby has every acknowledged commit"
_SOURCE = "Patroni documentation, Replication modes"
_PRIMARY = "primary"
_WORDS = {"on": "on", "true": "on", "yes": "on", "1": "on", "off": "off", "false": "off", "no": "off", "0": "off"}
_RESOURCE = re.compile(r"apiVersion[\"']?[ ]*:[ ]*[\"']?acid\.zalan\.do/")
_KEYS = ("synchronous_mode", "synchronous_mode_strict", "synchronous_node_count")


def _transition(old: QuorumSystem, new: QuorumSystem) -> QuorumSystem:
    """Return the system during a change of the mode, when a failover must be possible by the old and the new one."""
    nodes = tuple(dict.fromkeys((*old.nodes, *new.nodes)))
    obligation = QuorumObligation(("old commit", "old and new failover"), words=_RULE, source=_SOURCE)
    failovers = [kind for one in (old, new) if not isinstance(kind := one.classes["failover"], Federation)]
    classes = {"old commit": old.classes["commit"], "old and new failover": all_of(failovers)}
    return QuorumSystem(f"{old.name} to {new.name}", nodes, classes, (obligation,))


_CHANGES = Reconfiguration(
    ReconfigurationMode.CHAINED,
    "Patroni changes /sync and synchronous_standby_names one after the other, so that their quorums always meet",
    "Patroni, quorum.py, QuorumStateResolver",
    _transition,
)


@dataclass(frozen=True)
class _Mode:
    """Patroni's settings of synchronous replication; ``is_initial`` if they apply only when the cluster is created."""

    mode: str
    strict: bool
    number: int
    instances: int | None
    element: Element
    is_initial: bool = False


def _recognise(source: Source) -> bool:
    if source.process is not None or is_of_kubernetes(source):
        return False
    if looks_like_yaml(source, *_KEYS):
        return True
    return looks_like_yaml(source, "bootstrap") and re.search(r"^[ ]+dcs[ ]*:", source.text, re.MULTILINE) is not None


def _is_resource(source: Source) -> bool:
    return _RESOURCE.search(source.text) is not None


def _mode(source: Source) -> _Mode:
    if is_of_kubernetes(source):
        return _of_resource(source)
    documents = parse_yaml(source)
    if len(documents) != 1:
        raise InputError(f"there are {len(documents)} documents", location=source.line(1), help="Give one.")
    start = at(documents[0], "bootstrap", "dcs")
    return replace(_of_table(start or documents[0], None), is_initial=start is not None)


def _of_resource(source: Source) -> _Mode:
    found = [one for one in resources_of(source) if one.group == "acid.zalan.do" and one.kind == "postgresql"]
    if len(found) != 1:
        message = f"there are {len(found)} resources of the kind postgresql"
        raise InputError(message, location=source.whole, help="Give one.")
    spec = found[0].document.need("spec")
    instances = spec.get("numberOfInstances")
    number = instances.whole(1, MAX_NODES) if instances is not None else None
    return _of_table(spec.get("patroni") or Element({}, spec.place, "spec.patroni"), number)


def _of_table(table: Element, instances: int | None) -> _Mode:
    mode, strict, number = (table.get(key) for key in _KEYS)
    return _Mode(
        _word(mode) if mode is not None else "off",
        strict is not None and _word(strict) == "on",
        number.whole(1, MAX_NODES) if number is not None else 1,
        instances,
        mode if mode is not None else table,
    )


def _word(element: Element) -> str:
    value = element.value
    text = str(value).lower() if isinstance(value, bool | int | str) else ""
    if text == "quorum" and element.path.endswith("synchronous_mode"):
        return text
    if text not in _WORDS:
        raise element.wrong(f"{element.name} is {shown(text)}", "Use on, off or quorum.")
    return _WORDS[text]


def _parse(source: Source, settings: Settings) -> Configuration:
    mode = _mode(source)
    standbys, assumed = _standbys(mode, settings)
    place = mode.element.location
    synchronous = standbys[: mode.number] if mode.mode == "on" else standbys
    primary: Tree = Node(_PRIMARY, place)
    waits = mode.mode != "off"
    need = min(mode.number, len(standbys)) if waits else 0
    commit = all_of([primary, count(need, synchronous, place)], origin=place) if need else primary
    asked = len(synchronous) - need + 1 if mode.mode == "quorum" else 1
    failover = count(asked, synchronous, place)
    nodes = (_PRIMARY, *(member.name for member in standbys))
    obligation = QuorumObligation(("commit", "failover"), words=_RULE, source=_SOURCE)
    service = any_of([_service(mode, primary, standbys), all_of([failover, _service(mode, failover, standbys)])])
    system = QuorumSystem(
        f"Patroni with {len(standbys)} standbys, synchronous_mode: {mode.mode}",
        nodes,
        {"commit": commit, "failover": failover},
        (obligation,),
        services={"commits, with failover": service},
    )
    findings = [*assumed, *_findings(mode, waits)]
    return Configuration("patroni", (source.name,), system, tuple(findings), _RULE, _SOURCE, _CHANGES)


def _service(mode: _Mode, first: Tree, standbys: Sequence[Member]) -> Tree:
    """Return what commits need: the primary, old or new, and in strict mode a standby besides it."""
    if not mode.strict or mode.mode == "off":
        return first
    # After a failover, one of the two is the promoted standby itself.
    beside = 1 if isinstance(first, Node) else 2
    return all_of([first, count(beside, standbys, mode.element.location)])


def _standbys(mode: _Mode, settings: Settings) -> tuple[tuple[Member, ...], list[QuorumFinding]]:
    place = mode.element.location
    given = settings.get("standbys")
    if given is not None:
        members = distinct((Member(name, given.location or place) for name in given.words()), "standby")
        if any(member.name == _PRIMARY for member in members):
            raise given.wrong(f"a standby is called {_PRIMARY!r}", "Choose another name: this one is the primary's.")
        return members, []
    number = mode.instances - 1 if mode.instances is not None else mode.number + 1
    members = tuple(Member(f"standby-{i}", place) for i in range(1, number + 1))
    if mode.instances is not None:
        return members, []
    message = f"the file does not name the standbys: {number} are assumed"
    return members, [note("standbys-assumed", message, place, "Add a comment: # assay: standbys=s1, s2")]


def _findings(mode: _Mode, waits: bool) -> list[QuorumFinding]:
    place = mode.element.location
    if mode.is_initial:
        message = "bootstrap.dcs applies when the cluster is created; its settings may have changed since"
        findings = [note("bootstrap-only", message, place, "Give what `patronictl show-config` prints.")]
    else:
        findings = []
    if not waits:
        message = "synchronous_mode is off: a failover can lose acknowledged commits"
        findings.append(warning("asynchronous-replication", message, place, "Set synchronous_mode: on, or quorum."))
    elif not mode.strict:
        message = (
            "without synchronous_mode_strict the primary continues alone if no standby is left: if it is lost, so are "
            "its commits"
        )
        findings.append(note("not-strict", message, place))
    return findings


FORMAT = Format(
    "patroni",
    "Patroni (YAML)",
    _recognise,
    _parse,
    settings={"standbys": "the standbys, separated by commas (default: one more than are synchronous)"},
    resources=_is_resource,
)
