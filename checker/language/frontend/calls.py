"""Compiling calls in expressions: of functions, records, methods of the model and of collections."""

from __future__ import annotations

import ast
import inspect
import types
from typing import Any, NoReturn

from assay.checker.language import model as decorators
from assay.checker.language import values
from assay.checker.language.frontend.functions import FUNCTIONS
from assay.checker.language.frontend.helpers import Helpers
from assay.checker.language.frontend.scope import SelfBinding, Value
from assay.checker.language.frontend.shapes import described, is_set
from assay.checker.language.ir.nodes import (
    BagCount,
    Collection,
    Comparison,
    Expr,
    Place,
    SetOf,
    SetOperation,
    SetRelation,
    Stored,
)
from assay.checker.language.types import BagType, MapType, SeqType, Type
from assay.checker.language.wording import article, listed, nearest

__all__ = ["Calls", "is_super"]

_LIBRARY_ONLY = (decorators.require, values.everywhere, values.anything)
_SET_OPERATORS = {"union": "|", "intersection": "&", "difference": "-"}
_SET_METHODS = sorted({*_SET_OPERATORS, "issubset", "issuperset", "isdisjoint"})
_MUTATORS = {"add", "discard", "remove", "append", "pop", "clear", "update", "insert", "extend"}


class Calls(Helpers):
    """Calls in expressions; calls as statements are in `updates`."""

    def call(self, node: ast.Call, expected: Type | None) -> Value:
        """Compile a call whose value is used."""
        if isinstance(node.func, ast.Lambda):
            self.fail(node.func, "a lambda is not part of the language", "define a function")
        if isinstance(node.func, ast.Attribute):
            bound = self._method_call(node, node.func, expected)
            if bound is not None:
                return bound
        found, target = self.resolve(node.func)
        if not found:
            self.no_function(node.func)
        return self._called(node, target, expected)

    def no_function(self, node: ast.expr) -> NoReturn:
        """Refuse a call of what does not exist, or is no function."""
        if isinstance(node, ast.Name) and node.id not in self.names:
            self.no_name(node.id, node)
        self.fail(
            node, f"{ast.unparse(node)} is no function", f"possible are {listed(FUNCTIONS)} and your own functions"
        )

    def _called(self, node: ast.Call, target: Any, expected: Type | None) -> Value:
        built_in = self.built_in(target)
        if built_in is not None:
            return built_in(node, expected)
        if target in _LIBRARY_ONLY:
            self.fail(
                node,
                f"{target.__name__} has no place inside an expression",
                "require is a statement of an action; everywhere and anything are initial values",
            )
        if isinstance(target, types.FunctionType):
            return self.inlined(node, target, None, expected)
        if isinstance(target, type) and target.__module__ != "builtins":
            return self.constructed(node, target)
        self.fail(
            node,
            f"{ast.unparse(node.func)}() is not part of the language",
            f"possible are {listed(FUNCTIONS)} and your own functions",
        )

    # Methods

    def _method_call(self, node: ast.Call, function: ast.Attribute, expected: Type | None) -> Value | None:
        if is_super(function.value):
            return self.inlined(node, *self.inherited_method(function), expected)
        if isinstance(function.value, ast.Name):
            owner = self.names.get(function.value.id)
            if isinstance(owner, SelfBinding):
                return self.inlined(node, *self.own_method(function, owner), expected)
        if self.resolve(function)[0]:
            return None
        return self._collection_method(node, function)

    def own_method(self, function: ast.Attribute, owner: SelfBinding) -> tuple[types.FunctionType, SelfBinding | None]:
        """Return the method that ``self.name`` denotes, and the state that it is about: none if it is static."""
        cls = self.specification.cls
        method = inspect.getattr_static(cls, function.attr, None)
        if isinstance(method, classmethod):
            self.fail(function, f"{function.attr} is a classmethod", "make it a method, or a function")
        if isinstance(method, staticmethod) and isinstance(method.__func__, types.FunctionType):
            return method.__func__, None
        if not isinstance(method, types.FunctionType):
            known = [name for name, _ in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("__")]
            self.fail(
                function,
                f"{self.specification.name} has no method {function.attr!r}{nearest(function.attr, known)}",
                f"it has {listed(known)}",
            )
        return method, owner

    def inherited_method(self, function: ast.Attribute) -> tuple[types.FunctionType, SelfBinding | None]:
        """Return the method that ``super().name`` denotes, and the state that it is about: none if it is static."""
        receiver = self._receiver(function.value)
        mro = self.specification.cls.__mro__
        _, owner = self.code.lookup("__class__")
        bases = mro[mro.index(owner) + 1 :] if owner in mro else ()
        for cls in bases:
            if function.attr in vars(cls):
                return self._demand_method(vars(cls)[function.attr], receiver, function)
        known = [name for cls in bases for name, value in vars(cls).items() if isinstance(value, types.FunctionType)]
        self.fail(
            function,
            f"no base of this class has a method {function.attr!r}{nearest(function.attr, known)}",
            f"they have {listed(dict.fromkeys(known))}",
        )

    def _demand_method(
        self, method: object, owner: SelfBinding, function: ast.Attribute
    ) -> tuple[types.FunctionType, SelfBinding | None]:
        if isinstance(method, staticmethod) and isinstance(method.__func__, types.FunctionType):
            return method.__func__, None
        if isinstance(method, types.FunctionType):
            return method, owner
        self.fail(
            function,
            f"{ast.unparse(function)} is {article(type(method).__name__)}, not a method",
            "super() calls methods and helpers",
        )

    def _receiver(self, node: ast.expr) -> SelfBinding:
        """Return the state that ``super()`` is about: that of the method in which it stands."""
        assert isinstance(node, ast.Call)
        if node.args or node.keywords:
            self.fail(node, "super takes no arguments here", "super().method(...)")
        if self.in_comprehension:
            self.fail(
                node,
                "super() has no place inside a comprehension: Python makes a function of its own of that",
                "let a helper of the model call it, or name its value before",
            )
        arguments = self.code.node.args
        first = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)][:1]
        binding = self.names.get(first[0]) if first else None
        if isinstance(binding, SelfBinding):
            return binding
        self.fail(node, "super() has no state here", "call it in a method whose first parameter is self")

    def _collection_method(self, node: ast.Call, function: ast.Attribute) -> Value:
        name, owner = function.attr, self.value(function.value)
        if isinstance(owner, Stored) and isinstance(owner.place.type, BagType) and name == "count":
            element = self.fit(self.expr(self.only(node), owner.element), owner.element, node, "what is counted")
            return BagCount(owner.place, element, location=self.at(node))
        if isinstance(owner, Collection) and name in _SET_METHODS and is_set(owner):
            return self._set_method(name, owner, self.collection(self.only(node), owner.element), node)
        if name in _MUTATORS and isinstance(owner, Stored):
            self.fail(node, f".{name}() changes the state; its value cannot be used", "write it as a statement")
        self.no_method(owner, name, node)

    def no_method(self, owner: Value, name: str, node: ast.AST) -> NoReturn:
        """Refuse a method that a value does not have in the language."""
        type_ = (
            owner.place.type if isinstance(owner, Stored) else owner.type if isinstance(owner, Expr | Place) else None
        )
        methods = (
            ["count"] if isinstance(type_, BagType) else [] if isinstance(type_, MapType | SeqType) else _SET_METHODS
        )
        remedy = f"it has {listed(methods)}" if methods else "index it, loop over it, or ask for its len(...)"
        self.fail(
            node,
            f"{article(described(owner))} has no method {name!r} whose value could be used{nearest(name, methods)}",
            "it has none" if isinstance(owner, Expr) else remedy,
        )

    def _set_method(self, name: str, left: Collection, right: Collection, node: ast.expr) -> Value:
        if name in _SET_OPERATORS:
            return self.combined(_SET_OPERATORS[name], left, right, node)
        left, right = self.alike(left, right, node)
        if name == "isdisjoint":
            both = SetOperation("&", left, right, location=self.at(node))
            return SetRelation(Comparison.EQ, both, SetOf((), left.element), location=self.at(node))
        if name == "issuperset":
            left, right = right, left
        return SetRelation(Comparison.LE, left, right, location=self.at(node))


def is_super(node: ast.expr) -> bool:
    """Return whether an expression is ``super()``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
