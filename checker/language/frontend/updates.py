"""Compiling calls as statements: require, procedures, and the methods that change containers of the state."""

from __future__ import annotations

import ast
import types

from assay.checker.language import model as decorators
from assay.checker.language.frontend.calls import is_super
from assay.checker.language.frontend.expressions import Expressions
from assay.checker.language.frontend.scope import Code, SelfBinding, Snapshot
from assay.checker.language.frontend.shapes import described
from assay.checker.language.frontend.typing import learned, together
from assay.checker.language.ir.nodes import (
    And,
    AssignLocal,
    BagUpdate,
    Block,
    Clear,
    Collection,
    Expr,
    Place,
    Require,
    Root,
    SeqAppend,
    SeqPop,
    SetOf,
    SetUpdate,
    Statement,
    Stored,
)
from assay.checker.language.types import BagType, SeqType, SetType, Type
from assay.checker.language.wording import article, listed

__all__ = ["Updates"]

_SET_CHANGES = {
    "add": "add",
    "discard": "discard",
    "update": "add",
    "difference_update": "discard",
    "intersection_update": "keep",
}
_METHODS: dict[type[Type], list[str]] = {
    SetType: [*_SET_CHANGES, "clear"],
    SeqType: ["append", "pop", "clear"],
    BagType: ["add", "remove", "clear"],
}


class Updates(Expressions):
    """Calls that change the state, or stop the action."""

    def block(self, statements: list[ast.stmt], node: ast.AST) -> Block:
        """Compile statements in sequence."""
        raise NotImplementedError

    def call_statement(self, node: ast.Call) -> list[Statement]:
        """Compile a call whose value is not used."""
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if is_super(owner):
                return self._procedure(node, *self.inherited_method(node.func))
            binding = self.names.get(owner.id) if isinstance(owner, ast.Name) else None
            if isinstance(binding, SelfBinding):
                return self._procedure(node, *self.own_method(node.func, binding))
            if not self.resolve(node.func)[0]:
                return [self._update(node, node.func)]
        found, target = self.resolve(node.func)
        if not found:
            self.no_function(node.func)
        if target is decorators.require:
            return [self._require(node)]
        if isinstance(target, types.FunctionType) and self.built_in(target) is None:
            return self._procedure(node, target, None)
        self.fail(
            node,
            f"{ast.unparse(node.func)}() as a statement does nothing in a model",
            "possible are require, methods that change a container of the state, and your own functions",
        )

    def _require(self, node: ast.Call) -> Require:
        if not node.args or node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            self.fail(node, "require takes one or more conditions", "require(a, b), or require(all(... for ...))")
        conditions = [self.condition(argument) for argument in node.args]
        for condition in conditions:
            self.facts = together(self.facts, learned(condition, True))
        condition = conditions[0] if len(conditions) == 1 else _all_evaluated(conditions)
        return Require(condition, location=self.at(node))

    def _procedure(self, node: ast.Call, function: types.FunctionType, owner: SelfBinding | None) -> list[Statement]:
        code = Code.of(function)
        names, lets = self.bound_arguments(node, code, owner)
        statements: list[Statement] = [AssignLocal(name, value, location=self.at(node)) for name, value in lets]
        with self.inside(code, names, node):
            body = self.block(code.node.body, code.node)
            facts = self.facts
        self.facts = {e: t for e, t in self.facts.items() if facts.get(e) == t}
        return [*statements, *body.statements]

    def writable(self, place: Place, node: ast.AST) -> Place:
        """Return a place that may be changed, or refuse."""
        if place.root is not Root.STATE:
            self.fail(node, "the state after a step cannot be changed", "compare it with the state before")
        return place

    def _update(self, node: ast.Call, function: ast.Attribute) -> Statement:
        self._demand_no_copy(function.value)
        value = self.value(function.value)
        methods = _METHODS.get(type(value.place.type), []) if isinstance(value, Stored) else []
        if not isinstance(value, Stored) or function.attr not in methods:
            self.fail(
                node,
                f"{article(described(value))} has no method {function.attr!r} in the language",
                _possible(value, methods),
            )
        place = self.writable(value.place, node)
        match place.type:
            case SetType(element):
                return self._change_set(node, function.attr, place, element)
            case SeqType(element, _):
                return self._change_seq(node, function.attr, place, element)
            case _:
                assert isinstance(place.type, BagType)
                return self._change_bag(node, function.attr, place, place.type.element)

    def _demand_no_copy(self, node: ast.expr) -> None:
        """Refuse to change a local set: its name stands for a value."""
        binding = self.names.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(binding, Snapshot) and not binding.alias:
            self.fail(node, "a local set or sequence is not changed in place", "compute it at once: {...} | {...}")

    def _change_set(self, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
        match name:
            case "add" | "discard":
                item = self._argument(node, element)
                return self.set_update(name, place, SetOf((item,), element, location=self.at(node)), node)
            case "clear":
                return self._cleared(place, node)
            case _:
                return self.set_update(_SET_CHANGES[name], place, self.collection(self.only(node), element), node)

    def set_update(self, operator: str, place: Place, value: Collection, node: ast.AST) -> SetUpdate:
        """Return the statement that adds a collection to a stored set, or removes it from there."""
        assert isinstance(place.type, SetType)
        widened = self.widened(value, place.type.element, node)
        self.wrote(place.variable)
        return SetUpdate(operator, place, widened, location=self.at(node))

    def _change_seq(self, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
        match name:
            case "append":
                item = self._argument(node, element)
                self.wrote(place.variable)
                return SeqAppend(place, item, location=self.at(node))
            case "pop":
                return self.pop(node, None)
            case _:
                return self._cleared(place, node)

    def pop(self, node: ast.Call, name: str | None) -> SeqPop:
        """Compile ``self.queue.pop(0)``, into a local name if there is one."""
        assert isinstance(node.func, ast.Attribute)
        self._demand_no_copy(node.func.value)
        place = self.writable(self.stored(node.func.value, SeqType, "sequence"), node)
        match node.args:
            case []:
                first = False
            case [ast.Constant(value=0)]:
                first = True
            case _:
                self.fail(node, "pop takes the last item, or the first", "pop() or pop(0)")
        assert isinstance(place.type, SeqType)
        self.wrote(place.variable)
        into = None
        if name is not None:
            into = self.fresh(name, place.type.element, node)
            self.names[name] = into
        return SeqPop(place, first, into, location=self.at(node))

    def _change_bag(self, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
        if name == "clear":
            return self._cleared(place, node)
        item = self._argument(node, element)
        self.wrote(place.variable)
        return BagUpdate(name == "add", place, item, location=self.at(node))

    def _argument(self, node: ast.Call, wanted: Type) -> Expr:
        argument = self.only(node)
        return self.fit(self.expr(argument, wanted), wanted, argument, "the element")

    def _cleared(self, place: Place, node: ast.Call) -> Clear:
        if node.args or node.keywords:
            self.fail(node, "clear takes no arguments", f"{ast.unparse(node.func)}()")
        self.wrote(place.variable)
        return Clear(place, location=self.at(node))


def _possible(value: object, methods: list[str]) -> str:
    if methods:
        return f"possible are {listed(methods)}"
    if isinstance(value, Place):
        return "assign its entries: self.m[k] = ..."
    return "only containers of the state can be changed"


def _all_evaluated(conditions: list[Expr]) -> Expr:
    """Return the conjunction of conditions that Python evaluates all before the first is looked at."""
    return And(tuple(conditions), eager=True, location=conditions[0].location)
