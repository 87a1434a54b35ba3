"""Clusters by name: what is missing, and what raises, is said in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from assay.impl import paxos
from assay.impl.node import ClusterError
from assay.impl.runtime.loading import load_module


def test_a_protocol_of_the_library_goes_by_its_name_and_any_module_by_its_dotted_one() -> None:
    assert load_module("paxos") is paxos
    assert load_module("assay.impl.paxos") is paxos


@pytest.mark.parametrize("name", ["no_such_module", "assay.no_such_module", "assay.impl.paxos.deeper", "", "..", "a-b"])
def test_what_does_not_exist_is_said(name: str) -> None:
    with pytest.raises(ClusterError, match="there is no implementation"):
        load_module(name)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_dependency", "raised ModuleNotFoundError: No module named 'no_such_dependency'"),
        ("1 / 0", "raised ZeroDivisionError: division by zero"),
        ("def", "raised SyntaxError: invalid syntax"),
    ],
)
@pytest.mark.parametrize("is_file", [True, False])
def test_what_raises_when_it_is_imported_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str, is_file: bool
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "some_nodes.py"
    path.write_text(source)
    with pytest.raises(ClusterError, match=f"importing .*some_nodes.* {said}"):
        load_module(str(path) if is_file else "some_nodes")


def test_of_two_files_of_one_name_the_second_is_not_taken_for_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "twins.py").write_text(f"where = {folder!r}")
    first = load_module(str(tmp_path / "a" / "twins.py"))
    assert load_module(str(tmp_path / "a" / ".." / "a" / "twins.py")) is first
    with pytest.raises(ClusterError, match="has the same name as"):
        load_module(str(tmp_path / "b" / "twins.py"))
