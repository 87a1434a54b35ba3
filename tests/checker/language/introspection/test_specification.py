"""What a class says, in which order, with inheritance; and its instances."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from assay.checker.errors import ModelError, UsageError
from assay.checker.language import (
    Map,
    Model,
    Order,
    Parameter,
    QuorumSystem,
    Range,
    Seq,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    invariant,
    removed,
    require,
    step_invariant,
    weak,
)
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Kind
from assay.checker.language.types import SetType, SortType


class Node(Sort):
    """A sort."""


class Other(Sort):
    """A sort that only a helper names."""


class Ballot(Order):
    """An order."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


def helper() -> bool:
    return all(o is not None for o in Other)


class Base(Model):
    """The base."""

    default = {"Node": 3, "Ballot": 2, "Other": 1}
    smoke = {"Node": 2}
    limit: Parameter[int] = 2
    strict: Parameter[bool] = False
    held: Set[Node]
    count: Annotated[int, Range(0, "limit")] = 0
    ready: Map[Node, bool] = everywhere(True)
    queue: Seq[Ballot, 2]

    @action
    def take(self, n: Node) -> None:
        """Take it."""
        self.held.add(n)

    @action
    def drop(self, n: Node, q: Quorum) -> None:
        if n in q:
            self.held.discard(n)

    @invariant
    def few(self) -> bool:
        return helper()


class Variant(Base):
    """A variant."""

    expected = Violates("steady")
    extra: bool

    @action(fair="weak")
    def take(self, n: Node) -> None:
        self.held.add(n)
        self.extra = True

    @step_invariant
    def steady(self, after: Variant) -> bool:
        return self.extra is after.extra


def test_variables_and_methods_keep_the_order_of_their_definition() -> None:
    specification = specify(Variant)
    assert [variable.name for variable in specification.variables] == ["held", "count", "ready", "queue", "extra"]
    assert [method.name for method in specification.methods] == ["take", "drop", "few", "steady"]
    assert [constant.name for constant in specification.constants] == ["limit", "strict"]


def test_an_override_takes_the_place_of_what_it_replaces() -> None:
    take = specify(Variant).actions[0]
    assert (take.name, take.doc) == ("take", "Take it.")
    assert specify(Variant).fairness == (weak("take"),)
    assert take.function is Variant.take


class WithoutDrop(Base):
    """What it inherits and does not have."""

    drop = removed
    few = removed


class DropAgain(WithoutDrop):
    """A variant of that."""

    @action
    def drop(self, n: Node) -> None:
        self.held.discard(n)


def test_what_is_removed_is_gone_until_it_is_defined_again() -> None:
    assert [method.name for method in specify(WithoutDrop).methods] == ["take"]
    assert [method.name for method in specify(DropAgain).methods] == ["take", "drop"]


class Left(Base):
    """A variant that says what a sibling says too."""

    @invariant
    def few(self) -> bool:
        return False


class Right(Base):
    """The sibling."""

    more: Set[Node]

    @invariant
    def few(self) -> bool:
        return True


class Both(Left, Right):
    """Inherits from both; one of the two invariants would vanish."""


class BothWithout(Left, Right):
    """Says which one it is."""

    few = removed


class Counting(Model):
    """A mixin that declares what it needs, and goes on where it begins."""

    more: Set[Node]

    @action
    def take(self, n: Node) -> None:
        super().take(n)  # type: ignore[misc]
        self.more.add(n)


class Mixed(Counting, Right):
    """A cooperative mixin before its base."""


def test_of_two_definitions_that_a_class_inherits_none_is_lost() -> None:
    with pytest.raises(
        ModelError, match="Both inherits few from Left and from Right, of which neither derives"
    ) as caught:
        specify(Both)
    assert caught.value.location
    assert caught.value.help == "define few here, or choose another name"
    assert [method.name for method in specify(BothWithout).methods] == ["take", "drop"]


def test_a_mixin_may_call_what_it_replaces() -> None:
    assert specify(Mixed).actions[0].function is Counting.take


def test_the_state_after_a_step_is_no_parameter() -> None:
    assert specify(Variant).of(Kind.STEP_INVARIANT)[0].parameters == ()


class WhereALiteralDecides(Model):
    """Python compiles no code for some of what stands here."""

    on: bool

    @action
    def turn(self) -> None:
        others: Set[Ballot] = set()
        require(self.on if True else all(helper() for _ in Node))
        self.on = others == set()

    @invariant
    def met(self) -> bool:
        return True if True else any(n in q for n in Node for q in Quorum)

    @invariant
    def by_a_namesake(self) -> bool:
        return True if True else any(Ballot for Ballot in [True])


def test_sorts_are_found_where_a_literal_decides_too_but_not_in_annotations_or_by_names_that_are_bound() -> None:
    specification = specify(WhereALiteralDecides)
    assert set(specification.sorts) == {Node, Other}
    assert [quorum.cls for quorum in specification.quorums] == [Quorum]


def test_sorts_are_found_in_types_quorums_and_helpers() -> None:
    specification = specify(Base)
    assert set(specification.sorts) == {Node, Ballot, Other}
    assert [quorum.cls for quorum in specification.quorums] == [Quorum]
    assert specification.variables[0].type == SetType(SortType(Node))


def test_a_class_is_described_once() -> None:
    assert specify(Base) is specify(Base)


def instance(**settings: Any) -> Instance:
    return instantiate(specify(Base), settings)


def test_instances_lie_one_over_the_other() -> None:
    assert instantiate(specify(Base)).settings() == {
        "Node": 3, "Ballot": 2, "Other": 1, "Quorum": "majority", "limit": 2, "strict": False,
    }  # fmt: skip
    assert instantiate(specify(Base), name="smoke").sizes[Node] == 2
    assert instantiate(specify(Base), {"Node": 5}, name="smoke").sizes[Node] == 5


def test_settings_may_be_text() -> None:
    made = instance(Node="4", limit="1", strict="yes", Quorum="2")
    assert (made.sizes[Node], made.constants["limit"], made.constants["strict"]) == (4, 1, True)
    assert len(made.quorums[Quorum]) == 6


@pytest.mark.parametrize(
    ("setting", "quorums"),
    [
        ("majority", [{0, 1}, {0, 2}, {1, 2}]),
        ("all", [{0, 1, 2}]),
        ("1", [{0}, {1}, {2}]),
        (2, [{0, 1}, {0, 2}, {1, 2}]),
        ("{1,2},{2,3}", [{0, 1}, {1, 2}]),
        (" { n1 , n2 } , { n3 } ", [{0, 1}, {2}]),
        ("{1,2},{}", [{0, 1}, set()]),
        ([{1, 2}, {2, 3}, {1, 2}], [{0, 1}, {1, 2}]),  # in a model, as on the command line
        ([{"n1", "n2"}, ("n3",)], [{0, 1}, {2}]),
        ([["n1", 2], set()], [{0, 1}, set()]),
    ],
)
def test_quorum_systems(setting: Any, quorums: list[set[int]]) -> None:
    assert list(map(set, instance(Quorum=setting).quorums[Quorum])) == quorums


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"Nod": 3}, "Base has no parameter 'Nod'; did you mean 'Node'?"),
        ({"Node": "three"}, "Node=three: expected a whole number"),
        ({"Node": 0}, "Node=0: a sort has between 1 and 4096 elements"),
        ({"Node": 5000}, "Node=5000: a sort has between 1 and 4096 elements"),
        ({"strict": "perhaps"}, "strict=perhaps: expected true or false"),
        ({"Quorum": "4"}, "Quorum=4: a threshold over 3 members is between 1 and 3"),
        ({"Quorum": "some"}, "Quorum=some: not a quorum system"),
        ({"Quorum": 3.5}, "Quorum=3.5: not a quorum system"),
        ({"Quorum": [5]}, "Quorum=[5]: not a quorum system"),
        ({"Quorum": [["one"]]}, "Quorum: {one} is not a set of members"),
        ({"Quorum": [[None]]}, "Quorum=[[None]]: not a quorum system"),
        ({"Quorum": [{0, 1}]}, "Quorum: members are between 1 and 3, found [0, 1]"),
        ({"Quorum": [{2, 4}]}, "Quorum: members are between 1 and 3, found [2, 4]"),
        ({"Quorum": [{1, -1}]}, "Quorum: members are between 1 and 3, found [-1, 1]"),
        ({"Quorum": None}, "Quorum=None: not a quorum system"),
        ({"Quorum": "9" * 5000}, f"Quorum={'9' * 5000}: a threshold over 3 members is between 1 and 3"),
        ({"Node": 40}, "Quorum: 21 of 40 members form 131,282,408,400 quorums, more than 1,000,000"),
        ({"Quorum": "{1 2}"}, "Quorum: {1 2} is not a set of members"),
        ({"Quorum": "{1,4}"}, "Quorum: members are between 1 and 3, found [1, 4]"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        instantiate(specify(Base), settings)
    assert caught.value.message == message
    assert caught.value.help


class WrittenOut(Base):
    """A model whose quorums are for three members."""

    default = {"Quorum": "{1,2},{2,3}"}


def test_quorums_written_out_for_another_size_leave_nobody_out_silently() -> None:
    with pytest.raises(UsageError) as caught:
        instantiate(specify(WrittenOut), {"Node": 4, "Ballot": 2, "Other": 1})
    assert caught.value.message == "Node=4: the model writes the quorums of Quorum out, and number 4 is in none"
    made = instantiate(specify(WrittenOut), {"Node": 4, "Ballot": 2, "Other": 1, "Quorum": "{1,2}"})
    assert list(map(set, made.quorums[Quorum])) == [{0, 1}]


def test_there_are_three_instances() -> None:
    with pytest.raises(UsageError, match="there is no instance 'large'"):
        instantiate(specify(Base), name="large")


def test_elements_have_short_names() -> None:
    made = instance(Quorum="{1,3}")
    with made.active():
        assert [str(n) for n in Node] == ["n1", "n2", "n3"]
        assert [str(b) for b in Ballot] == ["b1", "b2"]
        assert [str(q) for q in Quorum] == ["{n1, n3}"]
        assert len(Node) == 3
        assert Ballot.at(0) < Ballot.at(1)


def test_sorts_have_no_elements_outside_of_an_instance() -> None:
    with pytest.raises(ModelError, match="Node has no elements outside of an instance"):
        list(Node)
