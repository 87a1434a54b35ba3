"""Choices of containers: what guards leave of them is what calling the action with each of them shows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from assay.checker.engine.limits import Limits
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language import (
    Bag,
    Enum,
    Map,
    Model,
    Order,
    Perm,
    Seq,
    Set,
    Sort,
    action,
    everywhere,
    first,
    last,
    require,
)
from assay.checker.language.execution import choices
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check

CONSTRUCTS = Path(__file__).with_name("constructs") / "choosing.py"


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN, BLUE = range(3)


class Many(Model):
    """Choices that are too many to try, and of which few are possible."""

    default = {"Node": 16}
    up: Set[Node]
    color: Map[Node, Color] = everywhere(Color.RED)

    @action
    def rise(self, some: Set[Node]) -> None:
        require(all((n in some) == (n in self.up or n not in some) for n in Node), len(some) == len(self.up) + 1)
        self.up |= some

    @action
    def add(self, n: Node, some: Set[Node]) -> None:
        require(all(m in self.up or m == n for m in some), self.up <= some, n not in self.up, n in some)
        self.up |= some

    @action
    def paint(self, colors: Map[Node, Color]) -> None:
        require(all(colors[n] == (Color.RED if n in self.up else self.color[n]) for n in Node))
        self.color = colors


class Round(Order):
    """An order, which has a last element."""


class ByTheLast(Model):
    """Choices of which guards leave few, in an action that asks for the last of an order."""

    default = {"Node": 24, "Round": 2}
    leader: Map[Round, Node | None] = everywhere(None)
    up: Set[Node]

    @action
    def rise(self, n: Node, some: Set[Node]) -> None:
        require(self.leader[last(Round)] is None)
        require(all((m in some) == (m == n) for m in Node))
        self.up |= some


def constructs() -> list[type[Model]]:
    spec = importlib.util.spec_from_file_location("containers_that_are_chosen", CONSTRUCTS)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return [c for c in vars(loaded).values() if isinstance(c, type) and issubclass(c, Model) and c is not Model]


@pytest.mark.parametrize("cls", constructs(), ids=lambda cls: cls.__name__)
def test_guards_leave_what_is_enabled(cls: type[Model], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call that an action is enabled for is among what pruning leaves, once, and so is each error."""
    instance = instantiate(specify(cls))
    with instance.active():
        interpreter = Interpreter(instance)
        states = {after for s in interpreter.initial_states()[:3] for _, after in interpreter.attempts(s)}
        states = [s for s in sorted(states, key=repr) if isinstance(s, tuple)][:6] + interpreter.initial_states()[:2]
        every = [_outcomes(interpreter, state) for state in states]
        monkeypatch.setattr(choices, "_MANY", 0)
        pruning = Interpreter(instance)
        assert [_outcomes(pruning, state) for state in states] == every


def _outcomes(interpreter: Interpreter, state: tuple[object, ...]) -> tuple[list[str], set[tuple[object, ...]]]:
    """Return the steps, and what is raised where: pruning reports one of the calls that raise alike."""
    found = list(interpreter.attempts(state))
    raised = {(c[0], e.location, e.message.partition("): ")[2]) for c, e in found if isinstance(e, ModelError)}
    return sorted(f"{call}: {after}" for call, after in found if not isinstance(after, ModelError)), raised


class Elementwise(Many):
    """Guards that rule out element by element; natively the choices are those that are left."""

    @action
    def rise(self, some: Set[Node]) -> None:
        require(self.up <= some, all(n in self.up for n in some))
        self.up = some


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_few_of_many_choices_are_come_to(engine: Engine) -> None:
    """3^16 maps and 2^16 sets in each state: it ends, and the counts are those of the same steps without containers."""
    instance = instantiate(specify(Elementwise), {"Node": 5 if engine is Engine.REFERENCE else 16})
    result = check(instance, Options(engine))
    nodes = len(instance.elements(Node))
    assert result.exploration.distinct == 2**nodes
    assert result.exploration.generated == 1 + 2**nodes * 2 + nodes * 2 ** (nodes - 1)


def test_choices_are_pruned_by_guards_that_ask_for_the_last_of_an_order() -> None:
    """Every order has elements, so that ``last`` raises nothing that pruning could hide."""
    instance = instantiate(specify(ByTheLast))
    with instance.active():
        interpreter = Interpreter(instance)
        state = interpreter.initial_states()[0]
        assert len(list(interpreter.successors(state))) == 24


class Raising(Model):
    """Choices of which guards leave few, in actions that may raise."""

    default = {"Node": 24}
    queue: Seq[Node, 3]
    taken: Set[Node]

    @action
    def put(self, n: Node) -> None:
        require(len(self.queue) < 2)
        self.queue.append(n)

    @action
    def take(self, some: Set[Node]) -> None:
        require(len(self.queue) > 0, all(n in self.queue for n in some))
        require(self.queue[0] in some, len(some) == 1, some != self.taken)
        self.queue.pop(0)
        self.taken = some


class LateGuard(Raising):
    """A guard that may raise comes before the one that excludes nearly all choices."""

    @action
    def take(self, some: Set[Node]) -> None:
        require(self.queue[1] in some)
        require(all(n in self.queue for n in some))
        self.taken = some


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_guards_prune_also_where_something_may_raise(engine: Engine) -> None:
    """Of 24 nodes, each of one or two in the queue: few of the 2^24 sets are tried, and the first item is taken."""
    result = check(instantiate(specify(Raising)), Options(engine, limits=Limits(depth=3)))
    assert result.exploration.fired == {"put": 24 + 24 * 24, "take": 24}


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_what_raises_for_every_choice_is_told_of_one(engine: Engine) -> None:
    with pytest.raises(ModelError, match=r"take\(some=\{\}\): raised IndexError"):
        check(instantiate(specify(LateGuard)), Options(engine, limits=Limits(depth=3)))


class Place(Order):
    """An order, so that guards can tell its elements apart."""


class Behind(Model):
    """A guard that is false of one element raises for another: Python evaluates both."""

    default = {"Place": 24}
    queue: Seq[Place, 2]

    @action
    def take(self, some: Set[Place]) -> None:
        require(all(p in some for p in Place))
        require(all(p != first(Place) and self.queue[0] == p for p in some))

    @action
    def turn(self) -> None:
        pass


class Beside(Behind):
    """The same of two conditions of one guard."""

    @action
    def take(self, some: Set[Place]) -> None:
        require(first(Place) in some)
        require(first(Place) not in some, any(p in some and self.queue[0] == p for p in Place if p != first(Place)))


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
@pytest.mark.parametrize("cls", [Behind, Beside])
def test_what_a_guard_raises_is_raised_although_another_part_of_it_is_false(cls: type[Model], engine: Engine) -> None:
    with pytest.raises(ModelError, match="raised IndexError"):
        check(instantiate(specify(cls)), Options(engine))


class Unpruned(Raising):
    """A guard about the whole set: nothing is excluded before all of it is decided."""

    @action
    def take(self, some: Set[Node]) -> None:
        require(sum(1 for n in some) == 23)
        self.taken = some


class Ordered(Raising):
    """No guard says anything of a permutation."""

    @action
    def take(self, order: Perm[Node]) -> None:
        require(len(self.queue) > 0)
        self.queue = order[:2]


class Counted(Raising):
    """A bag is tried as a whole."""

    @action
    def take(self, bag: Bag[Node, 8]) -> None:
        require(self.queue[0] in bag)
        self.queue = []


class Rank(Order):
    """What can be arranged."""


class Arranged(Model):
    """Guards decide a permutation and a sequence item by item."""

    default = {"Rank": 10}
    queue: Seq[Rank, 3]

    @action
    def put(self, r: Rank) -> None:
        require(len(self.queue) < 1)
        self.queue.append(r)

    @action
    def take(self, order: Perm[Rank], some: Seq[Rank, 6]) -> None:
        require(len(self.queue) > 0)
        head = self.queue[0]
        require(all(r == head for r in some))
        require(order[0] == head)
        require(all(r < s for r, s in zip(order[1:], order[2:])))  # noqa: B905, RUF007
        self.queue = order[:2]


@pytest.mark.parametrize(("engine", "ranks"), [(Engine.REFERENCE, 10), (Engine.NATIVE, 14)])
def test_guards_decide_sequences_item_by_item(engine: Engine, ranks: int) -> None:
    """Of millions of permutations (natively 87 billion) and sequences, they leave one, and one of each length."""
    result = check(instantiate(specify(Arranged), {"Rank": ranks}), Options(engine, Limits(depth=3)))
    assert {action.name: action.fired for action in result.actions} == {"put": ranks, "take": 7 * ranks}


class Sorted(Model):
    """Guards say where elements of a permutation are."""

    default = {"Rank": 14}
    queue: Seq[Rank, 2]

    @action
    def by_index(self, order: Perm[Rank]) -> None:
        require(all(order.index(r) < order.index(s) for r in Rank for s in Rank if r < s))
        self.queue = order[:2]

    @action
    def by_position(self, order: Perm[Rank]) -> None:
        require(all(order[i] < order[i + 1] for i in range(1, len(order) - 1)))
        self.queue = order[:2]

    @action
    def all_but_one(self, some: Seq[Rank, 12]) -> None:
        require(len(some) > 10, len(set(some)) == len(some))
        require(len(some) > 0 and some[0] == last(Rank))
        require(all(some[i] < some[i + 1] for i in range(1, len(some) - 1)), some.count(first(Rank)) == 0)
        self.queue = some[:2]


def test_guards_on_positions_decide_sequences_natively() -> None:
    """One order; what is first, of each of the rest in order; the last, then 10 or 11 of the 12 between, in order."""
    result = check(instantiate(specify(Sorted)), Options(Engine.NATIVE, Limits(depth=2)))
    assert result.exploration.fired == {"by_index": 1, "by_position": 14, "all_but_one": 66 + 12}


class Unsaid(Arranged):
    """No guard says anything of a permutation before it is chosen."""

    @action
    def take(self, order: Perm[Rank], some: Seq[Rank, 6]) -> None:
        require(len(some) == 0, sorted(order) == self.queue)


def test_millions_of_sequences_that_no_guard_excludes_are_left_to_the_reference_explorer() -> None:
    with pytest.raises(Unsupported, match="and no guard excludes any before all of its items are chosen"):
        check(instantiate(specify(Unsaid)), Options(Engine.NATIVE))


@pytest.mark.parametrize(
    ("cls", "complaint"),
    [
        (Unpruned, r"the guards of take leave more than a million choices of some to try in a state"),
        (Ordered, r"the guards of take leave more than a million choices of order to try in a state"),
        (Counted, r"the parameter bag of take is one of 10,518,300 Bag\[Node, 8\], too many to try"),
    ],
)
def test_choices_that_guards_leave_in_millions_are_refused_with_a_place(
    cls: type[Model], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "MOST_VALUES", 1000)
    with pytest.raises(ModelError, match=complaint) as refused:
        check(instantiate(specify(cls)), Options(Engine.REFERENCE))
    assert refused.value.location is not None
    assert refused.value.location.line > 0
