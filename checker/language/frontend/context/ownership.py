"""Whose container an expression denotes: its own, that of a local name, or that of a name where a helper is called.

A local name for a container stands for an expression. In Python it is one object, and once that is assigned to a state
variable, every other name of it denotes what is in the state. So such an assignment is refused, and a copy asked for.
Helpers are inlined, and may return an argument uncopied, so that it has names in both.
"""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Snapshot
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_empty

__all__ = ["borrowed", "is_open", "local_container", "note_returned"]


def is_open(scope: Scope, node: ast.expr) -> bool:
    """Return whether an expression is an empty collection, or the name of one, that takes any type of element."""
    binding = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    return is_empty(node) or (isinstance(binding, Snapshot) and binding.open)


def local_container(scope: Scope, node: ast.expr) -> str | None:
    """Return the local name whose container an expression may evaluate to, uncopied; None if there is none."""
    if isinstance(node, ast.Name):
        binding = scope.names.get(node.id)
        return node.id if isinstance(binding, Snapshot) and not binding.alias else None
    if isinstance(node, ast.IfExp):
        return local_container(scope, node.body) or local_container(scope, node.orelse)
    return scope.passed_on.get(node)  # of a call that has been compiled


def note_returned(scope: Scope, node: ast.expr) -> None:
    """Note the value that a helper returns, if that may be an argument, uncopied."""
    name = borrowed(scope, node)
    if name is not None and scope.call is not None:
        scope.passed_on[scope.call] = name


def borrowed(scope: Scope, node: ast.expr) -> str | None:
    """Return the caller's name for the container that an expression in this helper may evaluate to, uncopied."""
    name = local_container(scope, node)
    binding = None if name is None else scope.names[name]
    return binding.borrowed if isinstance(binding, Snapshot) else None
