"""Map comprehensions: over all keys of the map's type, since every map in the language is total."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeGuard

from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import Binding
from assay.checker.language.frontend.context.outside import resolve
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.iterables.generators import bind_target
from assay.checker.language.frontend.expressions.iterables.spans import every_number, is_all_of
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.ir.nodes import Collection, Expr, IntRange, Let, MakeMap, Name, Universe
from assay.checker.language.types import IntType, MapType, SetType, Type, is_container

__all__ = [
    "bind_keys",
    "compile_from_keys",
    "compile_map",
    "copy_of",
    "every_key",
    "from_keys",
    "is_from_keys",
    "whole_map",
]


_MISPLACED = (
    "a map has no place here",
    "a map is assigned to a variable, or is a field of a record; compare it entry by entry",
)


def compile_map(scope: Scope, node: ast.DictComp, expected: Type | None) -> Expr:
    """Compile ``{k: ... for k in K}`` where a map is to be part of a value."""
    if not isinstance(expected, MapType):
        scope.fail(node, *_MISPLACED)
    variable, bindings = bind_keys(scope, expected, node)
    with scope.nested(**bindings), scope.comprehension_scope():
        value = scope.fit(compile_scalar(scope, node.value, expected.value), expected.value, node.value, "the value")
    return MakeMap(expected, variable, value, location=scope.at(node))


def compile_from_keys(scope: Scope, node: ast.Call, expected: Type | None) -> Expr:
    """Compile ``dict.fromkeys(K, value)`` where a map is to be part of a value."""
    if not isinstance(expected, MapType):
        scope.fail(node, *_MISPLACED)
    variable, source = from_keys(scope, expected, node)
    value = scope.fit(compile_scalar(scope, source, expected.value), expected.value, source, "the value")
    once = scope.fresh("value", value.type, source)
    made = MakeMap(expected, variable, once, location=scope.at(node))
    return Let(once, value, made, location=scope.at(node))


def is_from_keys(node: ast.expr, scope: Scope) -> TypeGuard[ast.Call]:
    """Return whether an expression is a call of ``dict.fromkeys``."""
    return isinstance(node, ast.Call) and resolve(scope, node.func)[1] == dict.fromkeys


def from_keys(scope: Scope, type_: MapType, node: ast.Call) -> tuple[Name, ast.expr]:
    """Return the variable for a key of ``dict.fromkeys(K, value)``, and the value, which Python evaluates once."""
    if not 1 <= len(node.args) <= 2 or node.keywords or any(isinstance(item, ast.Starred) for item in node.args):
        scope.fail(node, "dict.fromkeys takes the keys, and a value", every_key(scope, type_))
    if is_container(type_.value):
        scope.fail(node, "the keys would share one container", every_key(scope, type_))
    value = node.args[1] if len(node.args) == 2 else ast.copy_location(ast.Constant(None), node)
    key = ast.Name("k", ast.Load())
    clause = ast.comprehension(ast.Name("k", ast.Store()), node.args[0], [], 0)
    head = ast.fix_missing_locations(ast.copy_location(ast.DictComp(key, key, [clause]), node))
    return bind_keys(scope, type_, head)[0], value


def bind_keys(scope: Scope, type_: MapType, node: ast.expr) -> tuple[Name, dict[str, Binding]]:
    """Compile the head of a comprehension over all keys of a map: its variable, and the bindings of names."""
    match node:
        case ast.DictComp(key=ast.Name(id=key), generators=[ast.comprehension(ifs=[]) as clause]) if (
            _first_name(clause.target) == key
        ):
            variable, domain, bindings = bind_target(scope, clause.target, clause.iter)
        case _:
            scope.fail(node, "a map is assigned by a comprehension over all its keys", whole_map(scope, node, type_))
    if not _is_all_of(domain, type_.key):
        scope.fail(
            clause.iter,
            f"this is not all of {type_.key}, and a map has a value at every key",
            f"for {key} in {_all_of(scope, type_.key)}",
        )
    if isinstance(domain, IntRange):
        variable = scope.fresh(key, type_.key, clause.target)
        bindings = {**bindings, key: variable}
    return variable, bindings


def _first_name(target: ast.expr) -> str | None:
    """Return the name that stands for a key: ``k``, or that of ``k, v`` in ``for k, v in m.items()``."""
    match target:
        case ast.Name(id=name) | ast.Tuple(elts=[ast.Name(id=name), ast.Name()]):
            return name
        case _:
            return None


def _is_all_of(domain: Collection, key: Type) -> bool:
    """Return whether a collection holds every value of a type, each once."""
    if isinstance(domain, IntRange):
        return isinstance(key, IntType) and is_all_of(domain, key)
    return isinstance(domain, Universe) and domain.of == key


def _all_of(scope: Scope, key: Type) -> str:
    """Return what runs over every value of a type, as a method writes it."""
    return every_number(scope, key) if isinstance(key, IntType) else str(key)


def whole_map(scope: Scope, node: ast.expr, type_: MapType) -> str:
    """Return how a whole map is written, for one that leaves keys out: with a value for those, too."""
    if isinstance(node, ast.DictComp) and any(clause.ifs for clause in node.generators):
        return f"{{k: ... if ... else ... for k in {_all_of(scope, type_.key)}}}"
    match node:
        case ast.Call(args=[ast.Call() as inner]) if is_from_keys(inner, scope):
            return f"that is a map of its own: {ast.unparse(inner)}"
        case ast.Dict(keys=[None, *keys], values=[base, *values]) if keys and None not in keys:
            return _updated(scope, type_, base, keys, values)
        case ast.BinOp(left=base, op=ast.BitOr(), right=ast.Dict(keys=keys, values=values)) if None not in keys:
            return _updated(scope, type_, base, keys, values)
    return every_key(scope, type_)


def _updated(
    scope: Scope, type_: MapType, base: ast.expr, keys: Sequence[ast.expr | None], values: list[ast.expr]
) -> str:
    """Return a map as it is but for some keys, written out for each key; of two equal keys, the last counts."""
    text = f"{remedies.operand(base)}[k]"
    if is_from_keys(base, scope):
        text = ast.unparse(base.args[1]) if len(base.args) == 2 else "None"
    for key, value in zip(keys, values, strict=True):
        assert key is not None
        text = f"{remedies.operand(value)} if k == {remedies.operand(key)} else {text}"
    return f"{{k: {text} for k in {_all_of(scope, type_.key)}}}"


def copy_of(scope: Scope, type_: Type) -> str:
    """Return how a container is copied that is part of a value, with every container inside it, for messages."""
    keys: list[Type] = []
    while isinstance(type_, MapType) and is_container(type_.value):
        keys.append(type_.key)
        type_ = type_.value
    function = {MapType: "dict", SetType: "set"}.get(type(type_), "list")
    names = [_name(depth) for depth in range(len(keys))]
    text = f"{function}(...{''.join(f'[{name}]' for name in names)})"
    for name, key in reversed([*zip(names, keys, strict=True)]):
        text = f"{{{name}: {text} for {name} in {_all_of(scope, key)}}}"
    return text


def every_key(scope: Scope, type_: Type) -> str:
    """Return the comprehension that makes a whole map of a type, for messages."""
    text, keys = "...", []
    while isinstance(type_, MapType):
        keys.append(type_.key)
        type_ = type_.value
    for depth, key in reversed(list(enumerate(keys))):
        text = f"{{{_name(depth)}: {text} for {_name(depth)} in {_all_of(scope, key)}}}"
    return text


def _name(depth: int) -> str:
    """Return a name for the keys of a map inside so many others, for messages."""
    names = "kmn"
    return names[depth] if depth < len(names) else f"k{depth}"
