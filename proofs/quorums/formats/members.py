"""What parsers share: the members of a group, and the files of several servers combined into one system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assay.checker.errors import InputError, Location
from assay.proofs.quorums.findings import QuorumFinding, Severity
from assay.proofs.quorums.formats.texts.source import MAX_NODES, node_name, shown
from assay.proofs.quorums.identities import Identity
from assay.proofs.quorums.namesakes import assigned
from assay.proofs.quorums.systems import Federation, QuorumClass, QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import NEVER, Node, Threshold, Tree, leaves, names, substitute

__all__ = ["Drift", "Member", "View", "count", "distinct", "drifted", "majority_of", "note", "warning"]


@dataclass(frozen=True)
class Member:
    """A node that a configuration names, with its place in the file and its votes."""

    name: str
    location: Location
    votes: int = 1

    @property
    def leaf(self) -> Node:
        """The leaf of a tree for this member."""
        return Node(self.name, self.location)


def distinct(members: Iterable[Member], what: str = "member") -> tuple[Member, ...]:
    """Return the members if their names are valid and distinct.

    Raises
    ------
    InputError
        If a name is not valid or occurs twice, or there are more than `MAX_NODES`.
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
            raise InputError(message, location=member.location, help="Give only the part that defines the quorums.")
    return tuple(seen.values())


def majority_of(members: Sequence[Member], origin: Location) -> Threshold:
    """Return the tree *more than half of the votes of these members*; never satisfied if there are no votes."""
    total = sum(member.votes for member in members)
    return Threshold(total // 2 + 1, tuple((m.votes, m.leaf) for m in members), origin)


def count(need: int, members: Sequence[Member], origin: Location) -> Threshold:
    """Return the tree *any `need` of these members*, even if there are fewer: the verdict is *no quorum* then."""
    return Threshold(need, tuple((1, member.leaf) for member in members), origin)


def warning(code: str, message: str, location: Location | None, help: str | None = None) -> QuorumFinding:
    """Return a warning: something that the system allows but operators are likely to regret."""
    return QuorumFinding(Severity.WARNING, code, message, location, help)


def note(code: str, message: str, location: Location | None, help: str | None = None) -> QuorumFinding:
    """Return a note: something that was assumed or ignored."""
    return QuorumFinding(Severity.NOTE, code, message, location, help)


@dataclass(frozen=True)
class View:
    """The system as one server's own file describes it.

    Parameters
    ----------
    node : str
        The server whose file it is.
    tree : Tree
        The sets that this server takes for quorums.
    acts : bool
        Whether the server itself has a vote, according to its own file.
    location : Location
    absent : frozenset of str
        Names in the tree that never vote, according to this file.
    labels : mapping of node to labels
    identities : mapping of node to Identity
        What identifies the nodes, if that is more than their names.
    """

    node: str
    tree: Tree
    acts: bool
    location: Location
    absent: frozenset[str] = frozenset()
    labels: Mapping[str, Mapping[str, str]] | None = None
    identities: Mapping[str, Identity] = field(default_factory=dict)


@dataclass(frozen=True)
class Drift:
    """The files of several servers, combined: a system, findings, and the identities of its nodes."""

    system: QuorumSystem
    findings: list[QuorumFinding]
    identities: Mapping[str, Identity]


def drifted(views: Sequence[View], name: str, obligation: QuorumObligation) -> Drift:
    """Combine the files of several servers into one system.

    If all files agree, it is the system of any one of them, even for servers whose files are missing. Otherwise each
    server acts on its own file, as in a federation: a set can act if it satisfies the file of each of its members.
    Files that give one name to different members do not agree.

    Raises
    ------
    InputError
        If two files belong to the same server.
    """
    _one_file_each(views)
    alike, identities = _namesakes_apart(views)
    _one_file_each(alike)
    system, findings = _joined(alike, name, obligation)
    findings += [_addresses_differ(views)] if alike is not views else []
    return Drift(system, findings, identities)


def _one_file_each(views: Sequence[View]) -> None:
    seen: dict[str, View] = {}
    for view in views:
        node_name(view.node, view.location)
        first = seen.setdefault(view.node, view)
        if first is not view:
            message = f"this file belongs to the server {shown(view.node)}, as {first.location.file} does"
            raise InputError(message, location=view.location, help="Give one file for each server.")


def _namesakes_apart(views: Sequence[View]) -> tuple[Sequence[View], dict[str, Identity]]:
    """Return the views with one name for each member in all of them, and the identities of the members."""
    sides = [{n: view.identities.get(n) for n in (view.node, *names(view.tree), *view.absent)} for view in views]
    called = assigned(sides)
    identities = {
        global_name: identity
        for view, names_ in zip(views, called, strict=True)
        for local, global_name in names_.items()
        if (identity := view.identities.get(local)) is not None
    }
    if all(local == global_name for names_ in called for local, global_name in names_.items()):
        return views, identities
    return [_view_renamed(view, names_) for view, names_ in zip(views, called, strict=True)], identities


def _view_renamed(view: View, called: Mapping[str, str]) -> View:
    leaves_ = {leaf.name: Node(called[leaf.name], leaf.origin) for leaf in leaves(view.tree)}
    return replace(
        view,
        node=called[view.node],
        tree=substitute(view.tree, leaves_),
        absent=frozenset(called[name] for name in view.absent),
        labels={called.get(name, name): found for name, found in (view.labels or {}).items()},
        identities={called.get(name, name): found for name, found in view.identities.items()},
    )


def _addresses_differ(views: Sequence[View]) -> QuorumFinding:
    """Return the warning that the files give one name to different members, with an example."""
    seen: dict[str, tuple[Identity, View]] = {}
    for view in views:
        for name, identity in view.identities.items():
            first, where = seen.setdefault(name, (identity, view))
            if first.is_same(identity) is False:
                message = f"{name} is {first.words} in {where.location.file}, and {identity.words} here"
                help = "These are two members: give each its own name, or make the files agree about it."
                return warning("members-differ", message, view.location, help)
    return warning("members-differ", "the files give one name to different members", None)


def _joined(views: Sequence[View], name: str, obligation: QuorumObligation) -> tuple[QuorumSystem, list[QuorumFinding]]:
    acting = [view for view in views if view.acts]
    nodes = tuple(view.node for view in acting)
    labels = {node: dict(found) for view in views for node, found in (view.labels or {}).items()}
    absent = frozenset().union(*(view.absent for view in views)) - set(nodes)
    heard = acting or views
    one_tree = len({view.tree for view in heard}) == 1
    voters = tuple(node for node in names(heard[0].tree) if node not in absent) if one_tree else ()
    kind: QuorumClass
    findings = [] if one_tree else [_differ(heard)]
    if voters and set(nodes) <= set(voters):
        kind = heard[0].tree
        missing = [node for node in voters if node not in set(nodes)]
        findings += [_missing(heard, missing)] if missing else []
        nodes = voters
    else:
        kind = Federation({view.node: _own(view, absent) for view in acting})
    known = {node: labels[node] for node in nodes if node in labels}
    return QuorumSystem(name, nodes, {"quorum": kind}, (obligation,), known, absent), findings


def _missing(views: Sequence[View], nodes: Sequence[str]) -> QuorumFinding:
    some = ", ".join(nodes[:5]) + (f" and {len(nodes) - 5} more" if len(nodes) > 5 else "")
    message = f"there is no file of {some}: it is assumed to agree with the others"
    return note("files-missing", message, views[0].location)


def _own(view: View, absent: frozenset[str]) -> Tree:
    """Return the tree of a view, which nodes that vote only according to other files can never satisfy."""
    return substitute(view.tree, dict.fromkeys(view.absent - absent, NEVER))


def _differ(views: Sequence[View]) -> QuorumFinding:
    by_tree: dict[Tree, list[str]] = {}
    for view in views:
        by_tree.setdefault(view.tree, []).append(view.node)
    groups = "; ".join(", ".join(group) for group in by_tree.values())
    return warning(
        "files-differ",
        f"the files of these servers define different quorums: {groups}",
        views[0].location if views else None,
        "Make all files agree before the next restart.",
    )
