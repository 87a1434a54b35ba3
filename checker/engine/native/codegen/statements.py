"""Statements in generated code: what an action does to the working copy of a state."""

from __future__ import annotations

from contextlib import ExitStack

from assay.checker.engine.native.codegen.analysis import has_require
from assay.checker.engine.native.codegen.sequences import Sequences
from assay.checker.language.ir.nodes import (
    Assign,
    AssignCollection,
    AssignLocal,
    AssignMap,
    BagUpdate,
    Block,
    Clear,
    Expr,
    For,
    If,
    Require,
    SeqAppend,
    SeqPop,
    SeqStore,
    SetUpdate,
    Statement,
)

__all__ = ["Statements"]


class Statements(Sequences):
    """Statements. `enabled` names the flag that a require lowers."""

    enabled: str | None = None

    def block(self, block: Block) -> None:
        """Write statements in sequence."""
        for statement in block.statements:
            self.statement(statement)

    def statement(self, node: Statement) -> None:
        """Write one statement."""
        match node:
            case Block():
                self.block(node)
            case Require(condition):
                self._require(condition)
            case Assign(place, value):
                self._assign(place, value)
            case AssignLocal(variable, value):
                self.out.line(f"{self.assigned(variable)} = {self.expr(value)}")
            case If():
                self._if(node)
            case For():
                self._for(node)
            case _:
                self._update(node)

    def _update(self, node: Statement) -> None:
        match node:
            case AssignCollection(place, value):
                self._assign_collection(place, value)
            case AssignMap():
                self._assign_map(node)
            case SetUpdate(operator, place, value):
                self._update_set(operator, place, value)
            case SeqAppend(place, value):
                self._append(place, value)
            case SeqPop():
                self._pop(node)
            case SeqStore(place, index, value):
                self._store_item(place, index, value)
            case BagUpdate(add, place, value):
                self._update_bag(add, place, value)
            case Clear(place):
                self._clear(self.spot(place))
            case _:
                raise NotImplementedError(type(node).__name__)

    # Control

    def _require(self, condition: Expr) -> None:
        test = self.expr(condition)
        with self.out.block(f"if not {test}:"):
            self.out.line(f"{self.enabled} = False")
            self.out.line("break")

    def _if(self, node: If) -> None:
        with self.out.block(f"if {self.expr(node.test)}:"):
            self.block(node.then)
        if node.otherwise.statements:
            with self.out.block("else:"):
                self.block(node.otherwise)

    def _for(self, node: For) -> None:
        stop = f"not {self.enabled}" if has_require(node.body) else None
        with ExitStack() as stack:
            if stop is None:
                self.distinct(stack, node.domain, node.variable)
            else:
                stack.enter_context(self.iterate(node.domain, node.variable, stop))
            self.block(node.body)
        if stop is not None:
            with self.out.block(f"if {stop}:"):
                self.out.line("break")
