"""From what a user wrote to a model class: one clear error for whatever a file may be or do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from assay.checker.errors import AssayError, InputError, ModelError, UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load, load_all

MODEL = """\
from assay.checker.language import *


class Node(Sort):
    "A sort."


class Switch(Model):
    default = {"Node": 2}
    on: bool

    @action
    def toggle(self) -> None:
        self.on = not self.on

    @action
    def off(self, n: Node) -> None:
        self.on = False

    @invariant
    def known(self) -> bool:
        return True
"""


def error_of(path: Path) -> AssayError:
    with pytest.raises(AssayError) as caught:
        load_all(str(path))
    return caught.value


def error_in(path: Path, text: str) -> AssayError:
    path.write_text(text)
    return error_of(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "switch.py"


def test_a_byte_order_mark_and_a_declared_encoding_are_heeded(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + MODEL.encode())
    assert compile_model(load(str(path)).specification).actions
    path.write_bytes(b"# coding: latin-1\n# \xe4\xf6\xfc\n" + MODEL.encode())
    assert compile_model(load(str(path)).specification).actions


@pytest.mark.parametrize("base", ["BaseException", "GeneratorExit", "SystemExit", "Exception"])
def test_whatever_a_file_raises_is_one_error_at_its_place(path: Path, base: str) -> None:
    error = error_in(path, f"class Odd({base}): pass\n\nraise Odd('so')\n")
    assert isinstance(error, ModelError)
    assert error.message == "importing it raised Odd: so"
    assert error.location
    assert error.location.line == 3


def test_an_interrupt_while_a_file_is_imported_is_an_interrupt(path: Path) -> None:
    path.write_text("raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load(str(path))


def test_a_package_that_raises_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_package").mkdir()
    (tmp_path / "odd_package" / "__init__.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="importing it raised ZeroDivisionError"):
        load("odd_package.model")


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".py", "./" + "x" * 300, "null\0.py", "x" * 300 + ":Switch"])
def test_a_name_that_no_file_can_have_does_not_exist(name: str) -> None:
    with pytest.raises((InputError, UsageError), match=r"does not exist|there is no model"):
        load(name)


def test_a_link_to_nothing_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "lease.py").symlink_to("moved.py")
    error = error_of(tmp_path / "lease.py")
    assert isinstance(error, InputError)
    assert "is a symbolic link to moved.py, which does not exist" in str(error)


def test_a_pipe_is_no_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    error = error_of(tmp_path / "pipe.py")
    assert isinstance(error, InputError)
    assert error.message.endswith("pipe.py is not a file")


def test_two_classes_of_one_name_are_refused_with_both_places(path: Path) -> None:
    error = error_in(path, MODEL + "\n\nclass Broken(Switch):\n    pass\n\n\nclass Broken(Switch):\n    pass\n")
    assert error.message == "switch.py defines Broken twice: the definition in line 25 is lost"
    assert error.location
    assert error.location.line == 29


def test_two_functions_of_one_name_are_refused(path: Path) -> None:
    error = error_in(path, "def helper(): return True\ndef helper(): return False\n" + MODEL)
    assert error.message == "switch.py defines helper twice: the definition in line 1 is lost"


def test_what_stands_in_branches_or_belongs_together_is_no_second_definition(path: Path) -> None:
    path.write_text(
        "from typing import overload\n"
        "try:\n    def helper(): return True\nexcept ImportError:\n    def helper(): return False\n"
        "@overload\ndef other(x: int) -> int: ...\n@overload\ndef other(x: bool) -> bool: ...\ndef other(x): return x\n"
        "def _(): pass\ndef _(): pass\n" + MODEL
    )
    assert load(str(path)).cls.__name__ == "Switch"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("default = {5: 2}", "default sets 5, which is no name"),
        ("smoke = {None: 2}", None),
        ("default = 5", "default is 5, no settings"),
        ("expected = 5", "expected is 5, which is not an expectation"),
        ("expected = 'known'", "expected is 'known', which is not an expectation"),
        ("expected = Violates(5)", "Odd is expected to violate 5, which it does not claim"),
        ("expected = Violates('on')", "Odd is expected to violate 'on', which it does not claim"),
    ],
)
def test_settings_of_a_wrong_kind_are_refused(path: Path, setting: str, message: str | None) -> None:
    path.write_text(f"{MODEL}\n\nclass Odd(Switch):\n    {setting}\n")
    model = load(f"{path}:Odd")
    with pytest.raises(ModelError) as caught:
        instantiate(model.specification, name="smoke")
    assert message is None or caught.value.message == message
    assert caught.value.location
    assert caught.value.location.line == 26


def test_a_class_is_found_in_either_spelling_if_that_is_one(path: Path) -> None:
    path.write_text(MODEL + "\n\nclass OnlyOn(Switch):\n    off = removed\n\n\nclass Only_On(Switch):\n    pass\n")
    assert load(f"{path}:OnlyOn").cls.__name__ == "OnlyOn"
    assert load(f"{path}:Only_On").cls.__name__ == "Only_On"
    path.write_text(MODEL + "\n\nclass ABc(Switch):\n    pass\n\n\nclass A_bc(Switch):\n    pass\n")
    assert load(f"{path}:ABc").cls.__name__ == "ABc"
