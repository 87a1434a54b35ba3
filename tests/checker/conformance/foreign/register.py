"""A register with compare-and-set, as clients see it: what is called takes effect once before its answer."""

from __future__ import annotations

from assay.checker.language import Enum, Map, Model, Range, Sort, action, everywhere, record, require


class Process(Sort):
    """A client, one operation at a time."""


class Phase(Enum):
    """How far an operation is."""

    NONE, CALLED, DONE = range(3)


@record
class Operation:
    """What was called, and once it is done what came of it."""

    kind: Range[0, 2]
    old: Range[0, 4]
    new: Range[0, 4]


class Register(Model):
    """A register of the values 0 to 4, or nothing yet."""

    default = {"Process": 5}

    value: Range[-1, 4] = -1
    phase: Map[Process, Phase] = everywhere(Phase.NONE)
    operation: Map[Process, Operation | None]
    read: Map[Process, Range[-1, 4]] = everywhere(-1)
    matched: Map[Process, bool]

    def call(self, p: Process, operation: Operation) -> None:
        require(self.phase[p] is Phase.NONE)
        self.phase[p] = Phase.CALLED
        self.operation[p] = operation

    @action
    def call_read(self, p: Process) -> None:
        self.call(p, Operation(0, 0, 0))

    @action
    def call_write(self, p: Process, new: Range[0, 4]) -> None:
        self.call(p, Operation(1, 0, new))

    @action
    def call_cas(self, p: Process, old: Range[0, 4], new: Range[0, 4]) -> None:
        self.call(p, Operation(2, old, new))

    @action
    def take_effect(self, p: Process) -> None:
        """The moment between call and answer that nobody logs."""
        operation = self.operation[p]
        require(self.phase[p] is Phase.CALLED, operation is not None)
        if operation is not None:
            self.matched[p] = operation.kind != 2 or operation.old == self.value
            if operation.kind == 0:
                self.read[p] = self.value
            elif self.matched[p]:
                self.value = operation.new
        self.phase[p] = Phase.DONE

    def answer(self, p: Process) -> None:
        require(self.phase[p] is Phase.DONE)
        self.phase[p] = Phase.NONE
        self.operation[p] = None
        self.read[p] = -1
        self.matched[p] = False

    @action
    def answer_read(self, p: Process, value: Range[-1, 4]) -> None:
        require(self.read[p] == value)
        self.answer(p)

    @action
    def answer_write(self, p: Process) -> None:
        self.answer(p)

    @action
    def answer_cas(self, p: Process) -> None:
        require(self.matched[p])
        self.answer(p)

    @action
    def refuse_cas(self, p: Process) -> None:
        require(not self.matched[p])
        self.answer(p)

    @action
    def give_up(self, p: Process) -> None:
        """Nobody knows whether it took effect, or will."""
        require(self.phase[p] is not Phase.NONE)
