"""stellar-core: the quorum set of `stellar-core.cfg`, written out or generated from `[[VALIDATORS]]`.

Rule. `[QUORUM_SET]` asks for `THRESHOLD_PERCENT` (67 by default) of its validators and inner sets, rounded up:
`1 + (n * percent - 1) / 100` in integers. Without it, the set is generated: the validators of a home domain form a set
with a simple majority, `n - (n-1)/2`; those of one quality, together with one set for all lower qualities, ask for
`n - (n-1)/3`, or for all of them if the quality is `CRITICAL`.

A file says what one node trusts. A single file is read as if every validator in it had the same quorum set, with a note
that says so. The files of several nodes are read as a federation, each node with its own set; a file belongs to the
node that it is named after. Secrets (`NODE_SEED`) are neither needed nor kept.

Source: `Config.cpp` (`loadQset`, `generateQuorumSetHelper`, `validateConfig`), `QuorumSetUtils.cpp`
(`isQuorumSetSane`) and `docs/stellar-core_example.cfg` in stellar-core.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.proofs.quorums.configurations import Configuration, Reconfiguration, ReconfigurationMode
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.formats.format import Format, NodeFile, Settings
from assay.proofs.quorums.formats.members import View, drifted, note, warning
from assay.proofs.quorums.formats.systems.stellar_sanity import MOST_LEVELS, MOST_MEMBERS, repeated
from assay.proofs.quorums.formats.systems.stellar_validators import quorum_set_of, validators_of
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import Source, node_name, shown
from assay.proofs.quorums.formats.texts.toml_text import looks_like_toml, parse_toml
from assay.proofs.quorums.identities import Identity, Mark
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Threshold, Tree, names

__all__ = ["FORMAT"]

_RULE = "any two sets that satisfy the quorum set of each of their members have a node in common"
_SOURCE = "stellar-core, Config.cpp and QuorumSetUtils.cpp"
_CHANGES = Reconfiguration(
    ReconfigurationMode.NONE,
    "each node changes its own quorum set when it likes",
    "Mazières, The Stellar Consensus Protocol, 2015",
)
_OBLIGATION = QuorumObligation(("quorum", "quorum"), words="no two parts of the network diverge", source=_SOURCE)
_KEY_PATH = re.compile(r"(^|\.)(VALIDATORS|NODE_NAMES|PREFERRED_PEER_KEYS)\[\d+\]$")
_SELF = "self"


@dataclass(frozen=True)
class _Core:
    """The content of one file."""

    tree: Threshold
    labels: Mapping[str, Mapping[str, str]]
    findings: tuple[QuorumFinding, ...]
    identities: Mapping[str, Identity]


def _recognise(source: Source) -> bool:
    return looks_like_toml(source, "QUORUM_SET", "VALIDATORS", "HOME_DOMAINS")


def _core(source: Source, me: str) -> _Core:
    document = parse_toml(source)
    aliases = _aliases(document, me)
    validators = validators_of(document, me)
    generated = quorum_set_of(validators, document) if validators else None
    written = document.get("QUORUM_SET")
    if written is None and generated is None:
        raise document.wrong("there is neither QUORUM_SET nor VALIDATORS", "Give the configuration of a node.")
    tree = _quorum_set(written, aliases, 0) if written is not None else generated
    assert tree is not None
    _sane(tree, document)
    labels = {v.name: {"organisation": v.domain} for v in validators}
    return _Core(tree, labels, tuple(_findings(document, tree, generated, written)), _identities(tree, aliases))


def _identities(tree: Tree, aliases: Mapping[str, str]) -> dict[str, Identity]:
    """Return the identity of each node in the network, its public key, which also names nodes without a name."""
    keys = {name: key for key, name in aliases.items() if not key.startswith("$")}
    keys.update({name: name for name in names(tree) if name not in aliases.values()})
    return {name: Identity((Mark("public key", frozenset([key]), key),)) for name, key in keys.items()}


def _aliases(document: Element, me: str) -> dict[str, str]:
    """Return what `$name` and public keys stand for: the names of the nodes in this file."""
    names_of: dict[str, str] = {f"${_SELF}": me}
    keys_of: dict[str, str] = {}
    for element in document.walk():
        if not isinstance(element.value, str) or not _KEY_PATH.search(element.path):
            continue
        key, _, name = element.value.strip().partition(" ")
        if name.strip() and not key.startswith("$"):
            _name(names_of, keys_of, (key, name.strip()), element)
    validators = document.get("VALIDATORS")
    for entry in validators.items() if validators is not None else []:
        called, public = entry.get("NAME"), entry.get("PUBLIC_KEY")
        if called is not None and public is not None:
            _name(names_of, keys_of, (public.text(), called.text()), entry)
    return names_of


def _name(names_of: dict[str, str], keys_of: dict[str, str], pair: tuple[str, str], element: Element) -> None:
    key, name = pair
    node_name(name, element.location)
    if keys_of.setdefault(name, key) != key:
        raise element.wrong(f"the name {shown(name)} is given to two keys", "Give every node its own name.")
    if names_of.setdefault(key, name) != name:
        raise element.wrong(f"{shown(key)} has two names, {shown(name)} too", "Give every node one name.")
    names_of.setdefault(f"${name}", name)


def _quorum_set(element: Element, aliases: Mapping[str, str], level: int) -> Threshold:
    if level > MOST_LEVELS:
        raise element.wrong(f"{element.name} is nested deeper than {MOST_LEVELS} levels", "stellar-core refuses it.")
    parts: list[Tree] = []
    percent = 67
    for key, inner in element.table().items():
        if key == "THRESHOLD_PERCENT":
            percent = inner.whole(1, 100)
        elif key == "VALIDATORS":
            parts += [Node(_resolved(entry, aliases), entry.location) for entry in inner.items()]
        elif isinstance(inner.value, dict):
            parts.append(_quorum_set(inner, aliases, level + 1))
        else:
            help = "Use THRESHOLD_PERCENT, VALIDATORS, and tables for inner sets."
            raise inner.wrong(f"{inner.name} is not part of a quorum set", help)
    if not parts:
        raise element.wrong(f"{element.name} is empty", "Add VALIDATORS or an inner set.")
    need = 1 + (len(parts) * percent - 1) // 100
    return Threshold(need, tuple((1, part) for part in parts), element.location)


def _resolved(entry: Element, aliases: Mapping[str, str]) -> str:
    """Return the name of the node that an entry such as `G... name`, `$name` or `G...` stands for."""
    text = entry.text().strip()
    key = text.partition(" ")[0]
    if key.startswith("$") and key not in aliases:
        known = ", ".join(sorted(a for a in aliases if a.startswith("$")))
        raise entry.wrong(f"{shown(key)} is not defined", f"Defined are: {known}.")
    return aliases.get(key) or node_name(key, entry.location)


def _sane(tree: Threshold, document: Element) -> None:
    again = repeated(tree)
    if again is not None:
        place = Element(None, again.origin or document.location)
        raise place.wrong(f"{shown(again.name)} occurs twice in the quorum set", "List each node once.")
    count = len(names(tree))
    if count > MOST_MEMBERS:
        raise document.wrong(f"the quorum set has {count} nodes", f"stellar-core takes up to {MOST_MEMBERS}.")


def _findings(
    document: Element, tree: Threshold, generated: Threshold | None, written: Element | None
) -> list[QuorumFinding]:
    findings = []
    unsafe = document.get("UNSAFE_QUORUM")
    allowed = unsafe is not None and unsafe.flag()
    size = len(tree.parts)
    domains = {part for _, part in tree.parts}
    least = size - (size - 1) // (3 if written is not None or len(domains) > 1 else 2)
    if tree.need < least and written is not None:
        message = f"the threshold is {tree.need} of {size}, below the {least} that tolerate a lying third"
        findings.append(_unsafe(allowed, "threshold-too-low", message, written))
    if written is not None and generated is not None and _normal(generated) != _normal(tree):
        message = "QUORUM_SET differs from the set that VALIDATORS generates"
        findings.append(_unsafe(allowed, "two-quorum-sets", message, written))
    if unsafe is not None and allowed:
        message = "UNSAFE_QUORUM switches off the checks of stellar-core"
        findings.append(warning("unsafe-quorum", message, unsafe.location, "Remove it."))
    return findings


def _normal(tree: Tree) -> str:
    """Write a set in a canonical way: parts in order, and a set with a single part as that part."""
    if isinstance(tree, Node):
        return repr(tree.name)
    parts = sorted(_normal(part) for _, part in tree.parts)
    return parts[0] if len(parts) == 1 and tree.need == 1 else f"{tree.need} of ({', '.join(parts)})"


def _unsafe(allowed: bool, code: str, message: str, element: Element) -> QuorumFinding:
    if allowed:
        return warning(code, message, element.location)
    help = "stellar-core refuses to start with it, unless UNSAFE_QUORUM is true."
    return QuorumFinding(Severity.ERROR, code, message, element.location, help)


def _parse(source: Source, settings: Settings) -> Configuration:
    del settings
    core = _core(source, _SELF)
    nodes = names(core.tree)
    labels = {node: core.labels[node] for node in nodes if node in core.labels}
    system = QuorumSystem(
        f"quorum set over {len(nodes)} validators", nodes, {"quorum": core.tree}, (_OBLIGATION,), labels
    )
    message = "one file says what one node trusts: every validator is taken to have this same quorum set"
    help = "Give the directory with the files of all, or a snapshot of the network."
    findings = (*core.findings, note("same-set-assumed", message, source.line(1), help))
    return Configuration(
        "stellar-core",
        (source.name,),
        system,
        findings,
        _RULE,
        _SOURCE,
        _CHANGES,
        identities={node: core.identities[node] for node in nodes if node in core.identities},
    )


def _together(files: Sequence[NodeFile], settings: Settings) -> Configuration:
    del settings
    views = []
    findings: list[QuorumFinding] = []
    for file in files:
        core = _core(file.source, file.stem)
        findings.extend(core.findings)
        views.append(
            View(file.stem, core.tree, True, file.source.line(1), labels=core.labels, identities=core.identities)
        )
    drift = drifted(views, f"stellar-core nodes with {len(views)} files", _OBLIGATION)
    names_ = tuple(file.source.name for file in files)
    findings = [*drift.findings, *findings]
    return Configuration(
        "stellar-core",
        names_,
        drift.system,
        tuple(findings),
        _RULE,
        _SOURCE,
        _CHANGES,
        identities=drift.identities,
    )


FORMAT = Format("stellar-core", "stellar-core.cfg (TOML)", _recognise, _parse, _together)
