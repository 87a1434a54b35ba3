"""The sets of assay's own format, built into trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.checker.errors import Location
from assay.proofs.quorums import trees
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.source import MAX_DEPTH, node_name, shown
from assay.proofs.quorums.trees import Node, Threshold, Tree

__all__ = ["MOST_PARTS", "Sets", "placed", "reachable", "weights_of"]

MOST_PARTS = 200_000
"""The most parts of all sets together, where a set that is used twice counts twice: named sets double exponentially."""


@dataclass
class Sets:
    """Builds trees from sets. A named set is built once, but counted as often as it is used.

    Parameters
    ----------
    shared : mapping of str to Element
        The named sets.
    built : dict of str to (Tree, int)
        The named sets that were built, with their numbers of parts.
    open : list of str
        The named sets that are being built, outermost first, to find cycles.
    parts : int
        The number of parts so far.
    """

    shared: Mapping[str, Element]
    built: dict[str, tuple[Tree, int]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    parts: int = 0

    def tree(self, element: Element) -> Tree:
        """Return the tree of a set.

        Raises
        ------
        InputError
            If it is not a set, contains itself, or the sets have more than `MOST_PARTS` parts.
        """
        self._count(element, 1)
        if isinstance(element.value, str):
            return self._named(element)
        if "dual" in element:
            element.only("dual")
            return trees.dual(self.tree(element.need("dual")))
        if "weighted" in element:
            return self._weighted(element)
        return self._group(element)

    def _count(self, element: Element, more: int) -> None:
        self.parts += more
        if self.parts > MOST_PARTS:
            raise element.wrong(f"the sets unfold to more than {MOST_PARTS:,} parts", "Write fewer or smaller ones.")

    def _named(self, element: Element) -> Tree:
        name = element.text()
        if name not in self.shared:
            return Node(node_name(name, element.location), element.location)
        if name in self.open:
            cycle = " -> ".join([*self.open[self.open.index(name) :], name])
            raise element.wrong(f"sets contain themselves: {shown(cycle)}", "Break the cycle.")
        if name in self.built:
            self._count(element, self.built[name][1])
            return self.built[name][0]
        if len(self.open) > MAX_DEPTH:
            raise element.wrong(f"sets nested deeper than {MAX_DEPTH} levels", "Flatten them.")
        self.open.append(name)
        before = self.parts
        tree = self.tree(self.shared[name])
        self.built[name] = tree, self.parts - before
        self.open.pop()
        return tree

    def _weighted(self, element: Element) -> Threshold:
        element.only("weighted", "need")
        weights = weights_of(element.need("weighted"))
        self._count(element, len(weights))
        total = sum(weights.values())
        need = element.get("need")
        least = total // 2 + 1 if need is None else need.whole(1)
        reachable(least, total, need or element)
        parts = tuple((w, self._named(Element(name, element.location, element.path))) for name, w in weights.items())
        return Threshold(least, parts, element.location)

    def _group(self, element: Element) -> Threshold:
        element.table()
        kinds = [kind for kind in ("majority", "all", "any", "choose") if kind in element]
        if len(kinds) != 1:
            help = "Use one of majority, all, any, choose, weighted, dual."
            raise element.wrong(f"{element.name} is not a set", help)
        kind = kinds[0]
        element.only(kind, *(("of", "weights") if kind == "choose" else ()))
        members = element.need("of" if kind == "choose" else kind)
        parts = [self.tree(member) for member in members.items()]
        if not parts:
            raise members.wrong(f"{members.name} is empty", "Name at least one node.")
        weights = _weights_of_parts(element, len(parts))
        total = sum(weights)
        least = {"majority": total // 2 + 1, "all": total, "any": 1}.get(kind)
        if least is None:
            least = element.need("choose").whole(1)
            reachable(least, total, element.need("choose"))
        return Threshold(least, tuple(zip(weights, parts, strict=True)), element.location)


def _weights_of_parts(element: Element, size: int) -> list[int]:
    listed = element.get("weights")
    if listed is None:
        return [1] * size
    weights = [weight.whole(1) for weight in listed.items()]
    if len(weights) != size:
        raise listed.wrong(f"{len(weights)} weights for {size} parts", "Give each part one weight.")
    return weights


def weights_of(element: Element) -> dict[str, int]:
    """Return the positive weight of each node in a table."""
    if not element.table():
        raise element.wrong(f"{element.name} is empty", "Name at least one node.")
    return {node_name(name, weight.location): weight.whole(1) for name, weight in element.table().items()}


def reachable(need: int, total: int, element: Element) -> None:
    """Refuse a threshold above the total weight."""
    if need > total:
        raise element.wrong(f"{element.name} asks for {need} of {total}", f"Use at most {total}.")


def placed(tree: Tree, places: Mapping[str, Location], otherwise: Location) -> Tree:
    """Return the tree with an origin for each part that has none: ``places`` for nodes, or ``otherwise``."""
    if isinstance(tree, Node):
        return Node(tree.name, tree.origin or places.get(tree.name, otherwise))
    parts = tuple((weight, placed(part, places, otherwise)) for weight, part in tree.parts)
    return Threshold(tree.need, parts, tree.origin or otherwise)
