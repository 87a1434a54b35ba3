"""Termination detection after Dijkstra (EWD 998): nodes in a ring pass a token that counts messages in flight."""

from __future__ import annotations

from typing import Annotated

from assay.checker.language import (
    Enum,
    Map,
    Model,
    Parameter,
    Range,
    action,
    everywhere,
    implies,
    invariant,
    record,
    require,
)

Place = Annotated[int, Range(0, "last")]
"""A node, by its number in the ring."""


class Color(Enum):
    """White is innocent."""

    WHITE, BLACK = range(2)


@record
class Token:
    """What goes round: a sum of counters, and whether somebody has received a message since."""

    q: Range[-50, 50]
    color: Color


class Termination(Model):
    """EWD 998 with channels."""

    default = {"last": 2}

    last: Parameter[int] = 2

    active: Map[Place, bool] = everywhere(True)
    color: Map[Place, Color] = everywhere(Color.WHITE)
    counter: Map[Place, Range[-50, 50]] = everywhere(0)
    pending: Map[Place, Range[0, 50]] = everywhere(0)
    token: Token = Token(0, Color.BLACK)
    at: Place = 0
    is_moving: bool = True

    def is_conclusive(self) -> bool:
        return (
            self.token.color is Color.WHITE
            and self.color[0] is Color.WHITE
            and self.token.q + self.counter[0] == 0
            and not self.active[0]
        )

    @action
    def send(self, n: Place, to: Place) -> None:
        require(self.active[n])
        self.counter[n] += 1
        self.pending[to] += 1

    @action
    def receive(self, n: Place) -> None:
        require(self.pending[n] > 0)
        self.pending[n] -= 1
        self.counter[n] -= 1
        self.color[n] = Color.BLACK
        self.active[n] = True

    @action
    def deactivate(self, n: Place) -> None:
        require(self.active[n])
        self.active[n] = False

    @action
    def initiate(self) -> None:
        require(self.at == 0, not self.is_moving, not self.is_conclusive())
        self.token = Token(0, Color.WHITE)
        self.color[0] = Color.WHITE
        self.at = self.last
        self.is_moving = True

    @action
    def pass_token(self, n: Annotated[int, Range(1, "last")]) -> None:
        require(self.at == n, not self.is_moving, not self.active[n])
        is_black = self.color[n] is Color.BLACK or self.token.color is Color.BLACK
        self.token = Token(self.token.q + self.counter[n], Color.BLACK if is_black else Color.WHITE)
        self.color[n] = Color.WHITE
        self.at = n - 1
        self.is_moving = True

    @action
    def take_token(self, n: Place) -> None:
        """Take it out of the inbox; a node that is active puts it back, and takes it again."""
        require(self.at == n)
        self.is_moving = False

    @action
    def tell_the_end(self, n: Place) -> None:
        """Tell that all is done, or hear it."""
        require(self.at == 0, not self.is_moving, self.is_conclusive())

    @invariant
    def the_end_is_the_end(self) -> bool:
        return implies(
            self.at == 0 and not self.is_moving and self.is_conclusive(),
            all(not self.active[n] and self.pending[n] == 0 for n in range(self.last + 1)),
        )
