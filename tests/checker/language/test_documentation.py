"""The page on the language lists what the front end accepts: its own tables say what that is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import assay.checker.help
import pytest
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.expressions import calls, functions
from assay.checker.language.frontend.forms import FORMS
from assay.checker.language.frontend.statements import updates

PAGE = (Path(next(iter(assay.checker.help.__path__))) / "language.md").read_text(encoding="utf-8")
ALLOWED = PAGE.partition("## What is allowed inside")[2].partition("## What it means")[0]

METHODS = [
    *(method for methods in updates._METHODS.values() for method in methods),
    *(method for methods in calls._METHODS.values() for method in methods),
    *calls._SET_METHODS,
]


@pytest.mark.parametrize("name", dict.fromkeys([*functions.FUNCTIONS, *METHODS]))
def test_the_page_names_every_function_and_method_that_is_accepted(name: str) -> None:
    assert re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", PAGE), f"{name} is accepted, and nobody is told"


STATEMENTS = {
    ast.Assign: "assignment",
    ast.AugAssign: "`+=`",
    ast.AnnAssign: "assignment",
    ast.If: "`if`",
    ast.For: "`for`",
    ast.Match: "`match`",
    ast.Assert: "`assert`",
    ast.Expr: "calls of helpers",
    ast.Pass: "",
}
"""How the page names each form of statement."""


def test_the_page_names_every_form_of_statement() -> None:
    assert set(FORMS.statements) <= set(STATEMENTS), "a new form of statement needs its words on the page, and here"
    assert [words for form, words in STATEMENTS.items() if form in FORMS.statements and words not in ALLOWED] == []


def test_no_form_is_both_accepted_and_refused() -> None:
    accepted = {*FORMS.expressions, *FORMS.statements}
    conditional = {
        ast.AnnAssign,
        ast.Slice,
        ast.Assign,
        ast.DictComp,
    }  # accepted, but for a special case that has its own words
    assert accepted & {*remedies._EXPRESSIONS, *remedies._STATEMENTS} <= conditional
