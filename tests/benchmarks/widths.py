"""Measure the search of messages with ever longer logs in them: no bound makes it many times as slow as the one before.

Usage: ``python -m tests.benchmarks.widths``, from the root of the repository, with assay installed. Processor time of
the native explorer, as Markdown; compiled code is in the cache. The states are the same whatever the bound of a log,
so what differs between lines is how many words a message, and thus a state, takes.
"""

from time import process_time

from assay.checker.engine.limits import Limits
from assay.checker.engine.native import explorer as native
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.language import (
    Map,
    Model,
    Parameter,
    Range,
    Seq,
    Set,
    Sort,
    action,
    everywhere,
    invariant,
    record,
    require,
    terminal,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.types import SetType

__all__ = ["ROOMS", "STATES", "main", "measured"]

ROOMS = (20, 27, 28, 29, 30, 31, 60, 61, 62, 63, 124, 125, 250)
"""Bounds of a log. From 29 on a message takes more than 62 bits, from 30 on more than 64, from 62 on more than 128."""

STATES = 103_333


class Node(Sort):
    """A server."""


@record
class Append:
    """What a server has, sent to another one."""

    source: Node
    target: Node
    term: Range[0, 3]
    log: Seq[Range[1, 3], "room"]  # noqa: F821


class Logs(Model):
    """Servers append to their logs and send them, and others take what is longer."""

    default = {"Node": 2}

    room: Parameter[int] = 20
    log: Map[Node, Seq[Range[1, 3], "room"]]
    term: Map[Node, Range[0, 3]] = everywhere(0)
    sent: Set[Append]

    @action
    def begin(self, n: Node) -> None:
        require(self.term[n] < 2)
        self.term[n] += 1

    @action
    def append(self, n: Node, x: Range[1, 3]) -> None:
        require(len(self.log[n]) < 3, self.term[n] > 0, x <= self.term[n])
        self.log[n].append(x)

    @action
    def send(self, n: Node, m: Node) -> None:
        require(n != m, len(self.sent) < 3)
        self.sent.add(Append(n, m, self.term[n], self.log[n]))

    @action
    def take(self, n: Node, m: Append) -> None:
        require(m in self.sent, m.target == n)
        require(m.term >= self.term[n], len(m.log) >= len(self.log[n]))
        self.log[n] = m.log
        self.term[n] = m.term

    @invariant
    def sane(self) -> bool:
        return all(m.source != m.target and len(m.log) <= 3 for m in self.sent)

    @terminal
    def over(self) -> bool:
        return True


def measured(room: int) -> tuple[int, int, float]:
    """Return the bits of a message, the words of a state, and the least seconds of five searches.

    Raises
    ------
    RuntimeError
        If a search finds another number of states.
    """
    specification = specify(Logs)
    instance, seconds = instantiate(specification, {"room": room}), []
    with instance.active():
        layout = CompiledInstance(instance).layout
        for _ in range(6):  # the first one only fills the cache
            began = process_time()
            found = native.explore(instance, Limits())
            seconds.append(process_time() - began)
            if found.distinct != STATES:
                raise RuntimeError(f"{found.distinct} states with room for {room}, not {STATES}")
    sent = layout.types["sent"]
    assert isinstance(sent, SetType)
    return layout.codes.width(sent.element), layout.words, min(seconds[1:])


def main() -> None:
    """Print the table."""
    print("| items of a log, at most | bits of a message | words of a state | seconds | states a second |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for room in ROOMS:
        bits, words, seconds = measured(room)
        print(f"| {room} | {bits} | {words} | {seconds:.2f} | {STATES / seconds:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
