"""Structure: every one that satisfies the axioms, and none else; given as text, and back."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from assay.checker.errors import UsageError
from assay.checker.language import (
    Bag,
    Enum,
    Function,
    Model,
    Order,
    Parameter,
    Perm,
    QuorumSystem,
    Range,
    Relation,
    Seq,
    Set,
    Sort,
    action,
    axiom,
    implies,
    record,
)
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.execution.structure_settings import value_of
from assay.checker.language.execution.written_values import written
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.introspection.specification import specify
from hypothesis import given, settings
from hypothesis import strategies as st


class Node(Sort):
    """A sort."""


class Id(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class Side(Enum):
    LEFT, RIGHT = range(2)


@record
class Mark:
    node: Node
    side: Side | None


class Graph(Model):
    """A relation and a function, of which axioms say something or nothing."""

    default = {"Node": 2, "Id": 2}
    edge: Relation[Node, Node]
    id: Function[Node, Id]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class Ordered(Graph):
    """A strict partial order, and identities that follow it."""

    @axiom
    def irreflexive(self, a: Node) -> bool:
        return not self.edge(a, a)

    @axiom
    def transitive(self) -> bool:
        return all(self.edge(a, c) for a in Node for b in Node for c in Node if self.edge(a, b) and self.edge(b, c))

    @axiom
    def monotone(self, a: Node, b: Node) -> bool:
        return implies(self.edge(a, b), self.id[a] < self.id[b])


class Reflexive(Graph):
    """A set operation, a size and a comparison of the whole relation."""

    @axiom
    def diagonal(self) -> bool:
        return {(a, a) for a in Node} <= self.edge and len(self.edge) <= len(Node) + 1

    @axiom
    def not_everything(self) -> bool:
        return self.edge != {(a, b) for a in Node for b in Node}


class OnlyTheId(Graph):
    """Nothing is said of the relation, so every one of them goes with every function."""

    @axiom
    def distinct(self, a: Node, b: Node) -> bool:
        return a == b or self.id[a] != self.id[b]


def found(cls: type[Model], **sizes: object) -> list[dict[str, Any]]:
    instance = instantiate(specify(cls), sizes)
    with instance.active():
        return Interpreter(instance).structures


def by_brute_force(cls: type[Model], **sizes: object) -> list[dict[str, Any]]:
    """Evaluate the axioms of a class of `Graph` on every relation and every function, by plain Python."""
    instance = instantiate(specify(cls), sizes)
    with instance.active():
        pairs = list(itertools.product(Node, Node))
        relations = [frozenset(c) for n in range(len(pairs) + 1) for c in itertools.combinations(pairs, n)]
        functions = list(itertools.product(Id, repeat=len(Node)))
        return [{"edge": r, "id": f} for r in relations for f in functions if _all_axioms(cls, r, f)]


def _all_axioms(cls: type[Model], relation: frozenset[Any], function: tuple[Any, ...]) -> bool:
    state: Any = object.__new__(cls)
    state.edge, state.id = Callable(relation), dict(zip(Node, function, strict=True))
    axioms = [value for owner in cls.__mro__ for value in vars(owner).values() if getattr(value, "__assay_kind__", 0)]
    axioms = [value for value in axioms if value.__assay_kind__.value == "axiom"]
    return all(
        value(state, *arguments)
        for value in axioms
        for arguments in itertools.product(Node, repeat=value.__code__.co_argcount - 1)
    )


class Callable(frozenset[Any]):
    """A relation for the brute force."""

    def __call__(self, *items: Any) -> bool:
        return items in self


@pytest.mark.parametrize("cls", [Graph, Ordered, Reflexive, OnlyTheId])
@pytest.mark.parametrize(("nodes", "ids"), [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2)])
def test_structures_are_those_that_brute_force_finds(cls: type[Model], nodes: int, ids: int) -> None:
    by_search = found(cls, Node=nodes, Id=ids) if by_brute_force(cls, Node=nodes, Id=ids) else []
    assert len(by_search) == len({(s["edge"], s["id"]) for s in by_search})
    assert {(s["edge"], s["id"]) for s in by_search} == {
        (s["edge"], s["id"]) for s in by_brute_force(cls, Node=nodes, Id=ids)
    }


def test_what_is_given_is_kept() -> None:
    structures = found(Ordered, Node=3, Id=3, id="{n1: i1, n2: i2, n3: i3}")
    assert {s["id"] for s in structures} == {tuple(Id.at(i) for i in range(3))}
    assert len(structures) == sum(s["id"] == structures[0]["id"] for s in found(Ordered, Node=3, Id=3))


class Valued(Model):
    """A constant of each type."""

    default = {"Node": 2, "Id": 2}
    node: Parameter[Node]
    quorum: Parameter[Quorum]
    side: Parameter[Side | None]
    mark: Parameter[Mark]
    number: Parameter[Range[-2, 2]]
    truth: Parameter[Set[bool]]
    pair: Parameter[tuple[Node, Side]]
    sequence: Parameter[Seq[Id, 2]]
    turns: Parameter[Perm[Node]]
    pile: Parameter[Bag[Node, 3]]
    function: Function[Node, Set[Side]]
    relation: Relation[Node, Id, Side]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_value_written_is_read_again(data: st.DataObject) -> None:
    instance = instantiate(specify(Valued))
    variable = data.draw(st.sampled_from(instance.specification.structure))
    with instance.active():
        value = data.draw(st.sampled_from(instance.universe(variable.type)))
        text = written(variable.type, value, instance)
        assert value_of(variable.name, variable.type, text, instance) == value
        spaced = text.replace(",", " , ").replace("{", "{ ").replace(":", " :")
        assert value_of(variable.name, variable.type, spaced, instance) == value


def test_what_is_written_twice_is_in_a_bag_twice() -> None:
    instance = instantiate(specify(Valued))
    type_ = next(variable.type for variable in instance.specification.structure if variable.name == "pile")
    with instance.active():
        one, other = Node
        for text in ("{n1, n1, n2}", "{n1 x2, n2}", "{n1, n2, n1 x1}", "{n1 x2, n2 x1, n1 x0}"):
            assert value_of("pile", type_, text, instance) == frozenset({(one, 2), (other, 1)})
        assert value_of("pile", type_, "{n1 x0}", instance) == frozenset()


@pytest.mark.parametrize("text", ["[]", "[n1]", "[n1, n1]", "[n1, n2, n1]"])
def test_a_permutation_has_every_element_once(text: str) -> None:
    instance = instantiate(specify(Valued))
    type_ = next(variable.type for variable in instance.specification.structure if variable.name == "turns")
    with instance.active():
        with pytest.raises(UsageError) as caught:
            value_of("turns", type_, text, instance)
        assert "holds every Node once" in str(caught.value)
        assert str(caught.value.help).endswith("for example turns=[n1, n2]")
        assert value_of("turns", type_, "[n2, n1]", instance) == tuple(reversed(tuple(Node)))


def test_settings_make_the_instance_again() -> None:
    instance = instantiate(
        specify(Valued), {"mark": "Mark(n2, side=LEFT)", "relation": "{(1, 2, LEFT)}", "number": "-1"}
    )
    again = instantiate(specify(Valued), instance.settings())
    assert again.structure == instance.structure
    assert again.structure["mark"] == Mark(Node.at(1), Side.LEFT)


NONE = (
    "",
    "(",
    "{n1",
    "n1 n2",
    "{n1: }",
    "()",
    "n1,",
    "Mark",
    "Mark(",
    "Mark(n1, x)",
    "{,}",
    "{{",
    "n3",
    "[",
    "9" * 5000,
)


@pytest.mark.parametrize("text", NONE, ids=range(len(NONE)))
@pytest.mark.parametrize("name", [variable.name for variable in specify(Valued).structure])
def test_what_stands_for_no_value_is_refused(name: str, text: str) -> None:
    instance = instantiate(specify(Valued))
    type_ = next(variable.type for variable in instance.specification.structure if variable.name == name)
    with instance.active(), pytest.raises(UsageError) as caught:
        value_of(name, type_, text, instance)
    assert caught.value.help


def test_type_of_relation_is_a_set_of_tuples() -> None:
    assert str(type_of(Relation[Node, Id])) == "Set[tuple[Node, Id]]"
    assert str(type_of(Relation[Node])) == "Set[tuple[Node]]"
    assert isinstance(instantiate(specify(Valued)), Instance)
