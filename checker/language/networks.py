"""Networks for models to derive from: what is on its way, how it arrives, and what may happen to it.

``class Protocol(BagNetwork[Message], Model)`` has the variable, the parameter and the methods of the network beside its
own; what is derived from beside it says what may go wrong: ``class Protocol(Loss[Message], Duplication[Message],
Model)``. Messages may take any time; how long is never said.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from assay.checker.language.model import action, require
from assay.checker.language.values import AtMost, Bag, Map, Parameter, Set

__all__ = ["BagNetwork", "Duplication", "HeadLoss", "Links", "Loss", "Partitions", "QueueNetwork", "SetNetwork"]

Message = TypeVar("Message")
Node = TypeVar("Node")


class SetNetwork(Generic[Message]):
    """All messages that were ever sent: each arrives any number of times, in any order, or never.

    The network of most proofs. Loss, duplication and delay are in it already.
    """

    messages: Set[Message]

    def send(self, message: Message) -> None:
        """Put a message on its way, to everybody whom it concerns."""
        self.messages.add(message)

    def receive(self, message: Message) -> None:
        """Let the action happen only where the message may arrive."""
        require(message in self.messages)


class BagNetwork(Generic[Message]):
    """Messages on their way, each as often as it was sent: they arrive once, in any order.

    More than `capacity` of them at a time are an error of the model.
    """

    capacity: Parameter[int] = 3
    messages: Annotated[Bag[Message], AtMost("capacity")]

    def send(self, message: Message) -> None:
        """Put one copy of a message on its way."""
        self.messages.add(message)

    def receive(self, message: Message) -> None:
        """Let the action happen only where the message may arrive, and take one copy of it."""
        require(message in self.messages)
        self.messages.remove(message)


class Loss(BagNetwork[Message]):
    """A `BagNetwork` that may lose messages."""

    @action
    def lose(self, message: Message) -> None:
        """Lose one copy of a message."""
        self.receive(message)


class Duplication(BagNetwork[Message]):
    """A `BagNetwork` that may deliver a message more than once."""

    @action
    def duplicate(self, message: Message) -> None:
        """Double a message, where there is room for it."""
        require(message in self.messages, len(self.messages) < self.capacity)
        self.messages.add(message)


class Links(Generic[Node]):
    """Which nodes reach which others: all of them."""

    def connected(self, source: Node, target: Node) -> bool:  # noqa: ARG002 - what derives from it looks
        """Return whether messages of one node arrive at another."""
        return True


class Partitions(Links[Node]):
    """Links that may be cut, each direction of its own, and mended."""

    cut: Set[tuple[Node, Node]]

    def connected(self, source: Node, target: Node) -> bool:
        """Return whether messages of one node arrive at another."""
        return (source, target) not in self.cut

    @action
    def disconnect(self, source: Node, target: Node) -> None:
        """Cut a link; what is on its way over it waits."""
        require(source != target, self.connected(source, target))
        self.cut.add((source, target))

    @action
    def reconnect(self, source: Node, target: Node) -> None:
        """Mend a link."""
        require(not self.connected(source, target))
        self.cut.discard((source, target))


class QueueNetwork(Links[Node], Generic[Node, Message]):
    """A queue from each node to each other: what is sent first over one arrives first.

    More than `capacity` messages in a queue are an error of the model; `room` asks before.
    """

    capacity: Parameter[int] = 2
    channels: Map[Node, Map[Node, Annotated[list[Message], AtMost("capacity")]]]

    def send(self, source: Node, target: Node, message: Message) -> None:
        """Put a message at the end of a queue."""
        self.channels[source][target].append(message)

    def room(self, source: Node, target: Node) -> bool:
        """Return whether one more message fits into a queue."""
        return len(self.channels[source][target]) < self.capacity

    def receive(self, source: Node, target: Node, message: Message) -> None:
        """Let the action happen only where the message is the next to arrive, and take it."""
        require(self.connected(source, target), len(self.channels[source][target]) > 0)
        require(self.channels[source][target][0] == message)
        self.channels[source][target].pop(0)


class HeadLoss(QueueNetwork[Node, Message]):
    """A `QueueNetwork` that may lose messages: the next one of a queue, which is as good as losing any of them."""

    @action
    def lose(self, source: Node, target: Node) -> None:
        """Lose the next message of a queue."""
        require(len(self.channels[source][target]) > 0)
        self.channels[source][target].pop(0)
