"""Records, unions under a name, match, enums of every kind, properties, static methods, inheritance."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import TypeAlias

from assay.checker.language import *
from shared import BOTH, ENDS, NOBODY, Level, Mark, Node, Side, rank


@dataclass(frozen=True)
class Ask:
    """A record with a default."""

    node: Node
    level: Level = Level.LOW


@record
class Tell:
    side: Side


Message: TypeAlias = Ask | Tell | Mark
Inbox = Set[Message]
PREFERRED = Tell(Side.LEFT)


class Messages(Model):
    default = {"Node": 2}
    inbox: Inbox
    last: Message | None
    side: Side = Side.LEFT
    level: Level = Level.LEAST
    pair: tuple[Node | None, bool] = (NOBODY, False)
    leader: Node | None

    @action
    def ask(self, n: Node, level: Level) -> None:
        self.inbox.add(Ask(n))
        self.inbox.add(Ask(node=n, level=level))
        self.last = Ask(n, level)

    @action
    def tell(self, side: Side) -> None:
        require(side not in ENDS or self.level in BOTH)
        self.inbox |= {Tell(side), PREFERRED}
        self.last = PREFERRED

    @action
    def answer(self, message: Message) -> None:
        require(message in self.inbox)
        match message:
            case Ask(n, Level.HIGH):
                self.leader = n
            case Ask(node=n) as a if self.level is Level.HIGH:
                self.inbox.add(Mark(a.node))
                self.leader = n
            case Tell(side):
                self.side = side
            case _:
                self.level = Level.HIGH
        self.inbox.discard(message)

    @action
    def unpack(self, n: Node) -> None:
        who, flag = self.pair
        self.pair = (n, not flag)
        self.leader = who

    @action
    def settle(self) -> None:
        require(self.leader is not None)
        if self.ready:
            self.leader = None
            return
        match self.side:
            case Side.LEFT | Side.RIGHT:
                self.leader = None
        self.level = Level.LEAST

    def weight(self, message: Message) -> int:
        """Return on every path, by an exhaustive match."""
        match message:
            case Ask(_, Level.LOW):
                return 0
            case Ask(level=level):
                return rank(level)
            case Mark(_, level):
                return rank(level, doubled=True)
            case Tell():
                return 1

    def asked(self, level: Level) -> set[Message]:
        if self.leader is None:
            return set(self.inbox)
        return {m for m in self.inbox if isinstance(m, Ask) and m.level is level}

    @property
    def ready(self) -> bool:
        return self.level is Level.HIGH

    @staticmethod
    def is_left(side: Side) -> bool:
        return side is Side.LEFT

    @invariant
    def weights(self) -> bool:
        return all(0 <= self.weight(m) <= 2 for m in self.inbox)

    @invariant
    def aliases(self) -> bool:
        return Level.LEAST is Level.LOW and len(Level) == 2 and self.level in Level and self.side in (Side.LEFT, Side.RIGHT)

    @invariant
    def kinds(self) -> bool:
        return self.last is None or isinstance(self.last, Ask | Tell) or isinstance(self.last, Message)

    @invariant
    def helpers(self) -> bool:
        return self.ready or self.is_left(self.side) or len(self.asked(self.level)) <= len(self.inbox)

    @reachable
    def truth(self) -> bool:
        return bool(self.inbox) and not any(isinstance(m, Tell) for m in self.inbox) and self.last != PREFERRED

    @step_invariant
    def some(self, after: Messages) -> bool:
        return self.side is after.side or not after.is_left(after.side)


class LouderMessages(Messages):
    """A variant that calls what it replaces."""

    @action
    def ask(self, n: Node, level: Level) -> None:
        require(level is Level.HIGH)
        super().ask(n, level)
