"""Structured quorum systems: grids, trees, hierarchies, walls, projective planes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from assay.proofs.quorums import trees
from assay.proofs.quorums.library.single import single_class
from assay.proofs.quorums.systems import QuorumObligation, QuorumSystem
from assay.proofs.quorums.trees import Node, Tree, TreeError, all_of, any_of

__all__ = ["Nested", "crumbling_wall", "grid", "hierarchical", "maekawa_grid", "projective_plane", "tree"]

Nested: TypeAlias = "str | Sequence[Nested]"
"""The name of a node, or a group of nodes and groups."""


def grid(rows: Sequence[Sequence[str]]) -> QuorumSystem:
    """Return the grid in which a read takes a full row, and a write one node of every row (Whittaker et al. 2021).

    In the grid protocol (Cheung, Ammar, Ahamad 1992), with rows and columns exchanged, a read takes a node of each
    column, and a write also all nodes of one column, so that writes meet each other as well. In `maekawa_grid` all
    operations do, since all take a full row and a full column.
    """
    classes = {"read": any_of(all_of(row) for row in rows), "write": all_of(any_of(row) for row in rows)}
    obligation = QuorumObligation(
        ("read", "write"),
        words="every read sees every write",
        source="Whittaker et al., Read-Write Quorum Systems Made Practical, PaPoC 2021",
    )
    return QuorumSystem(f"grid of {len(rows)} rows", _flat(rows), classes, (obligation,))


def maekawa_grid(rows: Sequence[Sequence[str]]) -> QuorumSystem:
    """Return Maekawa's square grid: one full row and one full column (Maekawa 1985).

    Raises
    ------
    TreeError
        If the rows differ in length.
    """
    if len({len(row) for row in rows}) != 1:
        raise TreeError("the rows of a grid must all have the same length")
    full_row = any_of(all_of(row) for row in rows)
    full_column = any_of(all_of(column) for column in zip(*rows, strict=True))
    name = f"row and column of {len(rows)}x{len(rows[0])}"
    return single_class(name, _flat(rows), full_row & full_column, "Maekawa, TOCS 1985")


def hierarchical(groups: Nested) -> QuorumSystem:
    """Return hierarchical quorums: majorities of majorities, to any depth (Kumar 1991)."""
    nodes = tuple(_flat_nested(groups))
    return single_class(f"hierarchy of {len(nodes)}", nodes, _majorities(groups), "Kumar, TC 1991")


def tree(nodes: Sequence[str]) -> QuorumSystem:
    """Return tree quorums on a complete binary tree, whose nodes are in heap order (Agrawal, El Abbadi 1991).

    A quorum is a path from the root to a leaf, in which a missing node is replaced by paths through both its subtrees.
    """
    listed = tuple(nodes)
    return single_class(f"tree of {len(listed)}", listed, _paths(listed, 0), "Agrawal, El Abbadi, TOCS 1991")


def crumbling_wall(rows: Sequence[Sequence[str]]) -> QuorumSystem:
    """Return a crumbling wall: one full row and one node of every row below it (Peleg, Wool 1997)."""
    below = [any_of(row) for row in rows]
    tree_ = any_of(all_of([*row, *below[i + 1 :]]) for i, row in enumerate(rows))
    name = f"wall of widths {', '.join(str(len(row)) for row in rows)}"
    return single_class(name, _flat(rows), tree_, "Peleg, Wool, Distributed Computing 1997")


def projective_plane(order: int) -> QuorumSystem:
    """Return the lines of the projective plane of a prime order (Maekawa 1985).

    It has ``order ** 2 + order + 1`` nodes and as many lines, of ``order + 1`` nodes each. Coordinates are numbers
    modulo the order, which form a field only if it is prime; planes of prime powers would need other fields.

    Raises
    ------
    TreeError
        If the order is not a prime number.
    """
    if order < 2 or any(order % d == 0 for d in range(2, order)):
        raise TreeError(f"the order of a projective plane must be a prime number here, and {order} is not")
    points = {f"p{x}.{y}.{z}": (x, y, z) for x, y, z in _projective_points(order)}
    lines = [
        all_of(name for name, point in points.items() if _dot(line, point) % order == 0) for line in points.values()
    ]
    name = f"projective plane of order {order}"
    return single_class(name, tuple(points), any_of(lines), "Maekawa, TOCS 1985")


def _dot(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _projective_points(order: int) -> list[tuple[int, int, int]]:
    affine = [(1, y, z) for y in range(order) for z in range(order)]
    return [*affine, *((0, 1, z) for z in range(order)), (0, 0, 1)]


def _flat(rows: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(node for row in rows for node in row)


def _flat_nested(groups: Nested) -> list[str]:
    if isinstance(groups, str):
        return [groups]
    return [node for group in groups for node in _flat_nested(group)]


def _majorities(groups: Nested) -> Tree:
    if isinstance(groups, str):
        return Node(groups)
    return trees.majority(_majorities(group) for group in groups)


def _paths(nodes: tuple[str, ...], root: int) -> Tree:
    children = [_paths(nodes, child) for child in (2 * root + 1, 2 * root + 2) if child < len(nodes)]
    if not children:
        return Node(nodes[root])
    return (Node(nodes[root]) & any_of(children)) | all_of(children)
