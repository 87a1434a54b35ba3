"""Quantifiers, sums, extremes and cardinalities in generated code."""

from __future__ import annotations

from contextlib import ExitStack

from assay.checker.engine.native.codegen.analysis import narrowed_scope
from assay.checker.engine.native.codegen.casts import Casts
from assay.checker.engine.native.codegen.restrict import demanded, without
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    Collection,
    Extreme,
    Name,
    Quantifier,
    Sum,
)

__all__ = ["Folds", "negated"]


class Folds(Casts):
    """What runs over collections to one value."""

    def _quantified(self, node: Quantifier) -> str:
        scoped = narrowed_scope(node)
        if scoped is not node:
            return self.expr(scoped)
        by_mask = self._quantified_by_mask(node)
        return by_mask if by_mask is not None else self._quantified_by_loop(node)

    def _quantified_by_mask(self, node: Quantifier) -> str | None:
        if self.universe_size(node.variable.type) is None:
            return None
        with self.attempt() as lines:
            domain = self.collection_mask(node.domain)
            body = self.mask(node.body, node.variable) if domain is not None else None
        if domain is None or body is None:
            return None
        self.out.replay(lines)
        return f"(({domain} & ~{body}) == 0)" if node.universal else f"(({domain} & {body}) != 0)"

    def _quantified_by_loop(self, node: Quantifier) -> str:
        result = self.out.fresh("all" if node.universal else "any")
        self.out.line(f"{result} = {node.universal}")
        stop: str | None = f"not {result}" if node.universal else result
        if can_fail(node.body):
            stop = None  # every element is evaluated, and what that may raise is raised
        conditions = demanded(node.body, node.universal)
        with self.iterate_where(node.domain, node.variable, conditions, stop) as used:
            body = self.expr(without(node.body, used, node.universal))
            with self.out.block(f"if {negated(body) if node.universal else body}:"):
                self.out.line(f"{result} = {not node.universal}")
        return result

    def _cardinality(self, collection: Collection) -> str:
        mask = self.collection_mask(collection)
        if mask is not None:
            return f"population({mask})"
        total = self.out.fresh("count")
        self.out.line(f"{total} = 0")
        with ExitStack() as stack:
            self.distinct(stack, collection, Name(self.out.fresh("element"), collection.element))
            self.out.line(f"{total} += 1")
        return total

    def _sum(self, node: Sum) -> str:
        total = self.out.fresh("sum")
        self.out.line(f"{total} = 0")
        with ExitStack() as stack:
            self.generate(stack, node.generators, None, once=True)
            self.out.line(f"{total} += {self.expr(node.element)}")
        return total

    def _extreme(self, node: Extreme) -> str:
        best, found = self.out.fresh("best"), self.out.fresh("found")
        self.out.line(f"{best}, {found} = 0, False")
        with ExitStack() as stack:
            self.generate(stack, node.generators, None, once=True)
            value = self.out.named("value", self.expr(node.element))
            with self.out.block(f"if not {found} or {value} {'>' if node.largest else '<'} {best}:"):
                self.out.line(f"{best}, {found} = {value}, True")
        if node.default is None:
            self.fail_if(f"not {found}")
            return best
        with self.out.block(f"if not {found}:"):
            self.out.line(f"{best} = {self.expr(node.default)}")
        return best


def negated(text: str) -> str:
    """Return source for the negation of a condition."""
    return {"True": "False", "False": "True"}.get(text, f"(not {text})")
