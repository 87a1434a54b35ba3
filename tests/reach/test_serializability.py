"""Serializability as its definition says it: there is an order of the transactions in which each reads what it read.

Snapshot isolation allows write skew (Berenson et al., *A critique of ANSI SQL isolation levels*, 1995). Serializable
snapshot isolation also aborts what would be the middle of two consecutive antidependencies between concurrent
transactions (Cahill, Röhm and Fekete, *Serializable isolation for snapshot databases*, 2008).
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from assay.checker.language import (
    Enum,
    Holds,
    Map,
    Model,
    Perm,
    Set,
    Sort,
    Violates,
    action,
    everywhere,
    invariant,
    record,
    require,
    values_of,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from readings import counted


class Transaction(Sort):
    """A transaction, which runs once."""


class Key(Sort):
    """What is read and written."""


class Status(Enum):
    NEW, ACTIVE, COMMITTED = range(3)


@record
class Observation:
    """A transaction read the version of a key that a writer had made, or the first one."""

    reader: Transaction
    key: Key
    writer: Transaction | None


class SnapshotIsolation(Model):
    """Each transaction reads from a snapshot; of two concurrent ones that write a key, the first to commit wins."""

    default = {"Transaction": 2, "Key": 2}
    check_deadlock = False
    expected = Violates("serializable")

    status: Map[Transaction, Status] = everywhere(Status.NEW)
    latest: Map[Key, Transaction | None] = everywhere(None)
    visible: Map[Transaction, Set[Transaction]]
    written: Map[Transaction, Set[Key]]
    read: Set[Observation]
    snapshot: Map[Transaction, Map[Key, Transaction | None]] = everywhere(everywhere(None))

    @action
    def begin(self, t: Transaction) -> None:
        require(self.status[t] == Status.NEW)
        self.status[t] = Status.ACTIVE
        self.visible[t] = {u for u in Transaction if self.status[u] == Status.COMMITTED}
        self.snapshot[t] = {k: self.latest[k] for k in Key}

    @action
    def get(self, t: Transaction, k: Key) -> None:
        require(self.status[t] == Status.ACTIVE, k not in self.written[t])
        self.read.add(Observation(t, k, self.snapshot[t][k]))

    @action
    def put(self, t: Transaction, k: Key) -> None:
        require(self.status[t] == Status.ACTIVE)
        self.written[t].add(k)

    @action
    def commit(self, t: Transaction) -> None:
        require(self.status[t] == Status.ACTIVE, self.may_commit(t))
        for k in self.written[t]:
            self.latest[k] = t
        self.status[t] = Status.COMMITTED

    def may_commit(self, t: Transaction) -> bool:
        return all(self.latest[k] == self.snapshot[t][k] for k in self.written[t])

    def is_read_in(self, order: list[Transaction], seen: Observation) -> bool:
        """Whether a transaction reads what it read if all run one after the other, in an order."""
        own = order.index(seen.reader)
        before = {u for u in Transaction if order.index(u) < own and self.has_written(u, seen.key)}
        if seen.writer is None:
            return len(before) == 0
        return seen.writer in before and all(order.index(u) <= order.index(seen.writer) for u in before)

    def has_written(self, t: Transaction, k: Key) -> bool:
        return self.status[t] == Status.COMMITTED and k in self.written[t]

    @invariant
    def serializable(self) -> bool:
        """What is committed read what it would have read in some serial order."""
        return any(
            all(self.status[seen.reader] != Status.COMMITTED or self.is_read_in(order, seen) for seen in self.read)
            for order in values_of(Perm[Transaction])
        )

    @invariant
    def nothing_lost(self, t: Transaction, u: Transaction, k: Key) -> bool:
        """Of two transactions that wrote a key, one saw the other."""
        both = self.has_written(t, k) and self.has_written(u, k)
        return t == u or not both or t in self.visible[u] or u in self.visible[t]


class SerializableSnapshotIsolation(SnapshotIsolation):
    """No transaction commits that would complete two consecutive antidependencies."""

    expected = Holds()

    def overtakes(self, t: Transaction, u: Transaction, v: Transaction) -> bool:
        """Whether t read a key that u wrote concurrently, as if v, which is about to commit, had committed."""
        done = all(self.status[w] == Status.COMMITTED or w == v for w in {t, u})
        concurrent = t != u and t not in self.visible[u] and u not in self.visible[t]
        return done and concurrent and any(s.reader == t and s.key in self.written[u] for s in self.read)

    def may_commit(self, t: Transaction) -> bool:
        return super().may_commit(t) and not any(
            self.overtakes(a, b, t) and self.overtakes(b, c, t)
            for a in Transaction
            for b in Transaction
            for c in Transaction
        )


class OfferedInAnyOrder(SnapshotIsolation):
    """Broken otherwise: a property that asks for all orders, where the definition asks for one."""

    @invariant
    def serializable(self) -> bool:
        return all(
            all(self.status[s.reader] != Status.COMMITTED or self.is_read_in(order, s) for s in self.read)
            for order in values_of(Perm[Transaction])
        )


def checked(cls: type[Model], engine: Engine, **settings: object) -> Any:
    return check(instantiate(specify(cls), settings), Options(engine))


def violated(cls: type[Model], engine: Engine, **settings: object) -> list[str]:
    found = checked(cls, engine, **settings).properties
    return [p.name for p in found if p.verdict is Verdict.VIOLATED]


def calls(cls: type[Model], name: str, engine: Engine) -> list[str]:
    (found,) = [p for p in checked(cls, engine).properties if p.name == name]
    assert found.trace is not None
    return [step.call[0] for step in found.trace.steps if step.call is not None]


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_snapshot_isolation_allows_write_skew(engine: Engine) -> None:
    assert violated(SnapshotIsolation, engine) == ["serializable"]
    # each begins, reads one key, writes the other, and commits
    skew = calls(SnapshotIsolation, "serializable", engine)
    assert sorted(skew) == ["begin"] * 2 + ["commit"] * 2 + ["get"] * 2 + ["put"] * 2


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_serializable_snapshot_isolation_has_a_serial_order(engine: Engine) -> None:
    assert violated(SerializableSnapshotIsolation, engine) == []


def test_three_transactions_have_a_serial_order_too() -> None:
    """With three, a transaction that only reads may be part of what goes wrong (Fekete, O'Neil and O'Neil, 2004)."""
    found = checked(SerializableSnapshotIsolation, Engine.NATIVE, Transaction=3)
    assert {p.verdict for p in found.properties} == {Verdict.HOLDS}
    assert found.exploration.distinct == 206_169


def test_both_engines_agree_on_every_state() -> None:
    for cls in (SnapshotIsolation, SerializableSnapshotIsolation, OfferedInAnyOrder):
        counted(cls)


def test_a_property_of_every_order_is_violated_by_one_transaction_that_overtakes_another() -> None:
    assert violated(OfferedInAnyOrder, Engine.NATIVE) == ["serializable"]
    assert sorted(calls(OfferedInAnyOrder, "serializable", Engine.NATIVE)) == [
        *("begin", "begin"),
        *("commit", "commit"),
        *("get", "put"),
    ]


@pytest.mark.parametrize("cls", [SnapshotIsolation, SerializableSnapshotIsolation])
def test_the_definition_is_that_of_running_the_transactions_one_after_the_other(cls: type[Model]) -> None:
    instance = instantiate(specify(cls))
    with instance.active():
        interpreter = Interpreter(instance)
        (method,) = [m for m in instance.specification.methods if m.name == "serializable"]
        verdicts = set[bool]()
        for frozen_state in _some_states(interpreter):
            state: Any = interpreter.thaw(frozen_state)
            found = interpreter.truth(method, state)
            assert found is any(_replays(state, order) for order in itertools.permutations(Transaction))
            verdicts.add(found)
        assert verdicts == ({True, False} if cls is SnapshotIsolation else {True})


def _some_states(interpreter: Interpreter) -> list[Any]:
    """Return every reachable state, breadth first."""
    found = dict.fromkeys(interpreter.initial_states())
    pending = list(found)
    while pending:
        new = [after for _, after in interpreter.successors(pending.pop()) if after not in found]
        found.update(dict.fromkeys(new))
        pending += new
    return list(found)


def _replays(state: Any, order: tuple[Any, ...]) -> bool:
    """Run what is committed in an order, on a store of one version, and compare what is read."""
    store = dict[Any, Any]()
    for t in order:
        if state.status[t] != Status.COMMITTED:
            continue
        if any(seen.reader == t and store.get(seen.key) != seen.writer for seen in state.read):
            return False
        store.update(dict.fromkeys(state.written[t], t))
    return True
