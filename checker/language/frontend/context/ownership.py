"""Whose container an expression denotes: its own, that of a local name, or that of a name where a helper is called.

A local name for a container stands for an expression. In Python it is one object, and once that is assigned to a state
variable, every other name of it denotes what is in the state. So such an assignment is refused, and a copy asked for.
Helpers are inlined, and may return an argument uncopied, so that it has names in both.
"""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import GivenAway, Snapshot
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_empty

__all__ = ["borrowed", "demand_no_copy", "demand_own", "is_open", "local_container", "note_returned", "returned_by"]


def is_open(scope: Scope, node: ast.expr) -> bool:
    """Return whether an expression is an empty collection, or the name of one, that takes any type of element."""
    binding = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    return is_empty(node) or (isinstance(binding, Snapshot) and binding.open)


def local_container(scope: Scope, node: ast.expr) -> str | None:
    """Return the local name whose container an expression may evaluate to, uncopied; None if there is none."""
    if isinstance(node, ast.Name):
        binding = scope.names.get(node.id)
        own = isinstance(binding, GivenAway) or (isinstance(binding, Snapshot) and not binding.alias)
        return node.id if own else None
    if isinstance(node, ast.IfExp):
        return local_container(scope, node.body) or local_container(scope, node.orelse)
    return scope.passed_on.get(node)  # of a call that has been compiled


def demand_own(scope: Scope, node: ast.expr) -> None:
    """Refuse to hand on a container of the action's own, uncopied, once it is the value of a place."""
    name = local_container(scope, node)
    binding = None if name is None else scope.names.get(name)
    if isinstance(binding, GivenAway):
        scope.fail(
            node,
            f"{name} is the container in {binding.place} since it was assigned to it",
            f"assign a copy: {binding.place} = {binding.copy}({name})",
        )


def demand_no_copy(scope: Scope, node: ast.expr) -> None:
    """Refuse to change what a call returns: in the IR, a copy is the same expression as what it is a copy of."""
    while isinstance(node, ast.Subscript):
        node = node.value
    call = returned_by(scope, node)
    if call is not None:
        scope.fail(
            node, f"this changes what {call} returns, which may be a copy", "change a variable: self.x, or self.x[k]"
        )


def returned_by(scope: Scope, node: ast.expr) -> str | None:
    """Return the call that made the container which an expression denotes, maybe where this helper is called."""
    if isinstance(node, ast.Call):
        return ast.unparse(node)
    binding = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    return binding.borrowed if isinstance(binding, Snapshot) and binding.alias else None


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
