"""Malformed models are refused in one clear line: what was found, where, and what is possible.

The models are in `malformed/`: real files, in which a comment under a line says which error it is to give::

        while self.flag:
    #   ^ `while` is not part of the language
    #     help: loop over a sort, a set or range(...)

The caret stands under the column; ``#<`` stands for column 1. Each class has one error, at it or above it.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from assay.checker.errors import AssayError, ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Model
from assay.checker.properties.check import Engine, Options, check

MALFORMED = Path(__file__).with_name("malformed")
MARKER = re.compile(r"#(?P<lead> *)(?P<mark>[\^<]) (?P<message>.*)")
HELP = re.compile(r"# +help: (?P<help>.*)")


@dataclass(frozen=True)
class Expected:
    """An error as a file states it."""

    line: int
    column: int
    message: str
    help: str | None


@cache
def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"malformed_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def stated(path: Path) -> list[Expected]:
    """Return the errors that a file states, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for index, line in enumerate(lines):
        marker = MARKER.fullmatch(line)
        if marker:
            column = 1 if marker["mark"] == "<" else len(marker["lead"]) + 2
            remedy = HELP.fullmatch(lines[index + 1]) if index + 1 < len(lines) else None
            found.append(Expected(index, column, marker["message"], remedy["help"] if remedy else None))
    return found


def cases(path: Path) -> dict[str, Expected]:
    """Return which error each class is to give: the one stated in it, or between it and the class before."""
    models: list[tuple[str, int]] = []
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name != "Base" and _is_model(path, node.name):
            models.append((node.name, node.end_lineno or 0))
    errors = {}
    for expected in stated(path):
        owner = next(name for name, end in models if expected.line <= end or _follows(lines[end : expected.line]))
        assert owner not in errors, f"{path.name}: {owner} states two errors"
        errors[owner] = expected
    missing = [name for name, _ in models if name not in errors]
    assert not missing, f"{path.name}: {missing} state no error"
    return errors


def _is_model(path: Path, name: str) -> bool:
    return issubclass(getattr(imported(path), name), Model)


def _follows(between: list[str]) -> bool:
    """Return whether only comments stand between the end of a class and a line: the error is at its last line."""
    return all(text.lstrip().startswith("#") for text in between)


FILES = sorted(MALFORMED.glob("*.py"))
CASES = [(path, name, expected) for path in FILES for name, expected in cases(path).items()]


def error_of(cls: type[Model], engine: Engine) -> AssayError:
    with pytest.raises(ModelError) as caught:
        check(instantiate(specify(cls)), Options(engine=engine))
    return caught.value


def seen(error: AssayError, path: Path) -> Expected:
    assert error.location is not None
    assert Path(error.location.file) == path
    message = error.message.replace("iterable argument is empty", "arg is an empty sequence")  # CPython from 3.12 on
    return Expected(error.location.line, error.location.column, message, error.help)


@pytest.mark.parametrize(("path", "name", "expected"), CASES, ids=[f"{path.stem}-{name}" for path, name, _ in CASES])
def test_a_malformed_model_is_refused_with_its_place_and_a_remedy(path: Path, name: str, expected: Expected) -> None:
    error = error_of(getattr(imported(path), name), Engine.REFERENCE)
    assert seen(error, path) == expected
    assert error.exit_status == 2


AT_RUN_TIME = [(name, expected) for path, name, expected in CASES if path.stem == "at_run_time"]


@pytest.mark.parametrize(("name", "expected"), AT_RUN_TIME, ids=[name for name, _ in AT_RUN_TIME])
def test_an_error_at_run_time_reads_the_same_from_machine_code(name: str, expected: Expected) -> None:
    path = MALFORMED / "at_run_time.py"
    assert seen(error_of(getattr(imported(path), name), Engine.NATIVE), path) == expected


def test_there_are_many_malformed_models() -> None:
    assert len(CASES) > 250
