"""Quorums in propositional clauses: thresholds as chains of implications, exact for integers of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.systems import Federation, QuorumClass
from assay.proofs.quorums.trees import Node, Tree, names

__all__ = ["MOST_CLAUSES", "Encoding", "TooLarge", "quorum_variables"]

MOST_CLAUSES = 2_000_000
"""The most clauses: about a gigabyte in a SAT solver, and minutes of search."""

POLLED = 4_096
"""The clock is read once for this many clauses, because reading it costs more than adding one."""

Weighted = Sequence[tuple[int, int]]
"""Pairs of a weight and a literal."""


class TooLarge(Exception):
    """The encoding would be too large or take too long, since weights have too many different sums."""


@dataclass
class Encoding:
    """Clauses under construction.

    The variable of a threshold implies the threshold and not the reverse, which is enough for monotone conditions, and
    half of the clauses (Plaisted and Greenbaum 1986).
    """

    clauses: list[list[int]] = field(default_factory=list)
    deadline: Deadline = field(default_factory=Deadline)
    _last: int = 0

    def variable(self) -> int:
        """Return a new variable."""
        self._last += 1
        return self._last

    def add(self, *clause: int) -> None:
        """Add a clause.

        Raises
        ------
        TooLarge
            If there are too many, or the deadline passed.
        """
        self.clauses.append(list(clause))
        if len(self.clauses) > MOST_CLAUSES or (len(self.clauses) % POLLED == 0 and self.deadline.passed):
            raise TooLarge

    def implies_tree(self, condition: int, tree: Tree, nodes: dict[str, int]) -> None:
        """Add clauses that say that, if the condition is true, the true nodes satisfy the tree."""
        if isinstance(tree, Node):
            self.add(-condition, nodes[tree.name])
            return
        literals = [(weight, self._literal(part, nodes)) for weight, part in tree.parts]
        self.implies_weight(condition, literals, tree.need)

    def _literal(self, tree: Tree, nodes: dict[str, int]) -> int:
        if isinstance(tree, Node):
            return nodes[tree.name]
        variable = self.variable()
        self.implies_tree(variable, tree, nodes)
        return variable

    def implies_weight(self, condition: int, literals: Weighted, need: int) -> None:
        """Add clauses that say that, if the condition is true, the true literals weigh at least ``need``.

        This is a decision diagram: its variable for ``(i, missing)`` implies that the literals from ``i`` on weigh at
        least ``missing``, whether literal ``i`` is true or not. It has as many variables as there are such pairs.
        """
        available = [0]
        for weight, _ in reversed(literals):
            available.append(available[-1] + weight)
        available.reverse()
        # Pairs are shared; otherwise a threshold over n members would take a variable for each subset. A loop, not
        # recursion, since the diagram is as deep as the tree is wide.
        known: dict[tuple[int, int], int] = {}
        pending = [(condition, 0, need)]
        while pending:
            holder, place, missing = pending.pop()
            if missing <= 0:
                continue
            if available[place] < missing:
                self.add(-holder)
                continue
            weight, literal = literals[place]
            # With or without the literal, the rest must reach `missing - weight`; without it, all of `missing`.
            for rest, clause in ((missing - weight, [-holder]), (missing, [-holder, literal])):
                if rest <= 0:
                    continue
                if (variable := known.get((place + 1, rest))) is None:
                    known[place + 1, rest] = variable = self.variable()
                    pending.append((variable, place + 1, rest))
                self.add(*clause, variable)


def quorum_variables(encoding: Encoding, kind: QuorumClass, nodes: tuple[str, ...]) -> dict[str, int]:
    """Return a variable for each node, with clauses that make the true ones a quorum of the class."""
    chosen = {node: encoding.variable() for node in nodes}
    if not isinstance(kind, Federation):
        root = encoding.variable()
        encoding.add(root)
        encoding.implies_tree(root, kind, chosen)
        return chosen
    lent = {**chosen, **_outsiders(encoding, kind, chosen)}
    conditions: dict[Tree, int] = {}
    for node, variable in chosen.items():
        if node not in kind.trees:
            encoding.add(-variable)
            continue
        tree = kind.trees[node]
        if tree not in conditions:
            conditions[tree] = encoding.variable()
            encoding.implies_tree(conditions[tree], tree, lent)
        encoding.add(-variable, conditions[tree])
    # The empty set satisfies every condition on its members, but is not a quorum.
    encoding.add(*chosen.values())
    return chosen


def _outsiders(encoding: Encoding, kind: Federation, chosen: dict[str, int]) -> dict[str, int]:
    """Return variables, all false, for the names in trees that are not nodes of the problem."""
    named = dict.fromkeys(name for tree in kind.trees.values() for name in names(tree) if name not in chosen)
    variables = {name: encoding.variable() for name in named}
    for variable in variables.values():
        encoding.add(-variable)
    return variables
