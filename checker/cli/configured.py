"""What the quorums of a real configuration make of a model's instance: ``assay check MODEL --quorums FILE``."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checker.immutable import immutable

__all__ = ["Configured", "Quorums"]

Quorums = Mapping[str, tuple[frozenset[str], ...]]


@immutable
class Configured:
    """What a configuration makes of a model's instance.

    Attributes
    ----------
    sort : str
        The sort that the nodes are the elements of.
    nodes : tuple of str
        The nodes, in the order of the elements.
    names_shown : tuple of str
        Their names as reports show them, in the same order.
    quorums : mapping from quorum system to sets of nodes
        The model's systems of quorums.
    words : mapping of str to str
        What a report says about the configuration: a text for each heading.
    options : tuple of str
        The command-line options that ask for the same.
    """

    sort: str
    nodes: tuple[str, ...]
    names_shown: tuple[str, ...]
    quorums: Quorums
    words: Mapping[str, str]
    options: tuple[str, ...]

    @property
    def settings(self) -> dict[str, object]:
        """The settings of the instance: the size of the sort, and each quorum as its members' numbers."""
        place = {node: number for number, node in enumerate(self.nodes, 1)}
        systems = {
            name: tuple(tuple(sorted(place[node] for node in quorum)) for quorum in quorums)
            for name, quorums in self.quorums.items()
        }
        return {self.sort: len(self.nodes), **systems}

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The names of the elements, as `assay quorum` shows them."""
        return {self.sort: self.names_shown}
