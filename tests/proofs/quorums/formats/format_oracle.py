"""What the tests of formats share: parsing a text, and its verdict by brute force over all subsets."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.formats import Source, parse_source
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import subtrees
from quorum_oracle import is_broken, minimal, quorums

EXAMPLES = Path(__file__).parent / "examples"


def parse(text: str, as_: str | None = None, **settings: str) -> Configuration:
    given = {key.replace("_", "-"): value for key, value in settings.items()}
    return parse_source(Source("file", dedent(text).lstrip("\n")), as_=as_, settings=given)


def verdict(configuration: Configuration) -> str:
    """*split*, *no quorum* or *safe*, from the definitions."""
    system = configuration.system
    assert len(system.nodes) <= 10, "brute force is for small systems"
    if any(is_broken(system, duty) for duty in system.obligations):
        return "split"
    return "safe" if all(quorums(kind, system.nodes) for kind in system.classes.values()) else "no quorum"


def codes(configuration: Configuration) -> set[str]:
    return {finding.code for finding in configuration.findings}


def smallest(configuration: Configuration, name: str = "quorum") -> set[frozenset[str]]:
    """The minimal quorums of a class."""
    system = configuration.system
    return set(minimal(quorums(system.classes[name], system.nodes)))


def tolerance(configuration: Configuration) -> int:
    """The largest f such that after any f crashes every service, or needed class, goes on; -1 if one never does."""
    system = configuration.system
    kinds = system.services or {name: system.classes[name] for name in system.live_classes}
    return min(tolerance_of(configuration, kind) for kind in kinds.values())


def tolerance_of(configuration: Configuration, kind: QuorumClass) -> int:
    system = configuration.system
    every = [minimal(quorums(kind, system.nodes))]
    for size, lost in _losses(system.nodes):
        if any(not any(quorum.isdisjoint(lost) for quorum in each) for each in every):
            return size - 1
    raise AssertionError("the loss of all nodes is survived")


def _losses(nodes: tuple[str, ...]):
    from itertools import combinations

    for size in range(len(nodes) + 1):
        for lost in combinations(nodes, size):
            yield size, frozenset(lost)


def origins(configuration: Configuration) -> list:
    """The places that the parts of all trees came from."""
    kinds = configuration.system.classes.values()
    trees = [t for k in kinds for t in (k.trees.values() if isinstance(k, Federation) else [k])]
    return [part.origin for tree in trees for part in subtrees(tree)]
