"""The native explorer of clusters: a handler is called once per local state and event; everything else is looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np
from assay.checker.engine.exploration import Watcher
from assay.checker.engine.limits import Limits
from assay.checker.engine.native.outcome import NativeOutcome
from assay.checker.engine.native.program import Program
from assay.checker.engine.native.search import search
from assay.checker.errors import InternalError
from assay.checker.implementations.growth import Growth, growth, middle_and_end
from assay.checker.implementations.native.findings import Found, NativeExploration, Refinement, Watched
from assay.checker.implementations.native.layout import Full, Sizes, WorldLayout
from assay.checker.implementations.native.loading import functions
from assay.checker.implementations.native.supplying import Predicates, Supplier
from assay.checker.implementations.native.tables import MOST_ACTIONS, MOST_SPENT
from assay.checker.implementations.native.tracing import Tracer
from assay.checker.implementations.native.universe import Universe
from assay.checker.implementations.native.values import TracedPredicate
from assay.checker.implementations.networks import in_order
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["explore"]


def explore(
    cluster: Cluster,
    watched: Sequence[Watched] = (),
    refinement: Refinement | None = None,
    *,
    limits: Limits | None = None,
    keep_going: bool = False,
    watch: Watcher | None = None,
) -> NativeExploration:
    """Explore every reachable world of a cluster.

    Parameters
    ----------
    cluster : Cluster
        The cluster. Its invariants are ignored here: the caller passes what matters as ``watched``.
    watched : sequence of Watched
        The predicates to watch.
    refinement : Refinement, optional
        The model, which must allow every step.
    limits : Limits, optional
        Resource limits.
    keep_going : bool
        Whether to go on after a predicate that would end the search has fired.
    watch : callable, optional
        Progress callback.

    Raises
    ------
    NodeError
        If a node breaks a rule in its first start: there is no trace to it.
    """
    return _Search(cluster, tuple(watched), refinement, limits or Limits(), keep_going, watch).run()


class _Search:
    """A search, which starts again with a wider layout each time that one is full."""

    def __init__(
        self,
        cluster: Cluster,
        watched: tuple[Watched, ...],
        refinement: Refinement | None,
        limits: Limits,
        keep_going: bool,
        watch: Watcher | None,
    ) -> None:
        self.cluster, self.watched, self.refinement = cluster, watched, refinement
        self.limits, self.keep_going, self.watch = limits, keep_going, watch
        self.universe = Universe(cluster)
        self.initial = list(self.universe.semantics.initial())
        self.budgets = dict(self.initial[0].budgets)
        self.predicates = self._predicates()

    def _predicates(self) -> Predicates:
        universe, refinement = self.universe, self.refinement
        firing = tuple(TracedPredicate(universe, each.predicate, each.number) for each in self.watched)
        constraint = self.cluster.constraint
        return Predicates(
            firing,
            None if constraint is None else TracedPredicate(universe, constraint, lambda value: 1 + bool(value)),
            None if refinement is None else TracedPredicate(universe, refinement.abstract, refinement.number),
            None if refinement is None else refinement.judge,
        )

    def run(self) -> NativeExploration:
        """Search until a layout is wide enough, or a limit is reached."""
        self._register()
        sizes, attempts, began = self._sizes(Sizes(())), 0, perf_counter()
        furthest: NativeExploration | None = None
        while True:
            attempts += 1
            try:
                supplier = Supplier(self.universe, WorldLayout(sizes), self.budgets, self.predicates)
                outcome = self._search(supplier, self.limits.after(perf_counter() - began))
            except Full:  # the layout has no room even for what is known already
                sizes = self._sizes(sizes)
                continue
            try:
                found = self._result(supplier, outcome, attempts)
            except InternalError:
                self._recall()
                raise
            if not supplier.is_full:
                return self._unless_it_changes(_furthest(furthest, found))
            furthest = _furthest(furthest, replace(found, _all=lambda: iter(())))
            sizes = self._sizes(sizes)

    def _unless_it_changes(self, found: NativeExploration) -> NativeExploration:
        """Return the result, unless calls that are repeated now differ: then handlers depend on hidden state."""
        if found.error is not None:
            return found
        try:
            self._recall()
        except NodeError as error:
            return replace(found, error=error, error_trace=())
        return found

    def _recall(self) -> None:
        self.universe.semantics.caller.recall()

    def _register(self) -> None:
        """Give numbers to all parts of the initial worlds."""
        universe = self.universe
        for world in self.initial:
            for known, local in zip(universe.locals, world.locals, strict=True):
                known.number(local)
            universe.histories.number(world.history)
            under_way = Counter(universe.semantics.medium.contents(world.network))
            universe.copies = max(universe.copies, *under_way.values(), 1)
            for flight in sorted({*under_way, *world.sent}, key=in_order):
                universe.envelopes.number(flight)

    def _sizes(self, there: Sizes) -> Sizes:
        """Return sizes with room for everything known so far."""
        universe, network = self.universe, self.cluster.network
        fifo = network.kind == "fifo"
        if fifo:
            for envelope in range(len(universe.envelopes)):
                universe.channel_of(envelope)
        needed = Sizes(
            locals=tuple(map(len, universe.locals)),
            queues=tuple(len(channel.queues) for channel in universe.channels) if fifo else (),
            envelopes=len(universe.envelopes),
            copies=max(universe.copies, 3) if network.kind == "bag" else 1,
            histories=len(universe.histories) if self.cluster.history else 0,
            budgets=tuple(min(most, MOST_SPENT) for most in self.budgets.values() if most > 0),
            cuts=len(self.cluster.faults.sides) if self.cluster.faults.partitions != 0 else 0,
            in_words=not fifo,
            ghosts=self.cluster.ghosts,
            remembers_last=network.remembers_last,
        )
        return there.at_least(needed)

    def _search(self, supplier: Supplier, limits: Limits) -> NativeOutcome:
        addresses = functions()
        predicates = self.predicates
        program = Program(
            words=supplier.packing.layout.words,
            actions=MOST_ACTIONS,
            predicates=len(predicates.firing),
            step_predicates=1 if predicates.abstraction is not None else 0,
            expand=addresses["expand"],
            inspect=addresses["inspect"] if predicates.firing else 0,
            within=addresses["within"] if predicates.constraint is not None else 0,
            steps=addresses["steps"] if predicates.abstraction is not None else 0,
            context=supplier.tables.context.address,
        )
        rows = np.array([supplier.packing.pack(world) for world in self.initial], np.uint64)
        ends = sum(1 << number for number, watched in enumerate(self.watched) if watched.ends)
        return search(
            program,
            rows.reshape(-1, program.words),
            stop_on=ends,
            check_deadlock=False,
            keep_going=self.keep_going,
            limits=limits,
            watch=self.watch,
            supply=supplier,
        )

    def _growth(self, supplier: Supplier, outcome: NativeOutcome) -> tuple[Growth, ...]:
        universe, rows = self.universe, outcome.states()
        locals_ = zip(universe.addresses, (known.things for known in universe.locals), strict=True)
        middle, end = (map(supplier.packing.unpack, rows[part].tolist()) for part in middle_and_end(len(rows)))
        return growth(locals_, middle, end, universe.semantics.medium, outcome.depth)

    def _result(self, supplier: Supplier, outcome: NativeOutcome, attempts: int) -> NativeExploration:
        trace = Tracer(self.cluster, supplier).trace
        unrefined = outcome.found_steps.get(0)
        return NativeExploration(
            worlds=outcome.distinct,
            generated=outcome.generated - outcome.cut,
            depth=outcome.depth,
            frontier=outcome.frontier,
            seconds=outcome.seconds,
            memory=outcome.memory,
            stop=outcome.stop,
            found=tuple(Found(self.watched[number], trace(path)) for number, path in sorted(outcome.found.items())),
            unrefined=None if unrefined is None else trace(unrefined),
            error=supplier.error,
            error_trace=() if supplier.path is None else trace(supplier.path),
            calls=self.universe.semantics.caller.calls,
            evaluations=sum(predicate.evaluations for predicate in self.predicates.all),
            actions=_coverage(supplier, outcome),
            words=supplier.packing.layout.words,
            attempts=attempts,
            unhandled=self.universe.semantics.caller.unhandled,
            cut=outcome.cut,
            growth=() if outcome.stop is None else self._growth(supplier, outcome),
            _all=lambda: (supplier.packing.unpack(row.tolist()) for row in outcome.states()),
        )


def _furthest(before: NativeExploration | None, now: NativeExploration) -> NativeExploration:
    """Return the attempt that got further: a limit may end the later one before it finds what the earlier one did."""
    if before is None or now.stop is None or now.worlds >= before.worlds:
        return now
    return replace(
        before,
        stop=now.stop,
        growth=now.growth,
        calls=now.calls,
        evaluations=now.evaluations,
        attempts=now.attempts,
        unhandled=now.unhandled,
    )


def _coverage(supplier: Supplier, outcome: NativeOutcome) -> dict[str, tuple[int, int]]:
    fired = {
        name: (outcome.fired[number], outcome.discovered[number]) for name, number in supplier.tables.actions.items()
    }
    return {name: counts for name, counts in sorted(fired.items()) if counts[0]}
