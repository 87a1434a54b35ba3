"""Whatever is written as the type of a variable is a type of the language, or refused in one line."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from assay.checker.errors import AssayError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from hypothesis import given
from hypothesis import strategies as st

HEAD = """\
from typing import Annotated, Literal, Optional, Union
from assay.checker.language import *


class Node(Sort):
    "A sort."


class Ballot(Order):
    "An order."


class Quorum(QuorumSystem[Node]):
    "Quorums."


class Color(Enum):
    RED = 0


@record
class Vote:
    node: Node


class Odd(Model):
    default = {"Node": 2, "Ballot": 2}
    flag: bool = False
"""

TAIL = """
    @action
    def toggle(self) -> None:
        self.flag = not self.flag
"""

ATOMS = (
    *("bool", "int", "str", "float", "object", "None", "Nat", "Node", "Ballot", "Quorum", "Color", "Vote", "Model"),
    *("0", "1", "-1", "2.5", "True", "'Node'", "'1 + 1'", "''", "...", "()", "[]", "[Node]", "{}", "Missing", "1 / 0"),
    *("Color.RED", "Set", "Map", "Seq", "Bag", "Range", "Perm", "AtMost", "Relation", "Function", "Parameter"),
    *("list", "dict", "set", "tuple", "Range(0, 1)", "AtMost(1)", "lambda: 0", "Sort", "Order", "Enum"),
)
GENERIC = (
    *("Set", "Map", "Seq", "Bag", "Range", "Perm", "Relation", "Function", "Parameter", "AtMost", "Sort"),
    *("list", "dict", "set", "tuple", "frozenset", "Optional", "Union", "Annotated", "Literal", "QuorumSystem"),
    *("Node", "Vote", "Quorum"),
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    applied = st.tuples(st.sampled_from(GENERIC), st.lists(inner, min_size=1, max_size=3))
    either = st.tuples(inner, st.sampled_from(["None", "Vote", "Node"]))
    return st.one_of(applied.map(lambda pair: f"{pair[0]}[{', '.join(pair[1])}]"), either.map(" | ".join))


ANNOTATIONS = st.recursive(st.sampled_from(ATOMS), _larger, max_leaves=6)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("annotations")


@given(ANNOTATIONS, st.sampled_from(["", " = anything()", " = None", " = 0", " = Missing"]))
def test_an_annotation_is_a_type_or_refused_in_one_line(folder: Path, annotation: str, start: str) -> None:
    path = folder / f"odd_{next(_numbers)}.py"
    path.write_text(f"{HEAD}    odd: {annotation}{start}\n{TAIL}", encoding="utf-8")
    message = _refusal(path)
    assert message is None or (message and "\n" not in message)


def _refusal(path: Path) -> str | None:
    try:
        instantiate(load(str(path)).specification, {})
    except AssayError as error:
        return error.message
    return None
