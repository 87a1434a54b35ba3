"""The dispatch tables from each form of Python's syntax to the function that compiles it; other forms are refused."""

from __future__ import annotations

import ast
from typing import NoReturn

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.scope import Forms, Scope
from assay.checker.language.frontend.expressions.atoms import compile_attribute, compile_constant, compile_name
from assay.checker.language.frontend.expressions.calls import compile_call
from assay.checker.language.frontend.expressions.comparisons import compile_comparison
from assay.checker.language.frontend.expressions.displays import compile_display
from assay.checker.language.frontend.expressions.iterables.chosen import compile_set
from assay.checker.language.frontend.expressions.iterables.generators import compile_listing
from assay.checker.language.frontend.expressions.iterables.maps import compile_map
from assay.checker.language.frontend.expressions.operands import compile_bool_op
from assay.checker.language.frontend.expressions.operators import compile_binary, compile_if_expression, compile_unary
from assay.checker.language.frontend.expressions.subscripts import compile_subscript, compile_tuple
from assay.checker.language.frontend.statements.assignments import compile_annotated, compile_assignment
from assay.checker.language.frontend.statements.augmented import compile_augmented
from assay.checker.language.frontend.statements.branches import compile_assertion, compile_if
from assay.checker.language.frontend.statements.cases import compile_match
from assay.checker.language.frontend.statements.deletions import refuse_delete
from assay.checker.language.frontend.statements.fors import compile_for
from assay.checker.language.frontend.statements.updates import compile_expression_statement
from assay.checker.language.ir.nodes import Statement
from assay.checker.language.types import Type

__all__ = ["FORMS"]


def _compile_generator(scope: Scope, node: ast.GeneratorExp, _: Type | None) -> NoReturn:
    made: ast.expr = ast.ListComp(node.elt, node.generators)
    try:
        with scope.rehearsing():
            compile_listing(scope, node, None)
    except ModelError:
        made = ast.SetComp(node.elt, node.generators)
    what = "list" if isinstance(made, ast.ListComp) else "set"
    scope.fail(node, "a generator has no place here", f"make a {what} of it: {ast.unparse(made)}")


def _compile_pass(_scope: Scope, _node: ast.Pass) -> list[Statement]:
    return []


FORMS = Forms(
    expressions={
        ast.Constant: compile_constant,
        ast.Name: compile_name,
        ast.Attribute: compile_attribute,
        ast.Subscript: compile_subscript,
        ast.Call: compile_call,
        ast.Compare: compile_comparison,
        ast.BoolOp: compile_bool_op,
        ast.UnaryOp: compile_unary,
        ast.BinOp: compile_binary,
        ast.IfExp: compile_if_expression,
        ast.Tuple: compile_tuple,
        ast.Set: compile_display,
        ast.List: compile_display,
        ast.SetComp: compile_set,
        ast.ListComp: compile_listing,
        ast.DictComp: compile_map,
        ast.GeneratorExp: _compile_generator,
    },
    statements={
        ast.Pass: _compile_pass,
        ast.Expr: compile_expression_statement,
        ast.Assign: compile_assignment,
        ast.AnnAssign: compile_annotated,
        ast.AugAssign: compile_augmented,
        ast.If: compile_if,
        ast.Assert: compile_assertion,
        ast.For: compile_for,
        ast.Match: compile_match,
    },
    refusals={ast.Delete: refuse_delete},
)
