"""Map comprehensions: over all keys of the map's type, since every map in the language is total."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Binding
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.iterables.generators import bind_target
from assay.checker.language.frontend.expressions.iterables.spans import every_number, is_all_of
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.ir.nodes import Collection, Expr, IntRange, MakeMap, Name, Universe
from assay.checker.language.types import IntType, MapType, SetType, Type, is_container

__all__ = ["bind_keys", "compile_map", "copy_of", "every_key"]


def compile_map(scope: Scope, node: ast.DictComp, expected: Type | None) -> Expr:
    """Compile ``{k: ... for k in K}`` where a map is to be part of a value."""
    if not isinstance(expected, MapType):
        remedy = "a map is assigned to a variable, or is a field of a record; compare it entry by entry"
        scope.fail(node, "a map has no place here", remedy)
    variable, bindings = bind_keys(scope, expected, node)
    with scope.nested(**bindings), scope.comprehension_scope():
        value = scope.fit(compile_scalar(scope, node.value, expected.value), expected.value, node.value, "the value")
    return MakeMap(expected, variable, value, location=scope.at(node))


def bind_keys(scope: Scope, type_: MapType, node: ast.expr) -> tuple[Name, dict[str, Binding]]:
    """Compile the head of a comprehension over all keys of a map: its variable, and the bindings of names."""
    match node:
        case ast.DictComp(key=ast.Name(id=key), generators=[ast.comprehension(ifs=[]) as clause]) if (
            _first_name(clause.target) == key
        ):
            variable, domain, bindings = bind_target(scope, clause.target, clause.iter)
        case _:
            scope.fail(node, "a map is assigned by a comprehension over all its keys", _whole(scope, node, type_))
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


def _whole(scope: Scope, node: ast.expr, type_: MapType) -> str:
    """Return how a whole map is written, for one that leaves keys out: with a value for those, too."""
    if isinstance(node, ast.DictComp) and any(clause.ifs for clause in node.generators):
        return f"{{k: ... if ... else ... for k in {_all_of(scope, type_.key)}}}"
    return every_key(scope, type_)


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
