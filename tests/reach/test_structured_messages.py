"""Structured messages: containers inside records, tuples, unions and optional values, nested, and maps of maps."""

from __future__ import annotations

import itertools

from assay.checker.language import (
    Enum,
    Function,
    Map,
    Model,
    Order,
    Seq,
    Set,
    Sort,
    action,
    everywhere,
    first,
    frozen,
    implies,
    invariant,
    last,
    lemma,
    record,
    require,
)
from readings import counted, proved, refuted


class Node(Sort):
    """A sort."""


class Ballot(Order):
    """An order."""


class Value(Enum):
    X, Y = range(2)


@record
class Entry:
    ballot: Ballot
    value: Value


@record
class Append:
    """A message that carries a log."""

    leader: Node
    log: Seq[Entry, 1]


@record
class Seen:
    """A message that carries a set of nodes."""

    who: Set[Node]


@record
class Report:
    """A message that carries a map."""

    best: Map[Node, Ballot | None]


@record
class Whole:
    """A message that carries containers of containers."""

    append: Append
    known: Map[Node, Set[Node]]
    parts: Set[Set[Node]]
    maybe: Seq[Node, 1] | None
    pair: tuple[Node, Set[Node]]


class Logs(Model):
    """A log is sent, and taken over by who has none."""

    default = {"Node": 2, "Ballot": 1}
    check_deadlock = False
    log: Map[Node, Seq[Entry, 1]]
    messages: Set[Append]

    @action
    def write(self, n: Node, e: Entry) -> None:
        require(not self.log[n])
        self.log[n].append(e)

    @action
    def send(self, n: Node) -> None:
        require(self.log[n])
        self.messages.add(Append(n, self.log[n]))

    @action
    def take(self, n: Node, m: Append) -> None:
        require(m in self.messages, not self.log[n])
        self.log[n] = m.log

    @invariant
    def sent_is_kept(self, m: Append) -> bool:
        return implies(m in self.messages, len(m.log) == 1 and m.log == self.log[m.leader])


class LogsLost(Logs):
    @action
    def lose(self, n: Node) -> None:
        self.log[n].clear()


def test_a_message_carries_a_log() -> None:
    # Each node has no entry, or one of two, and has then sent its log or not.
    assert counted(Logs) == (1 + 2 * 2) ** 2
    assert proved(Logs)
    assert refuted(LogsLost) == {"sent_is_kept": "lose"}


class Sets(Model):
    """Who is up is told in a message, or to two at once in a union of messages."""

    default = {"Node": 2}
    check_deadlock = False
    up: Set[Node]
    messages: Set[Seen | Entry]
    latest: Set[Node] | None

    @action
    def rise(self, n: Node) -> None:
        self.up.add(n)

    @action
    def tell(self) -> None:
        self.messages.add(Seen(self.up))

    @action
    def hear(self, m: Seen | Entry) -> None:
        require(m in self.messages)
        match m:
            case Seen(who):
                self.latest = who
            case Entry():
                require(False)

    @invariant
    def told_the_truth(self, m: Seen) -> bool:
        return implies(m in self.messages, m.who <= self.up)

    @invariant
    def heard_the_truth(self) -> bool:
        return self.latest is None or self.latest <= self.up


class SetsFall(Sets):
    @action
    def fall(self, n: Node) -> None:
        self.up.discard(n)


def sets_by_hand() -> int:
    """Count who is up, which of its subsets were told, in the order in which it grew, and which of them was heard."""
    found = {(frozenset[int](), frozenset[frozenset[int]](), None)}
    pending = list(found)
    while pending:
        up, told, latest = pending.pop()
        after = [(up | {n}, told, latest) for n in range(2)]
        after += [(up, told | {up}, latest), *((up, told, who) for who in told)]
        new = [state for state in after if state not in found]
        found.update(new)
        pending += new
    return len(found)


def test_a_union_of_messages_and_an_optional_value_carry_a_set() -> None:
    assert counted(Sets, Ballot=1) == sets_by_hand()
    assert proved(Sets)
    assert refuted(SetsFall)["told_the_truth"] == "fall"


class Maps(Model):
    """What each node voted for is reported in a map."""

    default = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    best: Map[Node, Ballot | None]
    messages: Set[Report]

    @action
    def vote(self, n: Node, b: Ballot) -> None:
        before = self.best[n]
        require(before is None or before < b)
        self.best[n] = b

    @action
    def report(self) -> None:
        require(not self.messages)
        self.messages.add(Report(self.best))

    @action
    def restore(self, m: Report) -> None:
        require(m in self.messages, m.best == self.best)
        self.best = m.best

    @invariant
    def grows(self, m: Report, n: Node) -> bool:
        then, now = m.best[n], self.best[n]
        return m not in self.messages or then is None or (now is not None and then <= now)


class MapsRestored(Maps):
    """Broken: an older report is restored, and nothing says which is older."""

    @action
    def report(self) -> None:
        self.messages.add(Report(self.best))

    @action
    def restore(self, m: Report) -> None:
        require(m in self.messages)
        self.best = m.best


def test_a_message_carries_a_map() -> None:
    votes = list(itertools.product(range(3), repeat=2))  # 0 is no vote
    reported = [(then, now) for then in votes for now in votes if then[0] <= now[0] and then[1] <= now[1]]
    assert counted(Maps) == len(votes) + len(reported)
    assert proved(Maps)
    assert refuted(MapsRestored) == {"grows": "restore"}


class Nested(Model):
    """Everything at once, and back."""

    default = {"Node": 2, "Ballot": 1}
    check_deadlock = False
    log: Seq[Entry, 1]
    known: Map[Node, Set[Node]]
    messages: Set[Whole]
    taken: Whole | None

    @action
    def learn(self, n: Node, m: Node) -> None:
        require(n != m)
        self.known[n].add(m)

    @action
    def send(self, n: Node, whole: bool) -> None:
        require(not self.messages)
        append = Append(n, [Entry(first(Ballot), Value.X)] if whole else [])
        parts = {frozenset({k}) for k in self.known[n]}
        self.messages.add(Whole(append, self.known, parts, frozen([n]) if whole else None, (n, frozen(self.known[n]))))

    @action
    def take(self, m: Whole) -> None:
        require(m in self.messages)
        self.taken = m
        self.log = m.append.log
        self.known = m.known

    @invariant
    def adds_up(self) -> bool:
        return self.taken is None or self.fine(self.taken)

    @lemma
    def messages_add_up(self) -> bool:
        return all(self.fine(m) for m in self.messages)

    def fine(self, m: Whole) -> bool:
        owner, known = m.pair
        return (
            owner == m.append.leader
            and known == m.known[owner]
            and all(frozenset({k}) in m.parts for k in known)
            and (m.maybe is None or (m.maybe[0] == owner and len(m.append.log) == 1))
        )


def test_containers_are_nested_in_messages() -> None:
    # Of each node the other one is known or not (4); a message is of one of these, of two nodes and whole or not (16);
    # while it is there, more is learned or not, until it is taken, which goes back to what it says.
    known = list(itertools.product(range(2), repeat=2))
    later = sum(all(a <= b for a, b in zip(then, now, strict=True)) for then in known for now in known)
    assert counted(Nested) == len(known) + later * 2 * 2 * 2
    assert proved(Nested)


class Views(Model):
    """A map of maps that starts at the first ballot, given once for any depth."""

    default = {"Node": 2, "Ballot": 2}
    check_deadlock = False
    view: Map[Node, Map[Node, Ballot]] = everywhere(first(Ballot))
    kept: Map[Node, Map[Node, Map[bool, Ballot | None]]] = everywhere(None)

    @action
    def see(self, n: Node, m: Node, b: Ballot) -> None:
        require(self.view[n][m] <= b)
        self.view[n][m] = b

    @action
    def exchange(self) -> None:
        self.view = {n: {m: max(self.view[n][m], self.view[m][n]) for m in Node} for n in Node}

    @invariant
    def nothing_kept(self, n: Node, m: Node, b: bool) -> bool:
        return self.kept[n][m][b] is None and self.view[n][m] <= last(Ballot)


class ViewsByEach(Views):
    view: Map[Node, Map[Node, Ballot]] = everywhere(everywhere(first(Ballot)))


def test_a_map_of_maps_starts_at_anything() -> None:
    assert counted(Views) == counted(ViewsByEach) == 2**4
    assert proved(Views)


class Ring(Model):
    """Each node hands on what it has: entries are computed from the map that they replace."""

    default = {"Node": 2}
    check_deadlock = False
    next: Function[Node, Node]
    held: Map[Node, Set[Node]]

    @action
    def put(self, n: Node) -> None:
        require(all(not self.held[m] for m in Node))
        self.held[n] = {n}

    @action
    def turn(self) -> None:
        self.held = {n: set(self.held[self.next[n]]) for n in Node}

    @invariant
    def one_at_most(self, n: Node, a: Node, b: Node) -> bool:
        return implies(a in self.held[n] and b in self.held[n], a == b)

    @lemma
    def of_one(self, n: Node, m: Node, a: Node, b: Node) -> bool:
        return implies(a in self.held[n] and b in self.held[m], a == b)


class RingInPlace(Ring):
    """Broken: what a node has and what it is given come together."""

    @action
    def put(self, n: Node) -> None:
        self.held[n] = {n}

    @action
    def turn(self) -> None:
        self.held = {n: self.held[n] | self.held[self.next[n]] for n in Node}


def ring_by_hand() -> int:
    found = set()
    for following in itertools.product(range(2), repeat=2):
        pending = [(following, (frozenset[int](), frozenset[int]()))]
        while pending:
            state = pending.pop()
            if state not in found:
                found.add(state)
                held = state[1]
                if not any(held):
                    pending += [
                        (following, tuple(frozenset({n} if n == m else ()) for m in range(2))) for n in range(2)
                    ]
                pending.append((following, tuple(held[following[n]] for n in range(2))))
    return len(found)


def test_entries_are_computed_before_the_map_changes() -> None:
    assert counted(Ring) == ring_by_hand()
    assert proved(Ring)
    assert "one_at_most" in refuted(RingInPlace)
