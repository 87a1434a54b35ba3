"""What the parsers share: the members of a group, each once; and servers that read different files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.findings import Finding, Severity
from assay.proofs.quorums.formats.source import MAX_NODES, node_name, shown
from assay.proofs.quorums.systems import Federation, Obligation, QuorumClass, QuorumSystem
from assay.proofs.quorums.trees import NEVER, Node, Threshold, Tree, names, substitute

__all__ = ["Member", "View", "count", "distinct", "drifted", "majority_of", "note", "warning"]


@dataclass(frozen=True)
class Member:
    """A node that a configuration names, with the place and the votes it has."""

    name: str
    location: Location
    votes: int = 1

    @property
    def leaf(self) -> Node:
        """The leaf of a tree that stands for it."""
        return Node(self.name, self.location)


def distinct(members: Iterable[Member], what: str = "member") -> tuple[Member, ...]:
    """Return the members, if their names can be names and no two are the same.

    Raises
    ------
    InputError
        If a name is odd or occurs twice, or there are more than `MAX_NODES`.
    """
    seen: dict[str, Member] = {}
    for member in members:
        node_name(member.name, member.location)
        first = seen.setdefault(member.name, member)
        if first is not member:
            raise InputError(
                f"the {what} {shown(member.name)} occurs twice; first in line {first.location.line}",
                location=member.location,
                help="Give each its own name.",
            )
        if len(seen) > MAX_NODES:
            message = f"more than {MAX_NODES:,} nodes"
            raise InputError(message, location=member.location, help="Give the part that defines the quorums.")
    return tuple(seen.values())


def majority_of(members: Sequence[Member], origin: Location) -> Threshold:
    """Return the tree *more than half of the votes of these*; never satisfied if there are none."""
    total = sum(member.votes for member in members)
    return Threshold(total // 2 + 1, tuple((m.votes, m.leaf) for m in members), origin)


def count(need: int, members: Sequence[Member], origin: Location) -> Threshold:
    """Return the tree *any `need` of these*, also where that can never be, which is a verdict of its own."""
    return Threshold(need, tuple((1, member.leaf) for member in members), origin)


def warning(code: str, message: str, location: Location | None, help: str | None = None) -> Finding:
    """Return a finding that operators regret to have missed."""
    return Finding(Severity.WARNING, code, message, location, help)


def note(code: str, message: str, location: Location | None, help: str | None = None) -> Finding:
    """Return a finding that says what was assumed or left out."""
    return Finding(Severity.NOTE, code, message, location, help)


@dataclass(frozen=True)
class View:
    """What one server's own file says: the tree that it acts on, and who counts there without acting.

    Parameters
    ----------
    node : str
        The server whose file it is.
    tree : Tree
    acts : bool
        Whether the server has a vote, according to its own file.
    location : Location
    absent : frozenset of str
        Names in the tree that this file knows never to vote.
    labels : mapping
        Labels of the nodes it names.
    """

    node: str
    tree: Tree
    acts: bool
    location: Location
    absent: frozenset[str] = frozenset()
    labels: Mapping[str, Mapping[str, str]] | None = None


def drifted(views: Sequence[View], name: str, duty: Obligation) -> tuple[QuorumSystem, list[Finding]]:
    """Join what several servers' own files say into one system.

    If all files agree, that is the system of any one of them. Otherwise each server acts on its own file, as
    in a federation: a set can act if it satisfies the file of each of its members.

    Raises
    ------
    InputError
        If two files belong to the same server.
    """
    distinct((Member(view.node, view.location) for view in views), "server of a file")
    acting = [view for view in views if view.acts]
    nodes = tuple(view.node for view in acting)
    labels = {node: dict(found) for view in views for node, found in (view.labels or {}).items()}
    absent = frozenset().union(*(view.absent for view in views)) - set(nodes)
    one_tree = len({view.tree for view in acting}) == 1
    kind: QuorumClass
    if one_tree and {*names(acting[0].tree)} - absent == set(nodes):
        kind = acting[0].tree
    else:
        kind = Federation({view.node: _own(view, absent) for view in acting})
    known = {node: labels[node] for node in nodes if node in labels}
    system = QuorumSystem(name, nodes, {"quorum": kind}, (duty,), known, absent)
    return system, [] if one_tree else [_differ(acting)]


def _own(view: View, absent: frozenset[str]) -> Tree:
    """Return the tree of a view, where those who vote elsewhere but not here are out of reach."""
    return substitute(view.tree, dict.fromkeys(view.absent - absent, NEVER))


def _differ(views: Sequence[View]) -> Finding:
    by_tree: dict[Tree, list[str]] = {}
    for view in views:
        by_tree.setdefault(view.tree, []).append(view.node)
    groups = "; ".join(", ".join(group) for group in by_tree.values())
    return warning(
        "files-differ",
        f"the files of these servers define different quorums: {groups}",
        views[0].location if views else None,
        "Bring all files to the same content before the next restart.",
    )
