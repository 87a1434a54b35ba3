"""Values of more bits than a word has: both engines explore models of them alike, whatever the number of bits."""

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import explorer as native
from assay.checker.engine.native.codegen.packing.codes import MOST_BITS, Codes
from assay.checker.engine.native.codegen.packing.slots import Listed
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.errors import Unsupported
from assay.checker.language import (
    Bag,
    Enum,
    Map,
    Model,
    Parameter,
    Range,
    Seq,
    Set,
    Sort,
    action,
    everywhere,
    frozen,
    invariant,
    record,
    require,
    step_invariant,
    terminal,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.types import RecordType, subtypes

from tests.tiers import one_in


class Node(Sort):
    """A node."""


class Color(Enum):
    """One of three colors."""

    RED = 1
    GREEN = 2
    BLUE = 3


@record
class Append:
    """A message with a log in it: 4 bits and ``pad`` more beside 2 for each item of the log."""

    source: Node
    term: Range[0, 3]
    late: bool
    pad: Range[0, "pad"]  # noqa: F821
    log: Seq[Color, "room"]  # noqa: F821


@record
class Reply:
    """A message that is small by itself."""

    source: Node
    term: Range[0, 3]


class Messages(Model):
    """Messages as elements, items, entries, copies, in optionals and unions, drawn and quantified over."""

    default = {"Node": 2}

    room: Parameter[int] = 28
    pad: Parameter[int] = 3
    steps: Parameter[int] = 4

    log: Map[Node, Seq[Color, "room"]]
    sent: Set[Append | Reply]
    inbox: Map[Node, Seq[Append, 2]]
    copies: Bag[Append, 3]
    latest: Map[Node, Append | None] = everywhere(None)
    only: Append | Reply | None = None
    count: Range[0, "steps"] = 0

    def step(self) -> None:
        require(self.count < self.steps)
        self.count += 1

    @action
    def grow(self, n: Node, c: Color) -> None:
        require(len(self.log[n]) < 2, c != Color.GREEN)
        self.step()
        self.log[n] = [*self.log[n], c, Color.BLUE] if c == Color.BLUE else [*self.log[n], c]

    @action
    def send(self, n: Node) -> None:
        require(len(self.log[n]) > 0)
        self.step()
        m = Append(n, len(self.log[n]), self.count == 2, self.pad, self.log[n])
        self.sent.add(m)
        self.latest[n] = m
        self.only = m
        if len(self.copies) < 3:
            self.copies.add(m)
        for other in Node:
            if other != n and len(self.inbox[other]) < 2:
                self.inbox[other].append(m)

    @action
    def take(self, n: Node, m: Append) -> None:
        require(m in self.sent)
        require(m.source != n, len(m.log) > len(self.log[n]))
        self.step()
        self.log[n] = m.log
        self.sent.discard(m)
        self.sent.add(Reply(n, m.term))
        self.only = Reply(n, m.term)

    @action
    def receive(self, n: Node) -> None:
        require(len(self.inbox[n]) > 0)
        self.step()
        m = self.inbox[n].pop(0)
        require(m.log[0] != Color.GREEN)
        self.log[n] = [x for x in m.log if x != Color.RED] + self.log[n][:1]
        self.latest[n] = Append(n, m.term, not m.late, 0, [*m.log[1:], Color.GREEN])

    @action
    def lose(self, m: Append) -> None:
        require(m in self.copies)
        self.step()
        self.copies.remove(m)
        self.sent = {x for x in self.sent if x != m}
        self.latest = {n: None if self.latest[n] == m else self.latest[n] for n in Node}

    @action
    def forget(self) -> None:
        require(self.only is not None)
        self.step()
        if isinstance(self.only, Append):
            local = self.only
            self.sent -= {local}
            self.only = None
        else:
            self.sent &= {x for x in self.sent if isinstance(x, Append)}

    @invariant
    def held(self) -> bool:
        return all(
            len(m.log) >= m.term and m.log.count(Color.GREEN) == 0 and all(m.log[i] in Color for i in range(m.term))
            for m in self.sent
            if isinstance(m, Append)
        )

    @invariant
    def known(self, m: Append) -> bool:
        return m not in self.sent or (m.pad == self.pad and any(x.source == m.source for x in self.sent))

    @invariant
    def one_red(self) -> bool:
        """False: two messages whose logs have the same beginning."""
        return not any(
            a != b and a.log[:1] == b.log[:1] and a.source == b.source
            for a in self.sent
            if isinstance(a, Append)
            for b in self.sent
            if isinstance(b, Append)
        )

    @invariant
    def counted(self) -> bool:
        return sum(1 for m in self.copies if m.late) <= len(self.copies) <= 3

    @invariant
    def not_late(self, n: Node) -> bool:
        """False: what a node has last is late."""
        m = self.latest[n]
        return m is None or not m.late or m.source != n

    @step_invariant
    def grows(self, after: "Messages") -> bool:
        return all(m in after.copies or self.copies.count(m) >= 1 for m in self.copies)

    @terminal
    def over(self) -> bool:
        return True


def explored(explorer, cls, **settings):
    instance = instantiate(specify(cls), settings)
    with instance.active():
        return explorer.explore(instance, Limits(), keep_going=True)


def seen(found):
    """Return what an exploration found: counts, and of every violation the length of its trace and the last state."""
    assert found.failure is None
    ends = {named.name: (len(trace), trace[-1]) for named, trace in found.found.items()}
    return found.distinct, found.generated, found.depth, found.fired, ends


def width_of(cls, name, **settings):
    """Return how many bits the code of a record takes."""
    specification = specify(cls)
    parts = {part for variable in specification.variables for part in subtypes(variable.type)}
    kind = next(part for part in parts if isinstance(part, RecordType) and part.cls.__name__ == name)
    return CompiledInstance(instantiate(specification, settings)).layout.codes.width(kind)


@pytest.mark.parametrize(
    ("pad", "room", "width"),
    one_in(
        3,
        [
            (1, 28, 61),
            (2, 28, 62),
            (1, 29, 63),
            (2, 29, 64),
            (1, 30, 65),
            (2, 30, 66),
            (2, 59, 124),
            (1, 61, 127),
            (2, 61, 128),
            (1, 62, 129),
            (2, 123, 252),
        ],
    ),
)
def test_messages_of_any_number_of_bits_are_explored_as_by_the_interpreter(pad, room, width):
    assert width_of(Messages, "Append", pad=pad, room=room) == width
    fast = explored(native, Messages, pad=pad, room=room)
    assert fast.engine == "native"
    assert (fast.distinct, fast.generated, fast.depth, len(fast.found)) == (313, 417, 5, 2)
    assert seen(fast) == seen(explored(reference, Messages, pad=pad, room=room))
    assert all(fast.fired.values())


def test_messages_spread_over_several_words_are_explored_as_by_the_interpreter(monkeypatch):
    """The fields of a record need not be side by side: tests of small models set them apart by free bits."""
    slow = seen(explored(reference, Messages, room=4))
    for spread, width in ((20, 114), (64, 334)):
        monkeypatch.setattr(Codes, "spread", spread)
        assert width_of(Messages, "Append", room=4) == width
        assert seen(explored(native, Messages, room=4)) == slow


@record
class Nested:
    """A value with every kind of container in it, each of them large."""

    groups: Seq[Set[Range[1, 70]], 2]
    known: Set[Range[1, 100]]
    by: Map[Node, Seq[Color, 24]]
    some: Bag[Range[1, 40], 3]


class Containers(Model):
    """Sets, maps and bags of several words in values: made, read, compared, and stored in variables."""

    default = {"Node": 2}

    known: Set[Range[1, 100]]
    by: Map[Node, Seq[Color, 24]]
    some: Bag[Range[1, 40], 3]
    group: Set[Range[1, 70]]
    values: Set[Nested]
    last: Nested | None = None
    count: Range[0, 4] = 0

    def step(self) -> None:
        require(self.count < 4)
        self.count += 1

    @action
    def learn(self, n: Node) -> None:
        self.step()
        self.known |= {10 * self.count, 60 + self.count, 100}
        self.by[n].append(Color.GREEN if 64 in self.known else Color.RED)
        self.group = {1, 64 + self.count, 70}
        if len(self.some) < 3:
            self.some.add(40 - self.count)

    @action
    def put(self) -> None:
        self.step()
        value = Nested([frozen(self.group), frozen({x for x in self.group if x > 64})], self.known, self.by, self.some)
        self.values.add(value)
        self.last = value

    @action
    def get(self, n: Node, value: Nested) -> None:
        require(value in self.values)
        self.step()
        self.known = value.known
        self.by = dict(value.by)
        self.by[n] = value.by[n][:1]
        self.group = value.groups[1]

    @action
    def change(self, value: Nested) -> None:
        require(value in self.values)
        self.step()
        self.values.discard(value)
        known = frozen(value.known - {60 + x for x in range(10)})
        self.values.add(Nested(value.groups[::-1], known, value.by, value.some))

    @invariant
    def sound(self) -> bool:
        return all(
            value.some.count(39) <= len(value.some)
            and all(x in value.known or x < 100 for x in value.groups[0])
            and sum(1 for x in value.known if x > 64) + sum(x for x in value.some) <= 200
            and all(len(value.by[n]) <= 4 for n in Node)
            for value in self.values
        )

    @invariant
    def ordinary(self) -> bool:
        """False: a value whose second group holds an element beyond the first word."""
        return not any(66 in group and len(group) == 2 for value in self.values for group in value.groups)

    @invariant
    def alike(self) -> bool:
        """False: two values that differ in a set, and in nothing else."""
        return not any(
            a.known != b.known and a.by == b.by and a.some == b.some for a in self.values for b in self.values
        )

    @invariant
    def latest(self) -> bool:
        """False: the last value is no longer among them."""
        return self.last is None or self.last in self.values

    @terminal
    def over(self) -> bool:
        return True


def test_containers_of_several_words_inside_values_are_explored_as_by_the_interpreter():
    assert 300 < width_of(Containers, "Nested") < MOST_BITS
    fast, slow = explored(native, Containers), explored(reference, Containers)
    assert fast.engine == "native"
    assert seen(fast) == seen(slow)
    assert all(fast.fired.values())
    assert {named.name for named in fast.found} == {"ordinary", "alike", "latest"}


def test_a_set_of_values_of_several_words_is_stored_as_a_list():
    layout = CompiledInstance(instantiate(specify(Messages), {"room": 60})).layout
    slot = layout.places["sent"].slot
    assert isinstance(slot, Listed)
    assert slot.items.items.stride == 128


def test_a_bound_inside_a_value_of_several_words_is_held_against_it(monkeypatch):
    slow = explored(reference, Messages, room=2).failure
    monkeypatch.setattr(Codes, "spread", 64)
    fast = explored(native, Messages, room=2).failure
    assert slow is not None
    assert fast is not None
    assert (fast.message, fast.location) == (slow.message, slow.location)


def test_values_beyond_any_register_are_left_to_the_interpreter():
    with pytest.raises(Unsupported, match="a value of Append takes more than 510 bits"):
        explored(native, Messages, room=254)
    with pytest.raises(Unsupported, match="may take more than 510 bits"):
        explored(native, Messages, room=240)


class Tried(Model):
    """An action that tries every value of several words."""

    count: Range[0, 2] = 0

    @action
    def pick(self, m: Append) -> None:
        require(len(m.log) == self.count)
        self.count += 1

    room: Parameter[int] = 60
    pad: Parameter[int] = 3


def test_values_of_several_words_are_not_tried_one_by_one():
    with pytest.raises(Unsupported, match="too many to try each of them in every state"):
        explored(native, Tried, Node=2)
