"""Calls of handlers in a cluster whose nodes run different releases, and replace one by the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, TypeVar

from assay.checker.implementations.calls import Caller, CallError, Event, Local, Outcome, Receive, Recover, Start
from assay.checker.implementations.modules import active
from assay.checker.implementations.translation import Translator
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.freezing import Frozen
from assay.impl.node.node import Address, Node, declared
from assay.impl.node.releases import Rolling

__all__ = ["ReleaseCaller", "caller_of"]

T = TypeVar("T")
Attributes: TypeAlias = tuple[tuple[str, Frozen], ...]


def caller_of(cluster: Cluster, *, remembers: bool = False) -> Caller | ReleaseCaller:
    """Return what makes the calls of a cluster."""
    if cluster.rolling is None:
        return Caller(cluster, remembers=remembers)
    return ReleaseCaller(cluster, cluster.rolling, remembers=remembers)


class ReleaseCaller:
    """Makes the calls of a cluster of several releases: each by its own `Caller`, with messages translated between.

    What is on its way is in the words of the judged release, wherever these say all that the sender has said. So are
    the attributes that predicates are shown; a node holds them in the words of its own.

    Parameters
    ----------
    cluster : Cluster
    rolling : Rolling
        Its releases.
    remembers : bool
        As of `Caller`.
    """

    def __init__(self, cluster: Cluster, rolling: Rolling, *, remembers: bool = False) -> None:
        self.cluster, self.rolling = cluster, rolling
        self.callers = tuple(
            Caller(replace(cluster, nodes=release.nodes, rolling=None), remembers=remembers)
            for release in rolling.releases
        )
        self.translator = Translator(rolling.releases)
        self.classes, self.given = self.callers[rolling.judged].classes, self.callers[rolling.judged].given
        self._declared = {address: {*declared(cls)} for address, cls in self.classes.items()}
        self._unknown: set[tuple[type[Node], type[object]]] = set()

    @property
    def calls(self) -> int:
        """How many calls were made, repetitions left out."""
        return sum(caller.calls for caller in self.callers)

    @property
    def unhandled(self) -> set[tuple[type[Node], type[object]]]:
        """What arrived where no method handles it, or where the release has no such class."""
        return self._unknown.union(*(caller.unhandled for caller in self.callers))

    # Starts and stops

    def start(self, address: Address) -> tuple[Outcome, ...]:
        """Return what comes of the first start of a node, in each release in which it may be."""
        starts = self.rolling.starts if address in self.rolling.moving else self.rolling.starts[:1]
        return tuple(
            self._chosen(outcome, release, len(starts) > 1)
            for release in starts
            for outcome in self._outcomes(address, Local(self.callers[release].given[address]), Start(), release)
        )

    def crash(self, address: Address, local: Local) -> Local:
        """Return what is left of a node that crashes: what its release keeps on disk."""
        down = self.callers[local.release].crash(address, local)
        return replace(down, release=local.release, kept=local.kept)

    def stop(self, address: Address, local: Local) -> Local:
        """Return what is left of a node that is stopped."""
        return replace(self.crash(address, local), stopped=True)

    def is_replaceable(self, address: Address, local: Local) -> bool:
        """Return whether a node may be stopped to be replaced."""
        return address in self.rolling.moving and bool(self.rolling.moves.get(local.release))

    def restored(self, address: Address, local: Local) -> Local:
        """Return what a node that was down would hold before it recovers, in the release in which it was."""
        return replace(self.callers[local.release].restored(address, local), release=local.release)

    def recover(self, address: Address, local: Local) -> tuple[Outcome, ...]:
        """Return what comes of the start of a node that is down, in each release in which it may come back."""
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
        """Return what a release reads of what is on disk, and what it leaves there unread."""
        on_disk = {**dict(local.kept), **dict(local.attributes)}
        durable = {n for n, a in declared(self.callers[release].classes[address]).items() if a.durable}
        read = {name: value for name, value in on_disk.items() if name in durable}
        # What is unread matters only if a release comes back that reads it.
        unread = {n: v for n, v in on_disk.items() if n not in durable} if self.rolling.moves.get(release) else {}
        restored = {name: self._restored(address, value, release) for name, value in read.items()}
        return _sorted(restored), _sorted(unread)

    def _restored(self, address: Address, value: Frozen, release: int) -> Frozen:
        return self._read(address, Recover(), lambda: self.translator.read(value, release))

    # Handlers

    def outcomes(self, address: Address, local: Local, event: Event) -> tuple[Outcome, ...]:
        """Return all that may come of an event at a node that is up.

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
        # The caller of one release knows nothing of the others, so it is given, and returns, a node of its own only.
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
        """Note the release among the choices, where there was one to choose."""
        name = self.rolling.releases[release].name
        return replace(outcome, choices=(("release", name), *outcome.choices)) if is_told else outcome

    # What can be observed

    def shown(self, address: Address, local: Local) -> Attributes:
        """Return the attributes of a node in the words of the judged release.

        What that declares and the node lacks is as the judged release is given it; what it does not declare is left
        out.
        """
        held = local if local.up else self.restored(address, local)
        if local.release == self.rolling.judged:
            return held.attributes
        known = {n: v for n, v in held.attributes if n in self._declared[address]}
        seen = {name: self.translator.seen(value, self.rolling.judged) for name, value in known.items()}
        return _sorted({**dict(self.given[address]), **seen})


def _sorted(attributes: Mapping[str, Frozen]) -> Attributes:
    return tuple(sorted(attributes.items(), key=lambda pair: pair[0]))
