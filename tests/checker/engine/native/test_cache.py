"""Compiled code between runs: found again, repaired, shared, and not needed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from assay.checker.engine.native import cache
from assay.checker.engine.native.codegen.operations.instructions import listing
from assay.checker.errors import AssayWarning
from assay.checker.storage import OwnDirectory, kept_directory

from tests.checker.engine.native.generated import answer
from tests.processes import started

CALL = """
import ctypes, sys
from assay.checker.engine.native.cache import load_functions
from assay.checker.engine.native.codegen.operations.instructions import listing
from tests.checker.engine.native.generated import answer
address = load_functions("answer", answer(41), listing(answer(41)), ("answer",))["answer"]
print(ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)(1), "numba" in sys.modules)
"""
ROOT = Path(__file__).parents[4]


def load(name="answer", by=41, entries=("answer",)):
    module = answer(by)
    return cache.load_functions(name, module, listing(module), entries)


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_CACHE_DIR", str(tmp_path / "cache"))
    kept_directory.cache_clear()
    yield tmp_path / "cache"
    kept_directory.cache_clear()


def call(address):
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)(1)


def in_another_process(directory):
    environment = os.environ | {"ASSAY_CACHE_DIR": str(directory)}
    return subprocess.run(
        [sys.executable, "-c", CALL], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_function_that_is_not_in_the_module_has_no_address(directory):
    addresses = load(entries=("answer", "question"))
    assert addresses["question"] == 0
    assert call(addresses["answer"]) == 42


def test_a_model_is_compiled_without_numba(directory):
    assert in_another_process(directory) == ["42", "False"]
    assert in_another_process(directory) == ["42", "False"]


@pytest.mark.parametrize("damage", [b"", b"assay object 1\n", b"\0" * 4096])
def test_a_damaged_file_is_made_again(directory, damage):
    load()
    (path,) = directory.glob("answer-*.o")
    whole = path.read_bytes()
    path.write_bytes(damage)
    assert call(load()["answer"]) == 42
    assert len(path.read_bytes()) == len(whole)


def test_a_file_with_one_wrong_byte_is_made_again(directory):
    load()
    (path,) = directory.glob("answer-*.o")
    content = bytearray(path.read_bytes())
    content[-7] ^= 1
    path.write_bytes(content)
    assert call(load()["answer"]) == 42


def test_other_source_is_another_file(directory):
    load()
    load(by=40)
    assert len(list(directory.glob("answer-*.o"))) == 2


def test_where_nothing_can_be_kept_code_is_compiled_once_for_this_process(directory, monkeypatch):
    directory.write_text("not a directory")
    with pytest.warns(AssayWarning, match="nothing is kept between runs: .*not a directory"):
        assert call(load()["answer"]) == 42
    monkeypatch.setattr("assay.checker.engine.native.compiler.compile_module", None)
    assert call(load()["answer"]) == 42


def test_a_directory_that_cannot_be_written_is_no_error(directory, monkeypatch):
    monkeypatch.setattr(OwnDirectory, "write", lambda self, name, content: None)
    assert call(load()["answer"]) == 42


def test_a_name_may_be_of_any_length_and_of_any_letters(directory):
    assert call(load("Ä/\0" * 100)["answer"]) == 42
    assert len(list(directory.iterdir())) == 1


def test_two_first_runs_at_once_do_no_harm(directory):
    environment = os.environ | {"ASSAY_CACHE_DIR": str(directory)}
    command = [sys.executable, "-c", CALL]
    with contextlib.ExitStack() as stack:
        runs = [
            stack.enter_context(started(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True))
            for _ in range(3)
        ]
        assert [run.communicate()[0].split()[0] for run in runs] == ["42"] * 3
    assert in_another_process(directory) == ["42", "False"]
