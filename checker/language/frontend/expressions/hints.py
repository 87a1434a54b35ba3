"""Annotations in the bodies of methods, which state the types of values and elements."""

from __future__ import annotations

import ast
from typing import Annotated, get_args, get_origin

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.introspection.annotations import type_of
from assay.checker.language.types import Type

__all__ = ["element_hint", "element_named", "type_named"]


def element_named(scope: Scope, annotation: ast.expr) -> Type:
    """Return the type of the elements of ``set[Node]``, as it is written in the body of a method.

    Raises
    ------
    ModelError
        If that is no container, or its elements are of no type of the language.
    """
    container = element_hint(_evaluated_hint(scope, annotation))
    if container is None:
        scope.fail(annotation, f"{ast.unparse(annotation)} is no set or list", "write set[T] or list[T]")
    return type_of(container, scope.at(annotation))


def type_named(scope: Scope, annotation: ast.expr) -> Type:
    """Return the type that an annotation in the body of a method stands for.

    Raises
    ------
    ModelError
        If it is no type of the language.
    """
    return type_of(_evaluated_hint(scope, annotation), scope.at(annotation))


def _evaluated_hint(scope: Scope, annotation: ast.expr) -> object:
    try:
        return scope.code.evaluate(annotation)
    except Exception as error:  # an annotation is any expression, and may raise anything
        scope.fail(
            annotation,
            f"{ast.unparse(annotation)} is no type: {error}",
            "name a type that the module defines or imports",
        )


def element_hint(hint: object) -> object:
    """Return the annotation of the elements of a set or list; None if it is one of neither."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return get_args(hint)[0] if get_origin(hint) in (set, frozenset, list) else None
