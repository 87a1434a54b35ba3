"""Syntax trees come from files, and an error says so where they cannot."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.source import class_location, field_location, function_of, parse
from assay.checker.language.introspection.specification import specify

SOURCE = """\
from assay.checker.language import Model, action


def plain():
    return 1


@action
@action
def decorated(self):
    pass


class Switch(Model):
    on: bool
    limit = 3

    @action
    def toggle(self) -> None:
        self.on = not self.on
"""


def load(path: Path, text: str = SOURCE) -> ModuleType:
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    return load(tmp_path / "switch_in_a_file.py")


def test_a_function_is_found_by_its_first_line(module: ModuleType) -> None:
    assert function_of(module.plain)[1].lineno == 4


def test_a_decorated_function_is_found_by_its_first_decorator(module: ModuleType) -> None:
    assert function_of(module.decorated)[1].lineno == 10


def test_fields_and_classes_have_places(module: ModuleType) -> None:
    for name, line in {"on": 15, "limit": 16, "toggle": 19, "nothing": 14}.items():
        place = field_location(module.Switch, name)
        assert place is not None
        assert place.line == line
    place = class_location(module.Switch)
    assert place is not None
    assert (place.line, place.column) == (14, 1)


def test_a_file_that_changed_after_its_import_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "changing_switch.py"
    module = load(path)
    path.write_text("# a line more\n" + SOURCE)
    os.utime(path, (1, 1))
    with pytest.raises(ModelError, match="toggle is not where it was when the file was imported") as caught:
        compile_model(specify(module.Switch))
    assert caught.value.help == "the file changed while it was being used; run again"


def test_a_file_that_vanished_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vanishing_switch.py"
    module = load(path)
    path.unlink()
    with pytest.raises(ModelError, match=r"the source of Switch\.toggle cannot be read"):
        compile_model(specify(module.Switch))


def test_what_was_typed_at_a_prompt_is_refused() -> None:
    namespace: dict[str, object] = {"__name__": "prompt"}
    exec(SOURCE, namespace)
    with pytest.raises(ModelError, match="it was typed at a prompt or loaded from bytecode") as caught:
        compile_model(specify(namespace["Switch"]))  # type: ignore[arg-type]
    assert caught.value.help == "put the model into a file; it is compiled from its source"


def test_invalid_python_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "invalid.py"
    path.write_text("def f(:\n")
    with pytest.raises(ModelError, match="not valid Python") as caught:
        parse(str(path))
    assert caught.value.location is not None
    assert (caught.value.location.line, caught.value.location.column) == (1, 7)


def test_a_file_is_parsed_again_only_if_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "parsed.py"
    path.write_text("x = 1\n")
    first = parse(str(path))
    assert parse(str(path)) is first
    path.write_text("x = 2\n")
    os.utime(path, (1, 1))
    assert parse(str(path)) is not first
