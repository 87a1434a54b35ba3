"""Facts about the IR that the generator needs: which names an expression mentions, and whether it can fail.

Each node is visited once, after its parts and without recursion, so the time is linear in the size of the model,
however deeply it is nested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assay.checker.language.ir.definedness import is_partial
from assay.checker.language.ir.nodes import (
    And,
    Expr,
    Name,
    Node,
    Or,
    Place,
    Quantifier,
    Root,
    children,
)

__all__ = ["Facts", "conjuncts", "narrowed_scope"]


@dataclass(frozen=True, slots=True)
class _Fact:
    """The facts about a node. It keeps the node alive, because facts are looked up by the node's identity."""

    node: Node
    fails: bool
    names: frozenset[str]


class Facts:
    """The facts about the nodes of a model."""

    def __init__(self) -> None:
        self._known: dict[int, _Fact] = {}

    def can_fail(self, node: Node) -> bool:
        """Return whether evaluating a node may raise in Python."""
        return self._of(node).fails

    def names(self, node: Node) -> frozenset[str]:
        """Return the names that a node mentions."""
        return self._of(node).names

    @staticmethod
    def parts(node: Node) -> Iterator[Node]:
        """Yield a node and every node inside it, outermost first."""
        pending = [node]
        while pending:
            part = pending.pop()
            yield part
            pending += reversed(list(children(part)))

    def _of(self, node: Node) -> _Fact:
        if id(node) not in self._known:
            self._learn(node)
        return self._known[id(node)]

    def _learn(self, root: Node) -> None:
        # Without recursion: inlined helpers may nest deeper than Python's stack allows.
        pending: list[tuple[Node, list[Node] | None]] = [(root, None)]
        while pending:
            node, parts = pending.pop()
            if id(node) in self._known:
                continue
            if parts is not None:
                self._known[id(node)] = self._fact(node, [self._known[id(part)] for part in parts])
                continue
            inner = list(children(node))
            pending.append((node, inner))
            pending += [(part, None) for part in inner]

    @staticmethod
    def _fact(node: Node, parts: list[_Fact]) -> _Fact:
        names = parts[0].names if len(parts) == 1 else frozenset().union(*(part.names for part in parts))
        if isinstance(node, Name):
            names = frozenset({node.name})
        if isinstance(node, Place) and node.root is Root.CHOSEN:
            names |= {node.variable}
        return _Fact(node, is_partial(node) or any(part.fails for part in parts), names)


def conjuncts(condition: Expr, facts: Facts) -> list[Expr]:
    """Return the parts of a conjunction, which Python evaluates from left to right."""
    if isinstance(condition, And) and not (condition.eager and facts.can_fail(condition)):
        return [inner for part in condition.parts for inner in conjuncts(part, facts)]
    return [condition]


def narrowed_scope(quantifier: Quantifier, facts: Facts) -> Expr:
    """Return an equivalent expression, with whatever does not depend on the variable moved out of the quantifier."""
    # all(a or b(x)) is a or all(b(x)), and any(a and b(x)) is a and any(b(x)), even over an empty domain. If neither
    # can raise, it makes no difference how often each is evaluated.
    body = quantifier.body
    kind = Or if quantifier.universal else And
    if not isinstance(body, kind) or facts.can_fail(body) or facts.can_fail(quantifier.domain):
        return quantifier
    inside = tuple(part for part in body.parts if quantifier.variable.name in facts.names(part))
    outside = tuple(part for part in body.parts if quantifier.variable.name not in facts.names(part))
    if not outside or not inside:
        return quantifier
    rest = inside[0] if len(inside) == 1 else kind(inside)
    narrowed = Quantifier(
        quantifier.universal, quantifier.variable, quantifier.domain, rest, location=quantifier.location
    )
    return kind((*outside, narrowed), location=quantifier.location)
