"""Whatever Python computes of lists: both explorers reach what a search in plain Python reaches, and it is proved.

Each case is an expression over two sequences, an element `x` and a number `k`, all of which are chosen; what the action
computes is stored. The oracle evaluates the same text over plain lists.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.prover import ProofOptions, prove_model

from tests.tiers import one_in

MODEL = """
from assay.checker.language import *

class B(Order):
    "An order."

class M(Model):
    default = {{"B": 2}}
    check_deadlock = False
    xs: Seq[B, 2] = anything()
    ys: Seq[B, 1] = anything()
    done: bool = False
    x: B = first(B)
    k: Range[-3, 3] = 0
    number: Range[-4, 9] = 0
    line: Seq[B, 4]
    maybe: B | None = None
    is_true: bool = False

    @action
    def step(self, x: B, k: Range[-3, 3]) -> None:
        require(not self.done, {guard})
        self.done, self.x, self.k = True, x, k
        {body}

    @invariant
    def stored(self) -> bool:
        x, k = self.x, self.k
        return not self.done or ({claim})
"""

NUMBERS = [
    ("self.xs.index(x)", "x in self.xs"),
    ("self.xs.count(x)", "True"),
    ("sum(i for i, y in enumerate(self.xs, start=2) if y == x)", "True"),
    ("next((i for i, y in enumerate(self.xs, 1) if y == x), 0)", "True"),
    ("max(range(len(self.xs)), key=lambda i: self.xs[i])", "len(self.xs) > 0"),
    ("min(range(3), key=lambda i: (i - k) * (i - k))", "True"),
    ("max(range(k), key=lambda i: -i * i, default=7)", "True"),
    ("sum(i * j for i, j in enumerate(range(k, 5, 3)))", "True"),
    ("next((i for i in reversed(range(k, 3)) if i % 2 == 0), 5)", "True"),
    ("next((i for i in range(3, k, -2) if i < 2), 5)", "True"),
    ("sum(2 * i + j for i, j in zip(range(3), range(k, -4, -1)))", "k < 2"),
    ("sum(i + j for i, j in enumerate(reversed(range(k, 3, 2))))", "True"),
]
LISTS = [
    ("self.xs[k:]", "True"),
    ("self.xs[:k]", "True"),
    ("self.xs[-1:k]", "True"),
    ("self.xs[::-1] + self.ys", "True"),
    ("[y for i, y in enumerate(self.xs, 1) if i > k]", "True"),
    ("[y for y, z in zip(self.xs, self.ys) if y == z]", "True"),
    ("[self.xs[i] for i in range(len(self.xs)) if i % 2 == 0]", "True"),
    ("list(reversed(self.xs))", "True"),
    ("sorted(self.xs + self.ys)", "True"),
    ("[y for y in reversed(B) if y >= x]", "True"),
    ("[y for i, y in enumerate(B, 1) if i > k]", "True"),
    ("[y for y, z in zip(self.xs, reversed(B)) if y != z]", "True"),
    ("[self.xs[i] for i in range(len(self.xs) - 1, -1, -1)]", "True"),
    ("[self.xs[i] for i in reversed(range(len(self.xs)))]", "True"),
    ("sorted(self.xs, reverse=True)", "True"),
    ("sorted(max(y, z) for y in self.xs for z in self.xs)", "True"),
]
TRUTHS = [
    ("x in self.xs[1:]", "True"),
    ("all(y == z for y, z in zip(self.xs, reversed(self.xs)))", "True"),
    ("any(i == k and y == x for i, y in enumerate(reversed(self.xs), -2))", "True"),
    ("self.xs[:len(self.ys)] == self.ys", "True"),
    ("k in set(range(-3, 4, 2))", "True"),
    ("k in list(reversed(range(0, 4, 2)))", "True"),
]
OPTIONS = [
    ("next((y for y in self.xs if y > x), None)", "True"),
    ("max(self.xs, default=None)", "True"),
    ("max(B, key=lambda b: self.xs.count(b))", "True"),
    ("max(self.xs, key=lambda y: self.ys.count(y), default=None)", "True"),
    ("min((y for y in self.xs if y > x), key=lambda y: k, default=x)", "True"),
    ("self.xs[k]", "-len(self.xs) <= k < len(self.xs)"),
]
EXPRESSIONS = [
    (variable, *case)
    for variable, cases in (("number", NUMBERS), ("line", LISTS), ("is_true", TRUTHS), ("maybe", OPTIONS))
    for case in cases
]
STATEMENTS = [
    ("self.maybe = self.xs.pop(k)", "-len(self.xs) <= k < len(self.xs)"),
    ("self.xs.insert(k, x)", "len(self.xs) < 2"),
    ("self.xs.remove(x)", "x in self.xs"),
    ("for i, y in enumerate(self.xs, 1):\n            self.number += i if y == x else 0", "True"),
    ("for i in range(3, k, -2):\n            self.number = i\n            if i < 1: break", "True"),
    ("for i in reversed(range(k)):\n            self.number = i - self.number", "True"),
    ("for i, y in enumerate(self.xs):\n            self.xs[-1] = x\n            self.maybe = y", "True"),
    ("for y in reversed(self.xs):\n            self.xs[0] = x\n            self.maybe = y", "True"),
    ("for i, y in enumerate(list(self.xs)):\n            self.xs[-1] = x\n            self.maybe = y", "True"),
    ("for y, z in zip(self.xs[1:], list(self.xs)):\n            self.xs = [z]\n            self.maybe = y", "True"),
]


def specified(folder: Path, body: str, guard: str, claim: str = "True") -> Specification:
    path = folder / "model.py"
    path.write_text(MODEL.format(body=body, guard=guard, claim=claim))
    return load(f"{path}:M").specification


@pytest.mark.parametrize(
    ("variable", "expression", "guard"), one_in(4, EXPRESSIONS), ids=[case[1] for case in EXPRESSIONS]
)
def test_what_is_computed_of_lists_is_what_python_computes(
    variable: str, expression: str, guard: str, tmp_path: Path
) -> None:
    body = f"self.{variable} = {expression}"
    specification = specified(tmp_path, body, guard, f"self.{variable} == ({expression})")
    assert_counts(specification, body, guard)


@pytest.mark.parametrize(("body", "guard"), STATEMENTS, ids=[case[0].split("\n")[0] for case in STATEMENTS])
def test_what_changes_a_list_leaves_what_python_leaves(body: str, guard: str, tmp_path: Path) -> None:
    assert_counts(specified(tmp_path, body, guard), body, guard)


PROVED = ["self.xs[::-1] + self.ys", "sorted(self.xs, reverse=True)", "next((y for y in self.xs if y > x), None)"]


@pytest.mark.parametrize("case", [case for case in EXPRESSIONS if case[1] in PROVED], ids=PROVED)
def test_what_is_stored_is_proved_to_be_what_is_computed(case: tuple[str, str, str], tmp_path: Path) -> None:
    variable, expression, guard = case
    sound = specified(tmp_path, f"self.{variable} = {expression}", guard, f"self.{variable} == ({expression})")
    assert prove_model(sound, ProofOptions(workers=1)).verdict is Verdict.HOLDS
    folder = tmp_path / "broken"
    folder.mkdir()
    broken = specified(folder, f"self.{variable} = {expression}", guard, f"self.{variable} != ({expression})")
    result = prove_model(broken, ProofOptions(workers=1))
    assert result.verdict is Verdict.VIOLATED
    assert result.violated == ("stored",)


@pytest.mark.parametrize(
    "body",
    [
        "for i, y in enumerate(self.xs):\n            self.xs = self.xs[1:]\n            self.maybe = y",
        "for y in reversed(self.xs):\n            self.xs.clear()\n            self.maybe = y",
        "for y, z in zip(self.xs, self.xs[1:]):\n            self.xs[1] = x\n            self.maybe = z",
    ],
    ids=["enumerate", "reversed", "zip"],
)
def test_a_loop_must_not_change_the_list_whose_items_it_takes(body: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the loop (runs over self\.xs, and does more|changes xs, of which)"):
        check(instantiate(specified(tmp_path, body, "True")), Options(Engine.REFERENCE))


def assert_counts(specification: Specification, body: str, guard: str) -> None:
    """Compare both explorers with a search by hand."""
    states, generated = reached(body, guard)
    instance = instantiate(specification)
    for engine in (Engine.REFERENCE, Engine.NATIVE):
        result = check(instance, Options(engine))
        assert result.verdict is Verdict.HOLDS
        assert (result.exploration.distinct, result.exploration.generated) == (len(states), generated)


def reached(body: str, guard: str) -> tuple[set[Any], int]:
    """Return the states that are reached, and how often any was generated, by running the text over plain lists."""
    code, condition = (compile(text, "<case>", mode) for text, mode in ((_dedented(body), "exec"), (guard, "eval")))
    starts = list(itertools.product(_lists(2), _lists(1)))
    states = {_frozen(_state(xs, ys)) for xs, ys in starts}
    generated = len(starts)
    for xs, ys in starts:
        for x, k in itertools.product(range(2), range(-3, 4)):
            state = _state(xs, ys)
            names = {"self": state, "x": x, "k": k, "B": range(2)}
            if eval(condition, names):
                state.done, state.x, state.k = True, x, k
                exec(code, names)
                states.add(_frozen(state))
                generated += 1
    return states, generated


def _dedented(body: str) -> str:
    return body.replace("\n        ", "\n")


def _lists(most: int) -> Iterator[tuple[int, ...]]:
    return itertools.chain.from_iterable(itertools.product(range(2), repeat=length) for length in range(most + 1))


def _state(xs: tuple[int, ...], ys: tuple[int, ...]) -> SimpleNamespace:
    variables = {"done": False, "x": 0, "k": 0, "number": 0, "line": [], "maybe": None, "is_true": False}
    return SimpleNamespace(xs=list(xs), ys=list(ys), **variables)


def _frozen(state: SimpleNamespace) -> tuple[Any, ...]:
    as_value: Callable[[Any], Any] = lambda value: tuple(value) if isinstance(value, list) else value  # noqa: E731
    return tuple(as_value(value) for value in vars(state).values())
