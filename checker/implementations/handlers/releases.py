"""Calls of handlers in a cluster whose nodes run different releases and may change from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from assay.checker.implementations.events import Attributes, CallError, Event, Local, Outcome, Receive, Recover, Start
from assay.checker.implementations.handlers.calls import Caller
from assay.checker.implementations.handlers.modules import active
from assay.checker.implementations.handlers.translation import Translator, is_whole, missing_fields
from assay.checker.implementations.networks import Flight
from assay.impl.node.attributes import declared
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address, Node
from assay.impl.node.releases import Rolling

__all__ = ["LackingError", "ReleaseCaller", "caller_of"]

T = TypeVar("T")


def caller_of(cluster: Cluster, *, remembers: bool = False) -> Caller | ReleaseCaller:
    """Return the caller of a cluster, for one release or for several."""
    if cluster.rolling is None:
        return Caller(cluster, remembers=remembers)
    return ReleaseCaller(cluster, cluster.rolling, remembers=remembers)


class LackingError(NodeError):
    """A predicate reads an attribute of a node or a field of a message that its release lacks."""


class ReleaseCaller:
    """Makes the calls of a cluster of several releases: each by its own `Caller`, with messages translated between.

    Messages in flight have the classes of the judged release, wherever nothing is lost by that; the attributes of a
    node have the classes of its own release.

    Parameters
    ----------
    cluster : Cluster
    rolling : Rolling
        Its releases.
    remembers : bool
        See `Caller`.
    """

    def __init__(self, cluster: Cluster, rolling: Rolling, *, remembers: bool = False) -> None:
        self.cluster, self.rolling = cluster, rolling
        self.callers = tuple(
            Caller(replace(cluster, nodes=release.nodes, rolling=None), remembers=remembers)
            for release in rolling.releases
        )
        self.translator = Translator(rolling.releases)
        self.classes, self.given = self.callers[rolling.judged].classes, self.callers[rolling.judged].given
        self._lacking: dict[tuple[Address, int, frozenset[str], int], type[Node]] = {}
        self._unknown: set[tuple[type[Node], type[object]]] = set()

    @property
    def calls(self) -> int:
        """The number of calls made, without repetitions."""
        return sum(caller.calls for caller in self.callers)

    @property
    def unhandled(self) -> set[tuple[type[Node], type[object]]]:
        """Node classes with messages that no method handles there, or whose class the release lacks."""
        return self._unknown.union(*(caller.unhandled for caller in self.callers))

    # Starts and stops

    def start(self, address: Address) -> tuple[Outcome, ...]:
        """Return the outcomes of a node's first start, in each release that it may run."""
        starts = self.rolling.starts if address in self.rolling.moving else self.rolling.starts[:1]
        return tuple(
            self._chosen(outcome, release, len(starts) > 1)
            for release in starts
            for outcome in self._outcomes(address, Local(self.callers[release].given[address]), Start(), release)
        )

    def crash(self, address: Address, local: Local) -> Local:
        """Return a node's local state after a crash: its release's durable attributes."""
        down = self.callers[local.release].crash(address, local)
        return replace(down, release=local.release, kept=local.kept)

    def stop(self, address: Address, local: Local) -> Local:
        """Return a node's local state after it is stopped."""
        return replace(self.crash(address, local), stopped=True)

    def is_replaceable(self, address: Address, local: Local) -> bool:
        """Return whether a node may be stopped to be replaced."""
        return address in self.rolling.moving and bool(self.rolling.moves.get(local.release))

    def restored(self, address: Address, local: Local) -> Local:
        """Return the local state in which a node would recover in its old release."""
        return replace(self.callers[local.release].restored(address, local), release=local.release)

    def recover(self, address: Address, local: Local) -> tuple[Outcome, ...]:
        """Return the outcomes of restarting a node, in each release that it may run then."""
        further = self.rolling.moves.get(local.release, ()) if address in self.rolling.moving else ()
        targets = further if local.stopped else (local.release, *further)
        return tuple(
            self._chosen(outcome, release, bool(further))
            for release in targets
            for outcome in self._recovered(address, local, release)
        )

    def _recovered(self, address: Address, local: Local, release: int) -> Iterator[Outcome]:
        read, kept = self._from_disk(address, local, release)
        held = replace(self.callers[release].restored(address, Local(read, up=False)), kept=kept)
        yield from self._outcomes(address, held, Recover(), release)

    def _from_disk(self, address: Address, local: Local, release: int) -> tuple[Attributes, Attributes]:
        """Return the attributes on disk that a release reads, and those that it leaves there unread."""
        on_disk = {**dict(local.kept), **dict(local.attributes)}
        durable = {n for n, a in declared(self.callers[release].classes[address]).items() if a.durable}
        read = {name: value for name, value in on_disk.items() if name in durable}
        # Unread attributes matter only if a release that reads them may return.
        unread = {n: v for n, v in on_disk.items() if n not in durable} if self.rolling.moves.get(release) else {}
        restored = {name: self._restored(address, value, release) for name, value in read.items()}
        return _sorted(restored), _sorted(unread)

    def _restored(self, address: Address, value: Frozen, release: int) -> Frozen:
        return self._read(address, Recover(), lambda: self.translator.read(value, release))

    # Handlers

    def outcomes(self, address: Address, local: Local, event: Event) -> tuple[Outcome, ...]:
        """Return all outcomes of an event at a running node.

        Raises
        ------
        CallError
            If the handler breaks a rule, or its release cannot read the message.
        """
        if isinstance(event, Receive):
            cls = event.message[0] if isinstance(event.message, tuple) else type(event.message)
            if not self.translator.knows(cls, local.release):
                return (self._ignored(address, local, event, cls),)
            message = event.message
            read = self._read(address, event, lambda: self.translator.read(message, local.release))
            event = Receive(event.source, read)
        return tuple(self._outcomes(address, local, event, local.release))

    def recall(self) -> None:
        """Repeat some of the calls, each in its release; see `Caller.recall`."""
        for release, caller in zip(self.rolling.releases, self.callers, strict=True):
            with active(release):
                caller.recall()

    def _ignored(self, address: Address, local: Local, event: Event, cls: type[object]) -> Outcome:
        node = self.callers[local.release].classes[address]
        if self.cluster.strict:
            raise CallError(
                f"{self.rolling.releases[local.release].name} has no {cls.__name__}", address, event,
                help="send it only when every node knows it, or leave out strict=True",
            )  # fmt: skip
        self._unknown.add((node, cls))
        return Outcome(local)

    def _read(self, address: Address, event: Event, read: Callable[[], T]) -> T:
        try:
            return read()
        except NodeError as error:
            raise CallError(error.message, address, event, help=error.help) from None

    def _outcomes(self, address: Address, local: Local, event: Event, release: int) -> Iterator[Outcome]:
        caller = self.callers[release]
        # The caller of one release knows nothing of the others, so it receives and returns plain local states.
        own = Local(local.attributes, local.timers)
        with active(self.rolling.releases[release]):
            found = caller.outcomes(address, own, event)
        for outcome in found:
            after = replace(outcome.local, release=release, kept=local.kept)
            yield replace(
                outcome,
                local=after,
                sends=tuple((to, self._told(message, release)) for to, message in outcome.sends),
                client=tuple((word, self._told(value, release)) for word, value in outcome.client),
            )

    def _told(self, value: Frozen, release: int) -> Frozen:
        return self.translator.told(value, release, self.rolling.judged)

    def _chosen(self, outcome: Outcome, release: int, is_told: bool) -> Outcome:
        """Record the release among the choices, if there was more than one."""
        name = self.rolling.releases[release].name
        return replace(outcome, choices=(("release", name), *outcome.choices)) if is_told else outcome

    # What can be observed

    @property
    def views(self) -> tuple[_ReleaseView, ...]:
        """The views that predicates have of the cluster: that of the judged release first, then those of the others."""
        judged = self.rolling.judged
        others = (number for number in range(len(self.callers)) if number != judged)
        return tuple(_ReleaseView(self, number) for number in (judged, *others))

    def lacking(self, address: Address, release: int, missing: frozenset[str], runs: int) -> type[Node]:
        """Return a node class of a release on which reading certain attributes raises a `LackingError`."""
        key = (address, release, missing, runs)
        if key not in self._lacking:
            name = self.rolling.releases[runs].name
            self._lacking[key] = _without(self.callers[release].classes[address], missing, f"{address} runs {name}")
        return self._lacking[key]


def _without(cls: Any, missing: frozenset[str], what: str) -> type[Any]:
    def read(self: Any, attribute: str) -> Any:
        # Reads it as usual first, so that the tracking of reads notes it.
        try:
            return super(lacking, self).__getattribute__(attribute)
        finally:
            if attribute in missing:
                raise LackingError(f"{what}, which has no {attribute}")

    lacking: type[Any] = type(cls.__name__, (cls,), {"__getattribute__": read, "__module__": cls.__module__})
    return lacking


@cache
def _incomplete(cls: type[Any], missing: frozenset[str]) -> type[Any]:
    return _without(cls, missing, f"a {cls.__name__} is in the words of another version")


def _readable(frozen: Frozen) -> Frozen:
    """Return a value on which reading a field that was not sent raises, so that no claim ignores it silently."""
    if isinstance(frozen, frozenset):
        return frozenset(map(_readable, frozen))
    if not isinstance(frozen, tuple) or not frozen:
        return frozen
    head, rest = frozen[0], tuple(map(_readable, frozen[1:]))
    missing = missing_fields(frozen)
    return (_incomplete(head, missing) if missing else head, *rest)


@dataclass(frozen=True)
class _ReleaseView:
    """Shows nodes and messages as a release sees them; what another release lacks cannot be read."""

    caller: ReleaseCaller
    release: int

    def node(self, address: Address, local: Local) -> tuple[type[Node], Attributes]:
        caller = self.caller
        held = local if local.up else caller.restored(address, local)
        own = caller.callers[self.release]
        if local.release == self.release:
            return own.classes[address], held.attributes
        known = {*declared(own.classes[address]), *dict(own.given[address])}
        seen = {n: caller.translator.seen(v, self.release) for n, v in held.attributes if n in known}
        missing = frozenset(known - {*seen})
        cls = caller.lacking(address, self.release, missing, local.release) if missing else own.classes[address]
        return cls, _sorted(seen)

    def read(self, flight: Flight) -> Flight:
        seen = self.caller.translator.seen(flight.message, self.release)
        return replace(flight, message=seen if is_whole(seen) else _readable(seen))


def _sorted(attributes: Mapping[str, Frozen]) -> Attributes:
    return tuple(sorted(attributes.items(), key=lambda pair: pair[0]))
