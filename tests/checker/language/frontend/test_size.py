"""What is large or deep compiles in time linear in its source, or is refused with its place."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import time
from pathlib import Path

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import specify
from assay.checker.language.ir.nodes import Literal, Name, Node, Not, Or, mentioned_names, substituted, walk
from assay.checker.language.ir.program import ModelIR
from assay.checker.language.types import BOOL

from tests.tiers import one_in

HANGS = 60
"""Seconds of processor time that no machine needs for this, and that what doubles exceeds on every machine."""

HEAD = """\
from assay.checker.language import *
class Large(Model):
    default = {}
    x: Range[0, 3] = 0
    b: bool
    s: Set[Range[0, 3]]
    @action
    def up(self) -> None:
        self.x = (self.x + 1) % 4
"""
_numbers = itertools.count()


def compiled(source: str, directory: Path) -> ModelIR:
    name = f"large_model_{next(_numbers)}"
    path = directory / f"{name}.py"
    path.write_text(HEAD + source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return compile_model(specify(module.Large))


def claim(expression: str) -> str:
    return f"    @invariant\n    def claim(self) -> bool:\n        return {expression}\n"


def act(*lines: str) -> str:
    return "    @action\n    def act(self) -> None:\n" + "".join(f"        {line}\n" for line in lines)


def pure(*lines: str) -> str:
    return "    @invariant\n    def claim(self) -> bool:\n" + "".join(f"        {line}\n" for line in lines)


def helpers(count: int, body: str, last: str, result: str) -> str:
    defined = "".join(
        f"    def h{k}(self) -> {result}:\n        {body.format(f'self.h{k + 1}()')}\n" for k in range(count)
    )
    return defined + f"    def h{count}(self) -> {result}:\n        {last}\n"


def elifs(count: int) -> list[str]:
    rest = (f"elif self.x == {k}:\n            self.x = 2" for k in range(1, count))
    return ["if self.x == 0:\n            self.x = 1", *rest]


COMPILED = {
    "alternatives": claim(" or ".join(f"self.x == {k}" for k in range(3000))),
    "terms": claim(" + ".join(["self.x"] * 150) + " >= 0"),
    "negations": claim("not " * 150 + "self.b"),
    "sets": claim("0 in " + " | ".join(["self.s"] * 150)),
    "quantifiers": claim("any(" * 60 + "self.b" + "".join(f" for v{k} in self.s)" for k in range(60))),
    "branches": act(*elifs(150)),
    "nested loops": act(*("    " * k + f"for v{k} in range(1):" for k in range(19)), "    " * 19 + "self.b = True"),
    "statements": act(*(f"self.x = (self.x + {k}) % 4" for k in range(5000))),
    "local names": act(*(f"v{k} = self.x + {k}" for k in range(5000)), "self.x = v4999 % 4"),
    "a chain of helpers": helpers(90, "return {0}", "return self.x < 4", "bool") + claim("self.h0()"),
    "a name on many paths": pure("y = 0", *(f"if self.x == {k}: y = {k}" for k in range(120)), "return y < 3"),
    "helpers that double a little": helpers(9, "return {0} + {0}", "return 1", "int") + claim("self.h0() > 0"),
    "the largest of many": claim("max(" + ", ".join(f"self.x + {k}" for k in range(150)) + ") > 0"),
    "names of a set": (
        "    def some(self) -> Set[Range[0, 3]]:\n"
        + "".join(f"        v{k} = self.x\n" for k in range(60))
        + "        return {k for k in self.s if k != v59}\n"
        + claim("self.some() == set()")
    ),
}
REFUSED = {
    "terms": claim(" + ".join(["self.x"] * 1000) + " >= 0"),
    "negations": claim("not " * 1000 + "self.b"),
    "conditions": claim("0 <= (" + "".join(f"{k} if self.x == {k} else " for k in range(500)) + "0)"),
    "sets": claim("0 in " + " | ".join(["self.s"] * 1000)),
    "branches": act(*elifs(300)),
    "a chain of helpers": helpers(300, "return {0}", "return self.x < 4", "bool") + claim("self.h0()"),
    "cases": pure(
        "match self.x:", *(f"    case {k}:\n                return True" for k in range(1000)), "return self.b"
    ),
    "helpers that double": helpers(24, "return {0} + {0}", "return 1", "int") + claim("self.h0() > 0"),
    "procedures that double": helpers(24, "{0}; {0}", "self.b = True", "None") + act("self.h0()"),
    "procedures in loops": helpers(
        12, "\n        for i in range(1):\n            {0}\n            {0}", "self.b = True", "None"
    )
    + act("self.h0()"),
    "returns": act(
        *(f"if self.x == {k}:\n            self.x = 1\n            if self.b: return" for k in range(24)), "self.x = 0"
    ),
}


@pytest.mark.parametrize("name", one_in(3, COMPILED))
def test_what_is_large_compiles_in_time_linear_in_it(name: str, tmp_path: Path) -> None:
    began = time.process_time()
    model = compiled(COMPILED[name], tmp_path)
    assert time.process_time() - began < HANGS
    assert all(isinstance(part, Node) for action in model.actions for part in walk(action.body))


@pytest.mark.parametrize("name", one_in(3, REFUSED))
def test_what_is_too_deep_or_doubles_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    began = time.process_time()
    with pytest.raises(ModelError, match=r"nested more than 200 levels deep|repeat more than 20,000 parts") as caught:
        compiled(REFUSED[name], tmp_path)
    assert time.process_time() - began < HANGS
    assert caught.value.location
    assert caught.value.location.line > HEAD.count("\n")
    assert caught.value.help


def test_a_node_of_any_depth_is_walked_through() -> None:
    node: Not | Literal = Literal(True, BOOL)
    for _ in range(100_000):
        node = Not(node)
    assert sum(1 for _ in walk(node)) == 100_001


def test_nodes_are_walked_through_outermost_first_and_from_left_to_right() -> None:
    names = [Name(name, BOOL) for name in "abc"]
    node = Or((Not(names[0]), names[1], Not(Or((names[2],)))))
    found = [part.name if isinstance(part, Name) else type(part).__name__ for part in walk(node)]
    assert found == ["Or", "Not", "a", "b", "Not", "Or", "c"]


def test_values_stand_in_place_of_names() -> None:
    a, b, c = (Name(name, BOOL) for name in "abc")
    node = Or((Not(a), b, Not(Or((c, a)))))
    replaced = substituted(node, {a: Not(b), c: Literal(True, BOOL)})
    assert replaced == Or((Not(Not(b)), b, Not(Or((Literal(True, BOOL), Not(b))))))
    assert mentioned_names(replaced) == {"b"}
    assert substituted(node, {}) is node
