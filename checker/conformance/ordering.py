"""The partial order of events that a log implies: chains of events, and the dependencies between chains.

Only these facts order events. A node's events follow its ``seq``, or its own component in their vector clocks, or else
the lines of a file. Of two events with an ``order``, the smaller came first. An event that ended before another began
came first, and so did an event that a vector clock has seen. In a file without any of these, lines are in order.

An order of *n* events in *k* chains is stored as *n* vectors of *k* numbers. A *cut* counts the events of each chain
that have happened, and an event may be next when the cut has reached its vector. Building the vectors takes
O(n log n + n k) steps, with vector clocks O(n k^2 log n).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from assay.checker.conformance.clocks import began, demand_onward, ended, is_before
from assay.checker.conformance.events import Event, Moment
from assay.checker.errors import InputError

__all__ = ["Chains", "Cut", "Lines", "arrange"]

Lines = Literal["auto", "ordered", "unordered"]
"""Whether lines of different nodes in one file are in order: *auto* if nothing else in the file tells the order."""

Cut = tuple[int, ...]
"""For each chain, how many of its events have happened."""

Numbers = Mapping[str, Callable[[Event], int]]
"""The numbering of the events of each node that has one."""


@dataclass(frozen=True)
class Chains:
    """Events, partially ordered.

    Attributes
    ----------
    chains : tuple of sequences of Event
        The events of each chain follow each other.
    needs : tuple of sequences of vectors
        For each event, how many events of each chain were before it.
    """

    chains: tuple[tuple[Event, ...], ...]
    needs: tuple[tuple[Cut, ...], ...]

    @property
    def size(self) -> int:
        """The number of events."""
        return sum(map(len, self.chains))

    @property
    def is_total(self) -> bool:
        """Whether only one order is possible."""
        return len(self.chains) == 1

    @property
    def start(self) -> Cut:
        """The cut before all events."""
        return (0,) * len(self.chains)

    def next(self, cut: Cut) -> Iterator[tuple[int, Event]]:
        """Yield the events that may be next after a cut, with the numbers of their chains."""
        for number, done in enumerate(cut):
            if done < len(self.chains[number]) and _reached(cut, self.needs[number][done]):
                yield number, self.chains[number][done]


def _reached(cut: Cut, needed: Cut) -> bool:
    return all(done >= need for done, need in zip(cut, needed, strict=True))


def after(cut: Cut, number: int) -> Cut:
    """Return the cut after one more event of a chain."""
    return (*cut[:number], cut[number] + 1, *cut[number + 1 :])


def arrange(files: Sequence[Sequence[Event]], *, lines: Lines = "auto", skew: Moment = 0) -> Chains:
    """Put the events of logs in order, as far as the logs determine one.

    Parameters
    ----------
    files : sequence of sequences of Event
        The events of each file, in the order of its lines.
    lines : {"auto", "ordered", "unordered"}
        Whether lines of different nodes in one file follow each other.
    skew : number
        By how much clocks may be wrong: times that are no further apart than twice this are not compared.

    Raises
    ------
    InputError
        If the log contradicts itself: a clock runs backwards, a number comes twice, or events wait for each other.
    """
    numbers = _numbers([event for events in files for event in events])
    apart = list(_chains(files, lines, numbers))
    chains = _merged(apart)
    for chain in [*apart, *chains]:
        demand_onward(chain, skew)
    found = Chains(tuple(chains), tuple(map(tuple, _needs(chains, numbers, skew))))
    _demand_possible(found)
    return found


def _chains(files: Sequence[Sequence[Event]], lines: Lines, numbers: Numbers) -> Iterator[tuple[Event, ...]]:
    by_number: dict[str, list[Event]] = defaultdict(list)
    by_line: dict[tuple[int, str | None], list[Event]] = defaultdict(list)
    for number, events in enumerate(files):
        ordered = lines == "ordered" or (lines == "auto" and not any(event.when.is_told for event in events))
        for event in events:
            if event.node in numbers and not ordered:
                by_number[event.node].append(event)
            else:
                by_line[number, None if ordered else event.node].append(event)
    yield from (tuple(sorted(chain, key=numbers[node])) for node, chain in by_number.items())
    yield from map(tuple, by_line.values())


def _numbers(events: Sequence[Event]) -> Numbers:
    """Return the numbering of the events of a node: their ``seq``, or the node's own component in their vector clocks.

    Raises
    ------
    InputError
        If only some of a node's events have a ``seq``, or two have the same.
    """
    of: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        of[event.node].append(event)
    found: dict[str, Callable[[Event], int]] = {}
    for node, own in of.items():
        if any(event.when.seq is not None for event in own):
            _demand_seq(own)
            found[node] = _seq
        elif _count_themselves(own):
            found[node] = _own_count
    return found


def _demand_seq(events: Sequence[Event]) -> None:
    without = next((event for event in events if event.when.seq is None), None)
    if without is not None:
        other = next(event for event in events if event.when.seq is not None)
        raise InputError(
            f"the event has no seq, and others of {without.node!r} have one ({other.place})",
            location=without.place,
            help="give all events of a node a seq, or none",
        )
    for earlier, later in pairwise(sorted(events, key=_seq)):
        if _seq(earlier) == _seq(later):
            raise InputError(
                f"{later.node!r} has two events with the seq {later.when.seq}: see {earlier.place}",
                location=later.place,
                help="a seq counts the events of one node",
            )


def _count_themselves(events: Sequence[Event]) -> bool:
    """Return whether the node's own component tells the vector clocks of its events apart."""
    counts = {event.when.clock.get(event.node) for event in events if event.when.clock is not None}
    return None not in counts and len(counts) == len(events)


def _seq(event: Event) -> int:
    assert event.when.seq is not None
    return event.when.seq


def _own_count(event: Event) -> int:
    assert event.when.clock is not None
    return event.when.clock[event.node]


def _merged(chains: list[tuple[Event, ...]]) -> list[tuple[Event, ...]]:
    """Return one chain instead of several, if the system's own order leaves no choice."""
    events = [event for chain in chains for event in chain]
    orders = [event.when.order for event in events]
    if len(chains) > 1 and None not in orders and len(set(orders)) == len(orders):
        return [tuple(sorted(events, key=lambda event: event.when.order or 0))]
    return chains


Placed = tuple[int, int, Event]
"""The number of a chain, the position in it, and the event there."""


def _needs(chains: Sequence[Sequence[Event]], numbers: Numbers, skew: Moment) -> list[list[Cut]]:
    """Return for each event how many events of each chain were before it."""
    needs = [_own(own, len(chain), len(chains)) for own, chain in enumerate(chains)]
    placed = [(own, number, event) for own, chain in enumerate(chains) for number, event in enumerate(chain)]
    _count(needs, placed, numbers)
    if len(chains) > 1:  # within a chain, `demand_onward` has compared orders and times
        _sweep(needs, placed, "order", _order_of, _order_of)
        _sweep(needs, placed, "time", lambda event: ended(event, skew), lambda event: began(event, skew))
    _see(needs, chains)
    return [[tuple(vector) for vector in chain] for chain in needs]


def _own(own: int, length: int, chains: int) -> list[list[int]]:
    """Return the vectors of a chain whose events need those before them only."""
    return [[number if chain == own else 0 for chain in range(chains)] for number in range(length)]


def _count(needs: list[list[list[int]]], placed: Sequence[Placed], numbers: Numbers) -> None:
    """Let each event of a node with numbers need the one before it.

    Where lines are in order, such a node is no chain of its own: its numbers may contradict the lines, which makes an
    event need a later one of its own chain, and they go on from one file to the next.
    """
    of: dict[str, list[Placed]] = defaultdict(list)
    for own, position, event in placed:
        if event.node in numbers:
            of[event.node].append((own, position, event))
    for node, events in of.items():
        number = numbers[node]
        for (before, position, _), (own, place, _) in pairwise(sorted(events, key=lambda entry: number(entry[2]))):
            needs[own][place][before] = max(needs[own][place][before], position + 1)


def _order_of(event: Event) -> int:
    assert event.when.order is not None
    return event.when.order


def _sweep(
    needs: list[list[list[int]]],
    placed: list[Placed],
    name: str,
    end: Callable[[Event], Moment],
    begin: Callable[[Event], Moment],
) -> None:
    """Let each event need those that ended before it began.

    Events sorted by their ends and by their beginnings are merged: n log n, where comparing pairs would be quadratic.
    """
    told = [(own, number, event) for own, number, event in placed if getattr(event.when, name) is not None]
    by_end = sorted(told, key=lambda entry: end(entry[2]))
    over = [0] * len(needs)
    index = 0
    for own, number, event in sorted(told, key=lambda entry: begin(entry[2])):
        # Strictly less: events whose intervals touch may have happened in either order, as far as the clocks tell.
        while index < len(by_end) and end(by_end[index][2]) < begin(event):
            chain, position, _ = by_end[index]
            over[chain] = max(over[chain], position + 1)
            index += 1
        needs[own][number] = list(map(max, needs[own][number], over))


def _see(needs: list[list[list[int]]], chains: Sequence[Sequence[Event]]) -> None:
    """Let each event with a vector clock need the events that it has seen, which are a prefix of each node's events."""
    clocked: dict[tuple[int, str], list[tuple[int, Event]]] = defaultdict(list)
    for own, chain in enumerate(chains):
        for number, event in enumerate(chain):
            if event.when.clock is not None:
                clocked[own, event.node].append((number, event))
    for (own, node), mine in clocked.items():
        for number, event in mine:
            for (other, whose), theirs in clocked.items():
                if (other, whose) != (own, node):
                    # A node's clock only grows, so an event has seen a prefix of it, and bisect finds the end. A chain
                    # may hold events of several nodes, whose clocks need not grow from one to the next; if an event has
                    # seen a later one of its own chain, it waits for ever, which `_demand_possible` refuses.
                    seen = bisect_left(theirs, True, key=lambda entry: not is_before(entry[1], event))
                    if seen:
                        needs[own][number][other] = max(needs[own][number][other], theirs[seen - 1][0] + 1)


def _demand_possible(found: Chains) -> None:
    """Refuse cyclic dependencies, which different clocks may imply."""
    # One order is enough to try: taking an event never blocks another, so whatever gets stuck is stuck in any order.
    cut = found.start
    while any(True for _ in found.next(cut)):
        for number, _ in found.next(cut):
            cut = after(cut, number)
            break
    stuck = [(number, done) for number, done in enumerate(cut) if done < len(found.chains[number])]
    if stuck:
        first, second = _waiting(found, stuck, cut)
        raise InputError(
            f"the log contradicts itself: this is before {second.place} by one clock, and after it by another",
            location=first.place,
        )


def _waiting(found: Chains, stuck: list[tuple[int, int]], cut: Cut) -> tuple[Event, Event]:
    number, done = stuck[0]
    needed = found.needs[number][done]
    other = next(c for c, need in enumerate(needed) if cut[c] < need)
    return found.chains[number][done], found.chains[other][needed[other] - 1]
