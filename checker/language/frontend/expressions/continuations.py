"""Continuations: what is left of a helper's body after a statement, which each branch compiles for itself."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.types import Type

__all__ = ["Continuation"]


@immutable
class Continuation:
    """What is left of a helper's body after a statement.

    Attributes
    ----------
    statements : tuple of ast.stmt
        The statements that follow.
    function : ast.AST
        The helper, where no statement is left to point at.
    expected : Type, optional
        The type, or the type of elements, that suits the value that the helper returns.
    """

    statements: tuple[ast.stmt, ...]
    function: ast.AST
    expected: Type | None

    def preceded_by(self, statements: Sequence[ast.stmt]) -> Continuation:
        """Return the continuation of a branch: its own statements come first."""
        return replace(self, statements=(*statements, *self.statements))
