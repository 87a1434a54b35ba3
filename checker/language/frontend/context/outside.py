"""Names from outside the method being compiled: globals, built-ins, and attributes of classes and modules."""

from __future__ import annotations

import ast
import builtins
import types
from typing import Any

from assay.checker.language.frontend.context.scope import Scope

__all__ = ["PYTHONS", "resolve"]

PYTHONS = "Python's "
"""What the names of built-in functions begin with in syntax that we make; no name of a model has a blank."""


def resolve(scope: Scope, node: ast.expr) -> tuple[bool, Any]:
    """Return whether a dotted name denotes an object outside the method, and the object."""
    match node:
        case ast.Name(id=name) if name.startswith(PYTHONS):
            return True, getattr(builtins, name.removeprefix(PYTHONS))
        case ast.Name(id=name) if name not in scope.names:
            return scope.code.lookup(name)
        case ast.Attribute(value=owner, attr=attr):
            # Only attributes of modules and classes: those of other objects may be computed, and change.
            found, thing = resolve(scope, owner)
            if found and isinstance(thing, type | types.ModuleType) and hasattr(thing, attr):
                return True, getattr(thing, attr)
    return False, None
