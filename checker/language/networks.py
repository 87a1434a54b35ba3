"""Networks for models to derive from: which messages are in transit, how they arrive, and what may go wrong.

``class Protocol(BagNetwork[Message], Model)`` adds the network's variable, parameter and methods to the model's own;
further bases say what may go wrong: ``class Protocol(Loss[Message], Duplication[Message], Model)``. Messages may take
any time.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from assay.checker.language.model import action, require
from assay.checker.language.values import AtMost, Bag, Map, Parameter, Set

__all__ = [
    "BagNetwork",
    "Duplication",
    "HeadDuplication",
    "HeadLoss",
    "Links",
    "Loss",
    "Partitions",
    "QueueNetwork",
    "SetNetwork",
]

Message = TypeVar("Message")
Node = TypeVar("Node")


class SetNetwork(Generic[Message]):
    """All messages that were ever sent: each may arrive any number of times, in any order, or never.

    This is the network of most proofs. It includes loss, duplication and delay.
    """

    messages: Set[Message]

    def send(self, message: Message) -> None:
        """Send a message. Which nodes may receive it is up to the actions."""
        self.messages.add(message)

    def receive(self, message: Message) -> None:
        """Let the action happen only if the message may arrive."""
        require(message in self.messages)


class BagNetwork(Generic[Message]):
    """Messages in transit: each arrives as often as it was sent, in any order.

    More than `capacity` messages at a time are an error of the model; check `room` before sending.
    """

    capacity: Parameter[int] = 3
    messages: Annotated[Bag[Message], AtMost("capacity")]

    def send(self, message: Message) -> None:
        """Send one copy of a message."""
        self.messages.add(message)

    def room(self) -> bool:
        """Return whether one more message fits into the bag."""
        return len(self.messages) < self.capacity

    def receive(self, message: Message) -> None:
        """Let the action happen only if the message may arrive, and remove one copy of it."""
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
        """Duplicate a message, if there is room for it."""
        require(message in self.messages, len(self.messages) < self.capacity)
        self.messages.add(message)


class Links(Generic[Node]):
    """Connections between nodes: all nodes are connected."""

    def connected(self, source: Node, target: Node) -> bool:  # noqa: ARG002 - subclasses use them
        """Return whether messages from one node arrive at another."""
        return True


class Partitions(Links[Node]):
    """Links that may be cut and restored, each direction on its own."""

    cut: Set[tuple[Node, Node]]

    def connected(self, source: Node, target: Node) -> bool:
        """Return whether messages from one node arrive at another."""
        return (source, target) not in self.cut

    @action
    def disconnect(self, source: Node, target: Node) -> None:
        """Cut a link; the messages in transit over it wait."""
        require(source != target, self.connected(source, target))
        self.cut.add((source, target))

    @action
    def reconnect(self, source: Node, target: Node) -> None:
        """Restore a link."""
        require(not self.connected(source, target))
        self.cut.discard((source, target))


class QueueNetwork(Links[Node], Generic[Node, Message]):
    """A FIFO queue from each node to each other: what is sent first over a link arrives first.

    More than `capacity` messages in a queue are an error of the model; check `room` before sending.
    """

    capacity: Parameter[int] = 2
    channels: Map[Node, Map[Node, Annotated[list[Message], AtMost("capacity")]]]

    def send(self, source: Node, target: Node, message: Message) -> None:
        """Append a message to a queue."""
        self.channels[source][target].append(message)

    def room(self, source: Node, target: Node) -> bool:
        """Return whether one more message fits into a queue."""
        return len(self.channels[source][target]) < self.capacity

    def receive(self, source: Node, target: Node, message: Message) -> None:
        """Let the action happen only if the message is the next to arrive, and remove it."""
        require(self.connected(source, target), len(self.channels[source][target]) > 0)
        require(self.channels[source][target][0] == message)
        self.channels[source][target].pop(0)


class HeadLoss(QueueNetwork[Node, Message]):
    """A `QueueNetwork` that may lose the next message of a queue, which amounts to losing any of them."""

    @action
    def lose(self, source: Node, target: Node) -> None:
        """Lose the next message of a queue."""
        require(len(self.channels[source][target]) > 0)
        self.channels[source][target].pop(0)


class HeadDuplication(QueueNetwork[Node, Message]):
    """A `QueueNetwork` that may deliver a message more than once, before the next one arrives."""

    @action
    def duplicate(self, source: Node, target: Node) -> None:
        """Duplicate the next message of a queue, if there is room for it."""
        require(len(self.channels[source][target]) > 0, self.room(source, target))
        self.channels[source][target].insert(0, self.channels[source][target][0])
