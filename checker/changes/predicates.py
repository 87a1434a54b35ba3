"""Hash the claims of an implementation: a weakened predicate still holds, so no verdict shows the change.

Predicates are ordinary Python, so the hash covers their code, and all that it refers to (`assay.checker.changes.code`).
Attributes of nodes are identified by their position in their class, and by the values that they begin with: a predicate
may compare with an attribute that no handler looks at. What a cluster is compared with is hashed, too: the
model that it refines, by its steps, and the sequential specification of what clients see.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from assay.checker.changes.classes import classes_in, classes_inside, hints_of, unmet
from assay.checker.changes.code import Writer, is_read
from assay.checker.changes.statements import steps_of
from assay.checker.implementations.loading import NamedCluster
from assay.checker.implementations.predicates import name_of
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load
from assay.impl.node.attributes import declared
from assay.impl.node.cluster import Cluster
from assay.impl.node.freezing import freeze
from assay.impl.node.handling import handlers
from assay.impl.node.node import Node

__all__ = ["CONSTRAINT", "MAPPING", "MODEL", "SEQUENTIAL", "digest_of", "digests", "owners_of"]

CONSTRAINT, MAPPING = "the constraint", "the mapping"
MODEL, SEQUENTIAL = "the refined model", "the sequential specification"
"""Names of what claims rest on; as they contain blanks, no predicate has them."""


def digests(named: NamedCluster) -> Iterator[tuple[str, str]]:
    """Yield the name of each predicate with the hash of its code, and the same of what other claims rest on.

    Parameters
    ----------
    named : NamedCluster
        The cluster whose claims are hashed. Code is read, none is run.
    """
    cluster, home = named.cluster, named.module.__name__
    nodes = tuple(dict.fromkeys(type(node) for node in cluster.nodes.values()))
    owners = owners_of(nodes, named.module)
    places = _places(nodes, cluster, Writer(Node, owners, {}, home))

    def hashed(*values: object) -> str:
        return digest_of(Writer(Node, owners, places, home).text(*values))

    met: set[str] = set()
    for predicate in (*cluster.invariants, *cluster.reachable):
        name = unmet(name_of(predicate), met)
        met.add(name)
        yield name, hashed(predicate)
    if cluster.constraint is not None:
        yield CONSTRAINT, hashed(cluster.constraint)
    if cluster.abstract is not None:
        yield MAPPING, hashed(cluster.abstract, cluster.elements, cluster.instance, cluster.steps)
    if cluster.refines is not None:
        yield MODEL, digest_of(steps_of(compile_model(load(cluster.refines).specification)))
    if cluster.sequential is not None:
        yield SEQUENTIAL, hashed(cluster.sequential, cluster.consistency)


def digest_of(text: str) -> str:
    """Return the hash of a text, which may hold what is no character."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def owners_of(nodes: tuple[type[Node], ...], module: ModuleType) -> tuple[type[Any], ...]:
    """Return the classes of the values that predicates and handlers may look at.

    Annotations do not name all of them: a message may hold an object of any class. So these are also the classes that
    the module of the cluster knows, and all subclasses.
    """
    messages = [message for cls in nodes for message in handlers(cls)]
    typed = [*messages, *(each.type for cls in nodes for each in declared(cls).values())]
    modules = dict.fromkeys([module, *(sys.modules[cls.__module__] for cls in nodes if cls.__module__ in sys.modules)])
    known = [each for module in modules for each in vars(module).values()]
    found = dict.fromkeys([*messages, *classes_inside(typed), *(each for type_ in typed for each in classes_in(type_))])
    waiting = [*found, *(each for each in known if isinstance(each, type))]
    classes: dict[type[Any], None] = {}
    for cls in waiting:  # a queue: it grows during the iteration
        if cls not in classes and is_read(cls.__module__) and not issubclass(cls, Node):
            classes[cls] = None
            waiting += [
                *type.__subclasses__(cls),
                *(part for hint in hints_of(cls).values() for part in classes_in(hint)),
            ]
    return (*nodes, *classes)


def _places(nodes: tuple[type[Node], ...], cluster: Cluster, writer: Writer) -> Mapping[str, str]:
    """Return an identifier for each attribute: its class's number, its position, how many there are, initial values.

    How many there are makes the hash change when an attribute is added. Initial values are frozen, as in worlds: the
    order in which a dictionary was filled, which may be another one in every process, does not count.
    """
    initial: dict[str, list[str]] = {}
    for node in cluster.nodes.values():
        for name, value in node.attributes().items():
            initial.setdefault(name, []).append(writer.apart(freeze(value, name)))
    found: dict[str, str] = {}
    for number, cls in enumerate(nodes):
        names = [*declared(cls)]
        for place, name in enumerate(names):
            values = digest_of(repr(initial.get(name)))
            found.setdefault(name, f"${number}_{place}_{len(names)}_{values}")
    return found
