"""Sets and bags with few members out of a great many possible ones: messages with logs, sets and maps in them."""

from __future__ import annotations

import itertools
from typing import Annotated, Self

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import (
    AtMost,
    Bag,
    Map,
    Model,
    Nat,
    Order,
    Parameter,
    Range,
    Set,
    Sort,
    action,
    everywhere,
    frozen,
    implies,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from readings import counted, proved, refuted


class Node(Sort):
    """A sort."""


class Term(Order):
    """An order."""


@record
class Entry:
    term: Term
    value: Annotated[int, Range(0, 9)]


@record
class Append:
    leader: Node
    log: Annotated[list[Entry], AtMost(6)]


@record
class Ack:
    node: Node
    seen: Set[Node]
    best: Map[Node, Term | None]


class Logs(Model):
    """Of 400 million messages, two are there at a time; properties range over all of them."""

    default = {"Node": 2, "Term": 2}
    check_deadlock = False
    log: Map[Node, Annotated[list[Entry], AtMost(6)]]
    messages: Set[Append | Ack]

    @action
    def write(self, n: Node, t: Term) -> None:
        require(not self.log[n])
        self.log[n].append(Entry(t, 7))

    @action
    def send(self, n: Node) -> None:
        require(len(self.messages) < 2, self.log[n])
        self.messages.add(Append(n, frozen(self.log[n])))

    @action
    def answer(self, n: Node, m: Append) -> None:
        require(m in self.messages)
        self.messages.discard(m)
        self.messages.add(Ack(n, frozenset({n}), {k: m.log[0].term if k == m.leader else None for k in Node}))

    @lemma
    def one_entry(self, n: Node) -> bool:
        return len(self.log[n]) < 2

    @lemma
    def not_empty(self, m: Append) -> bool:
        return m not in self.messages or len(m.log) == 1

    @invariant
    def as_written(self, m: Append) -> bool:
        return implies(m in self.messages, m.log == self.log[m.leader])

    @invariant
    def of_itself(self, m: Append | Ack) -> bool:
        if m in self.messages and isinstance(m, Ack):
            return m.node in m.seen
        return True

    @reachable
    def both(self, m: Append, k: Ack) -> bool:
        return m in self.messages and k in self.messages and k.best[m.leader] is None


class LogsRewritten(Logs):
    """Broken: a log is written again after it was sent."""

    @action
    def write(self, n: Node, t: Term) -> None:
        self.log[n] = [Entry(t, 7)]


def test_properties_range_over_messages_of_which_there_are_millions() -> None:
    # Each node has one of two entries or none; of its messages, the one that carries its log may be there, and of the
    # acknowledgements those from either node: no more than two of all.
    assert counted(Logs) == 1 + 2 * 2 * (1 + 3 + 3) + 4 * (1 + 6 + 15)


@pytest.mark.slow
def test_properties_of_such_messages_are_proved() -> None:
    assert proved(Logs)
    assert refuted(LogsRewritten) == {"as_written": "write"}


@record
class Ping:
    source: Node
    number: Annotated[int, Range(0, "most")]


class Pings(Model):
    """Messages of which there are few at a time: 66 possible ones, so that each can be tried as well."""

    default = {"Node": 2, "most": 32}
    check_deadlock = False
    most: Parameter[int] = 32
    sent: Map[Node, Annotated[int, Range(0, 3)]] = everywhere(0)
    messages: Set[Ping]
    copies: Bag[Ping, 2]
    boxes: Map[Node, Set[Ping]]

    @action
    def send(self, n: Node) -> None:
        require(self.sent[n] < 2)
        self.sent[n] += 1
        self.messages.add(Ping(n, self.sent[n]))

    @action
    def receive(self, n: Node, m: Ping) -> None:
        require(m in self.messages, n == m.source or m.number > 1, len(self.copies) < 1)
        self.messages.discard(m)
        self.boxes[n].add(m)
        self.copies.add(m)


class Spellings(Pings):
    """Properties that are true of whatever is not there, as people write them; of half of them, false ones as well."""

    def is_known(self, m: Ping) -> bool:
        return m.number <= self.sent[m.source]

    @invariant
    def unless(self, m: Ping) -> bool:
        return m not in self.messages or self.is_known(m)

    @invariant
    def unless_late(self, m: Ping) -> bool:
        return self.is_known(m) or m not in self.messages

    @invariant
    def implied(self, m: Ping) -> bool:
        return implies(m in self.messages, self.is_known(m))

    @invariant
    def implied_false(self, m: Ping) -> bool:
        return implies(m in self.messages, m.number < self.sent[m.source])

    @invariant
    def by_branch(self, m: Ping) -> bool:
        if m in self.messages:
            return self.is_known(m)
        return True

    @invariant
    def by_early_return(self, m: Ping) -> bool:
        if m not in self.messages:
            return True
        known = self.is_known(m)
        return known and 6 // m.number > 0

    @invariant
    def by_conditional(self, m: Ping) -> bool:
        return m.number < 2 if m in self.messages else True

    @invariant
    def not_both(self, m: Ping) -> bool:
        return not (m in self.messages and m.number > 1)

    @invariant
    def two_at_once(self, m: Ping, k: Ping) -> bool:
        return m not in self.messages or k not in self.messages or m == k or m.source != k.source

    @invariant
    def two_in_different_sets(self, m: Ping, k: Ping) -> bool:
        return implies(m in self.messages and k in self.copies, m != k)

    @invariant
    def in_no_box(self, m: Ping) -> bool:
        return all(m not in self.boxes[n] or self.is_known(m) for n in Node)

    @invariant
    def in_a_box(self, m: Ping, n: Node) -> bool:
        return m not in self.boxes[n] or m.source == n

    @invariant
    def in_one_place(self, m: Ping) -> bool:
        return (m not in self.messages or m not in self.copies) and (m not in self.messages or m.number > 0)

    @invariant
    def at_most_once(self, m: Ping) -> bool:
        return implies(m in self.copies, self.copies.count(m) == 1)

    @invariant
    def of_all_values(self, m: Ping) -> bool:
        return m in self.messages or m.number > 2 or m.number <= 2 + self.sent[m.source]

    @step_invariant
    def stays_or_goes(self, after: Self, m: Ping) -> bool:
        return m not in self.messages or m in after.messages or m in after.copies

    @step_invariant
    def comes_new(self, after: Self, m: Ping) -> bool:
        return m not in after.messages or m in self.messages or m.number > self.sent[m.source]

    @step_invariant
    def comes_old(self, after: Self, m: Ping) -> bool:
        return m not in after.messages or m in self.messages

    @reachable
    def two_of_one(self, m: Ping, k: Ping) -> bool:
        return m in self.messages and k in self.messages and m.source == k.source and m.number < k.number

    @reachable
    def never(self, m: Ping) -> bool:
        return m.number == 3 and m in self.messages

    @reachable
    def of_what_is_not_there(self, m: Ping) -> bool:
        return m not in self.messages and m.number == 31


def verdicts(model: type[Model], engine: Engine) -> list[tuple[object, ...]]:
    """Return what an engine finds of each property: after how many states, and for which arguments."""
    result = check(instantiate(specify(model)), Options(engine, keep_going=True))
    return [(p.name, p.verdict, p.trace and len(p.trace), p.arguments) for p in result.properties]


def test_both_engines_draw_from_sets() -> None:
    assert counted(Spellings) > 0


@pytest.mark.slow
def test_drawing_from_sets_tells_the_same_as_trying_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [verdicts(Spellings, engine) for engine in (Engine.REFERENCE, Engine.NATIVE)]
    monkeypatch.setattr(Interpreter, "_draws", {})
    assert drawn == [verdicts(Spellings, Engine.REFERENCE)] * 2


class RaisesOutside(Pings):
    """Of messages that are not there the condition raises before it is known that they are not."""

    @invariant
    def divides(self, m: Ping) -> bool:
        return 6 // m.number >= 0 or m not in self.messages


class RaisesImplied(Pings):
    """`implies` evaluates its conclusion, of messages that are not there as well."""

    @invariant
    def divides(self, m: Ping) -> bool:
        return implies(m in self.messages, 6 // m.number > 0)


@pytest.mark.parametrize("model", [RaisesOutside, RaisesImplied])
@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_what_raises_of_messages_that_are_not_there_is_an_error(model: type[Model], engine: Engine) -> None:
    with pytest.raises(ModelError, match="division"):
        check(instantiate(specify(model)), Options(engine))


@record
class Note:
    source: Node
    number: Nat


@record
class Silence:
    source: Node


class Unbounded(Model):
    """A property may range over messages with unbounded numbers in them, if it is about those in a set."""

    default = {"Node": 2}
    check_deadlock = False
    clock: Map[Node, Nat] = everywhere(0)
    messages: Set[Note | Silence]

    @action
    def send(self, n: Node) -> None:
        require(self.clock[n] < 2)
        self.clock[n] += 1
        self.messages.add(Note(n, self.clock[n]))

    @action
    def learn(self, n: Node, m: Note) -> None:
        require(m in self.messages)
        self.clock[n] = max(self.clock[n], m.number)

    @invariant
    def clocks_are_ahead(self, m: Note) -> bool:
        return m not in self.messages or m.number <= self.clock[m.source]


class UnboundedReset(Unbounded):
    @action
    def learn(self, n: Node, m: Note) -> None:
        require(m in self.messages)
        self.clock[n] = m.number


def unbounded_by_hand() -> set[tuple[tuple[int, ...], frozenset[tuple[int, int]]]]:
    """Return the clocks and messages that `Unbounded` reaches."""
    pending: list[tuple[tuple[int, ...], frozenset[tuple[int, int]]]] = [((0, 0), frozenset())]
    found = set(pending)
    while pending:
        clock, messages = pending.pop()
        for n in (0, 1):
            ticks = [(clock[n] + 1, messages | {(n, clock[n] + 1)})] if clock[n] < 2 else []
            for now, sent in ticks + [(max(clock[n], number), messages) for _, number in messages]:
                after = (now, clock[1]) if n == 0 else (clock[0], now), sent
                pending += [after] if after not in found else []
                found.add(after)
    return found


def test_properties_range_over_messages_with_unbounded_numbers() -> None:
    assert counted(Unbounded) == len(unbounded_by_hand())
    assert proved(Unbounded)
    assert not proved(UnboundedReset)


class Numbered(Model):
    """Numbers without bounds are taken from wherever the state holds them."""

    default = {"Node": 2}
    check_deadlock = False
    given: Nat = 0
    ids: Set[Nat]
    queue: Annotated[list[Nat], AtMost(3)]
    taken: Map[Node, Nat | None] = everywhere(None)

    @action
    def give(self) -> None:
        require(self.given < 3)
        self.ids.add(self.given)
        self.queue.append(self.given)
        self.given += 1

    @action
    def take(self, n: Node, i: Nat) -> None:
        require(i in self.ids)
        self.ids.remove(i)
        self.taken[n] = i

    @action
    def serve(self, i: int) -> None:
        require(len(self.queue) > 0 and self.queue[0] == i)
        self.queue.pop(0)

    @action
    def put_back(self, n: Node, i: Nat) -> None:
        require(self.taken[n] == i)
        self.ids.add(i)
        self.taken[n] = None

    @lemma
    def below(self, i: Nat) -> bool:
        return i not in self.ids or i < self.given

    @invariant
    def few(self, i: Nat) -> bool:
        return i not in self.ids or i < 3

    @lemma
    def given_are_few(self) -> bool:
        return self.given <= 3

    @lemma
    def those_that_wait_are_given(self) -> bool:
        return len(self.queue) <= self.given

    @lemma
    def taken_below(self, n: Node) -> bool:
        return self.taken[n] is None or self.taken[n] < self.given


class NumberedFromTwo(Numbered):
    @invariant
    def few(self, i: Nat) -> bool:
        return i not in self.ids or i < 2


def numbered_by_hand() -> int:
    """Return the number of states of `Numbered`: which numbers are at which node, free or lost, and how many wait.

    A number is lost where another is taken in its place, so never are all of them.
    """
    places = ("free", "at the first", "at the second", "lost")
    found = set()
    for given in range(4):
        for where in itertools.product(places, repeat=given):
            at_most_one = all(where.count(place) < 2 for place in places[1:3])
            if at_most_one and not 0 < where.count("lost") == given:
                found |= {(given, where, waiting) for waiting in range(given + 1)}
    return len(found)


def test_unbounded_numbers_are_drawn_from_what_holds_them() -> None:
    assert counted(Numbered) == numbered_by_hand()
    assert proved(Numbered)
    assert not proved(NumberedFromTwo)
    assert counted(NumberedFromTwo) == numbered_by_hand()
    result = check(instantiate(specify(NumberedFromTwo), {}), Options(Engine.NATIVE))
    assert {p.name for p in result.properties if p.verdict is Verdict.VIOLATED} == {"few"}
