"""What the native functions of a model have in common: layout and tables, states in registers, exits on failure."""

from __future__ import annotations

from assay.checker.engine.native.abi import STATUS_ASKED, STATUS_DONE, STATUS_ERROR
from assay.checker.engine.native.codegen.context import Context
from assay.checker.engine.native.codegen.facts import Facts
from assay.checker.engine.native.codegen.forms import FORMS
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Register, Table
from assay.checker.engine.native.codegen.operations.truth import choose
from assay.checker.engine.native.codegen.operations.values import FALSE, RegisterType, Word, number, signed
from assay.checker.engine.native.codegen.packing.access import StateView
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.codegen.packing.slots import WORD
from assay.checker.engine.native.signatures import Parameter
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.ir.nodes import Root

__all__ = ["MOST_STATES", "Unit", "fail_here", "finish", "load_registers", "quorum_tables", "registers_of"]


MOST_STATES = 1 << 40
"""More states than any call receives; with this bound, the indices of their words fit a machine word."""


@immutable
class Unit:
    """What the functions of a model share."""

    layout: Layout
    facts: Facts
    tables: dict[object, Table]

    def context(self, b: Builder, views: dict[Root, StateView], status: Parameter) -> Context:
        """Return what is known at the start of an action or predicate."""
        layout, asked = self.layout, b.register("asked", RegisterType.BIT)
        b.set(asked, FALSE)
        return Context(layout.codes, layout, self.facts, FORMS, self.tables, b, views, b.label(), status, asked)


def quorum_tables(instance: Instance, layout: Layout) -> dict[object, Table]:
    """Return the members of each quorum as bits, in as many words as the sort takes."""
    tables: dict[object, Table] = {}
    for quorum in instance.specification.quorums:
        words = -(-layout.codes.size(quorum.member) // WORD)
        bits = [sum(1 << member for member in members) for members in instance.quorums[quorum.cls]]
        entries = tuple(signed(row >> (WORD * word), WORD) for row in bits for word in range(words))
        tables[quorum.cls] = Table(f"quorums{len(tables)}", entries)
    return tables


def registers_of(b: Builder, layout: Layout, prefix: str) -> dict[int, Register]:
    """Return fresh registers for the words of a state that are kept in registers."""
    return {index: b.register(f"{prefix}{index}", RegisterType.WORD) for index in layout.registers}


def load_registers(b: Builder, layout: Layout, view: StateView) -> None:
    """Load those words of a state from memory."""
    for index in layout.registers:
        b.set(view.registers[index], view.load(b, number(index)))


def finish(b: Builder, status: Parameter, result: Word) -> None:
    """End a function: set its status, and return a number."""
    b.store(status, number(0), number(STATUS_DONE))
    b.leave(result)


def fail_here(ctx: Context, state: Register, index: int, result: Register | None) -> None:
    """Generate the exit of an action or predicate that has no answer, or is asked to wait: write the status, return.

    Code continues after it; only a jump to the context's failure label reaches the exit.
    """
    b, after = ctx.b, ctx.b.label()
    b.jump(after)
    b.place(ctx.failure)
    ended = choose(b, b.get_bool(ctx.asked), number(STATUS_ASKED), number(STATUS_ERROR))
    for field, value in ((0, ended), (1, b.get_word(state)), (2, number(index))):
        b.store(ctx.status, number(field), value)
    b.leave(number(0) if result is None else b.get_word(result))
    b.place(after)
