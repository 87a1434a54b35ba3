"""Look up the method that ``self.name`` or ``super().name`` denotes."""

from __future__ import annotations

import ast
import inspect
import types

from assay.checker.language.frontend.context.bindings import SelfBinding
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.model import removed
from assay.checker.wording import article, listed, nearest

__all__ = ["inherited_method", "is_super", "own_method"]


def own_method(
    scope: Scope, function: ast.Attribute, owner: SelfBinding
) -> tuple[types.FunctionType, SelfBinding | None]:
    """Return the method that ``self.name`` denotes, and the state that it receives, or None if it is static."""
    cls = scope.specification.cls
    method = inspect.getattr_static(cls, function.attr, None)
    if isinstance(method, classmethod):
        scope.fail(function, f"{function.attr} is a classmethod", "make it a method, or a function")
    if isinstance(method, staticmethod) and isinstance(method.__func__, types.FunctionType):
        return method.__func__, None
    _demand_present(scope, method, function)
    if not isinstance(method, types.FunctionType):
        known = [name for name, _ in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("__")]
        scope.fail(
            function,
            f"{scope.specification.name} has no method {function.attr!r}{nearest(function.attr, known)}",
            f"it has {listed(known)}",
        )
    return method, owner


def inherited_method(scope: Scope, function: ast.Attribute) -> tuple[types.FunctionType, SelfBinding | None]:
    """Return the method that ``super().name`` denotes, and the state that it receives, or None if it is static."""
    receiver = _receiver(scope, function.value)
    mro = scope.specification.cls.__mro__
    _, owner = scope.code.lookup("__class__")
    bases = mro[mro.index(owner) + 1 :] if owner in mro else ()
    for cls in bases:
        if function.attr in vars(cls):
            return _demand_method(scope, vars(cls)[function.attr], receiver, function)
    known = [name for cls in bases for name, value in vars(cls).items() if isinstance(value, types.FunctionType)]
    scope.fail(
        function,
        f"no base of this class has a method {function.attr!r}{nearest(function.attr, known)}",
        f"they have {listed(dict.fromkeys(known))}",
    )


def _demand_present(scope: Scope, method: object, function: ast.Attribute) -> None:
    if method is removed:
        scope.fail(
            function,
            f"{ast.unparse(function)} is removed in this class or in a base of it",
            f"name the class whose method is meant: Base.{function.attr}(self, ...)",
        )


def _demand_method(
    scope: Scope, method: object, owner: SelfBinding, function: ast.Attribute
) -> tuple[types.FunctionType, SelfBinding | None]:
    if isinstance(method, staticmethod) and isinstance(method.__func__, types.FunctionType):
        return method.__func__, None
    if isinstance(method, types.FunctionType):
        return method, owner
    _demand_present(scope, method, function)
    scope.fail(
        function,
        f"{ast.unparse(function)} is {article(type(method).__name__)}, not a method",
        "super() calls methods and helpers",
    )


def _receiver(scope: Scope, node: ast.expr) -> SelfBinding:
    """Return the state that a method of ``super()`` receives: that of the method being compiled."""
    assert isinstance(node, ast.Call)
    if node.args or node.keywords:
        scope.fail(node, "super takes no arguments here", "super().method(...)")
    if scope.in_comprehension:
        scope.fail(
            node,
            "super() has no place inside a comprehension: Python makes a function of its own of that",
            "let a helper of the model call it, or name its value before",
        )
    arguments = scope.code.node.args
    first = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)][:1]
    binding = scope.names.get(first[0]) if first else None
    if isinstance(binding, SelfBinding):
        return binding
    scope.fail(node, "super() has no state here", "call it in a method whose first parameter is self")


def is_super(node: ast.expr) -> bool:
    """Return whether an expression is ``super()``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
