"""``assay.lock``: canonical, read as it was written, and refused in one line where it means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.gate.facts import Item, ItemKind
from assay.checker.gate.lock_file import Lock, parse, read_lock, render, write_lock
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.gate.projects import project
from tests.command_line import Assay

NAMES = st.text(st.characters(codec="utf-8"), max_size=8)
ITEMS = st.builds(Item, st.sampled_from(ItemKind), NAMES, NAMES)
VALUES = st.one_of(NAMES, st.integers(-(2**62), 2**62))
FACTS = st.one_of(
    st.dictionaries(st.tuples(NAMES), VALUES, max_size=4),
    st.dictionaries(st.tuples(NAMES, NAMES), VALUES, max_size=4),
)


@given(st.dictionaries(ITEMS, FACTS.filter(bool), max_size=4))
def test_a_lock_file_is_read_as_it_was_written(lock: Lock) -> None:
    assert parse(render(lock), Path("assay.lock")) == lock


@given(st.dictionaries(ITEMS, FACTS.filter(bool), max_size=4))
def test_the_order_of_what_was_found_does_not_matter(lock: Lock) -> None:
    backwards = {item: dict(reversed(facts.items())) for item, facts in reversed(lock.items())}
    assert render(backwards) == render(lock)


def test_each_fact_is_a_line() -> None:
    item = Item(ItemKind.MODEL, "a b.py", "smoke Node=3")
    lock = {item: {("verdict",): "two\nlines", ("states",): 3, ("property", "is.odd"): 'a "word"'}}
    assert render(lock).splitlines()[3:] == [
        '[model."a b.py"."smoke Node=3"]',
        'verdict = "two\\nlines"',
        "states = 3",
        'property."is.odd" = "a \\"word\\""',
    ]


def test_no_file_is_no_lock_and_what_is_written_is_read(tmp_path: Path) -> None:
    path, lock = tmp_path / "assay.lock", {Item(ItemKind.QUORUM, "zoo.cfg", "default"): {("verdict",): "safe"}}
    assert read_lock(path) is None
    write_lock(path, lock)
    assert read_lock(path) == lock


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "version = 1\n<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> theirs\n",
            "assay.lock:2: it holds the markers of a merge",
        ),
        ("version = 1\n||||||| base\n", "assay.lock:2: it holds the markers of a merge conflict"),
        ("version = 2\n", "assay.lock: it is of version 2, and this assay knows version 1"),
        ("", "not a lock file: it has no version that is known"),
        ("version = true\n", "not a lock file: it has no version that is known"),
        ('version = "1"\n', "not a lock file: it has no version that is known"),
        ("version = 0\n", "not a lock file: it has no version that is known"),
        ("version = 1\nversion = 1\n", "not a lock file: Cannot overwrite a value"),
        ("version = 1\n[modle.x.y]\na = 1\n", "not a lock file: 'modle' is nothing that is gated"),
        ("version = 1\nmodel = 1\n", "not a lock file: 'model' is no table"),
        ("version = 1\n[model]\nx = 1\n", "not a lock file: 'x' is no table"),
        ("version = 1\n[model.x]\ny = 1\n", "not a lock file: 'x y' is no table"),
        ("version = 1\n[model.x.y]\na = [1]\n", "not a lock file: a is neither text nor a number"),
        ("version = 1\n[model.x.y]\na.b = 1.5\n", "not a lock file: a.b is neither text nor a number"),
        ("version = 1\na = " + "[" * 5000, "not a lock file: it is nested too deep"),
        (f"version = 1\nx = {'9' * 5000}\n", "not a lock file"),
        ("\x00", "not a lock file"),
    ],
)
def test_what_is_no_lock_file_is_refused_in_one_line(tmp_path: Path, assay: Assay, text: str, complaint: str) -> None:
    project(tmp_path)
    (tmp_path / "assay.lock").write_text(text)
    ran = assay("gate")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert complaint in ran.err.splitlines()[0]
    assert len(ran.err.splitlines()) == 2


def test_a_lock_file_that_is_no_file_or_no_text_is_refused(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    (tmp_path / "assay.lock").write_bytes(b"\xff\xfe")
    assert "it is not text in UTF-8" in assay("gate").err
    (tmp_path / "assay.lock").unlink()
    (tmp_path / "assay.lock").mkdir()
    assert assay("gate").status == 2


def test_facts_of_something_unknown_are_told_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "assay.lock"
    path.write_text('version = 1\n[model."lease.py".default]\nsomething.else = 3\n')
    assert read_lock(path) == {Item(ItemKind.MODEL, "lease.py", "default"): {("something", "else"): 3}}
