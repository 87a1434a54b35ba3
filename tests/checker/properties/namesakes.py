"""Models with a property called ``deadlock``: a name, and not the state in which nothing can happen."""

from assay.checker.language import Model, Range, action, invariant, reachable, require
from assay.checker.language.expectations import Violates


class Circle(Model):
    """Never stops; the property of that name is reached all the same."""

    x: Range[0, 3] = 0

    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 4

    @reachable
    def deadlock(self) -> bool:
        return self.x == 3


class DeadEnd(Model):
    """Stops at 3, and violates the property of that name at 2."""

    x: Range[0, 3] = 0

    @action
    def up(self) -> None:
        require(self.x < 3)
        self.x += 1

    @invariant
    def deadlock(self) -> bool:
        return self.x != 2


class Ambiguous(DeadEnd):
    """Does not say which of the two it is expected to violate."""

    expected = Violates("deadlock")
