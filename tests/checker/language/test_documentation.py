"""The page on the language lists what the front end accepts: its own tables say what that is."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import assay.checker.help
import pytest
from assay.checker import language
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.expressions import calls, functions
from assay.checker.language.frontend.forms import FORMS
from assay.checker.language.frontend.statements import updates
from assay.checker.language.model import Fires

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


def test_the_page_names_every_claim_that_an_action_makes_of_its_firing() -> None:
    assert {f'fires="{claim}"' for claim in get_args(Fires)} - {'fires="somewhere"'} <= set(
        re.findall(r'fires="\w+"', PAGE)
    )
    assert all(f"`{name}=`" in PAGE or f"({name}=" in PAGE for name in ("fair", "each", "fires"))


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
    assert accepted & {*remedies.EXPRESSIONS, *remedies.STATEMENTS} <= conditional


CONSTRUCTS = Path(__file__).with_name("constructs")
"""Models that both explorers run, and whose formulas are held against their code."""

LIVENESS = {
    *("Fairness", "Formula", "Holds", "Violates", "always", "always_eventually", "eventually", "happens"),
    *("hint", "leads_to", "refines", "strong", "temporal", "until", "weak"),
}
"""What the page names, and other pages explain: expectations, liveness, refinement and inference."""


@pytest.fixture(scope="module")
def used() -> set[object]:
    """Return the names that the models of constructs use, and the forms of syntax."""
    found: set[object] = set()
    for path in CONSTRUCTS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(type(node))
            found.update(getattr(node, name, None) for name in ("id", "attr", "arg", "name"))
    return found


def test_whatever_the_page_names_is_used_in_a_model_with_one_meaning_in_all_readings(
    used: set[object],
) -> None:
    told = {word for span in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"[A-Za-z_]\w*", span)}
    vocabulary = {*language.__all__, *functions.FUNCTIONS, *METHODS} & told
    assert sorted(vocabulary - used - LIVENESS) == [], "documented, and no model in tests/checker/language/constructs"
    assert vocabulary - used >= LIVENESS


def test_every_form_of_syntax_is_used_in_such_a_model(used: set[object]) -> None:
    assert {*FORMS.expressions, *FORMS.statements} <= used
    operators = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.BitOr, ast.BitAnd, ast.In, ast.NotIn, ast.Is)
    patterns = (ast.MatchAs, ast.MatchClass, ast.MatchValue, ast.MatchSingleton, ast.MatchOr, ast.MatchSequence)
    assert {*operators, *patterns, ast.USub, ast.Not, ast.Starred, ast.Slice} <= used
