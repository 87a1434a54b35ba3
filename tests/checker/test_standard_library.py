"""Modules of Python, and those of a project that have their names."""

from __future__ import annotations

import importlib
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from assay.checker.standard_library import is_of_python


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Import a `mailbox.py` of the project, in place of Python's."""
    former = sys.modules.pop("mailbox", None)
    (tmp_path / "mailbox.py").write_text("box = []\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("mailbox")
    yield
    del sys.modules["mailbox"]
    if former is not None:
        sys.modules["mailbox"] = former


@pytest.mark.parametrize("module", ["os", "os.path", "sys", "json.decoder", "builtins", "netrc", "_thread"])
def test_the_modules_of_python_are_its_own(module: str) -> None:
    importlib.import_module(module)
    assert is_of_python(module)


@pytest.mark.parametrize("module", ["pytest", "z3", "networkx.classes", "assay.checker", "nowhere", ""])
def test_others_are_not(module: str) -> None:
    assert not is_of_python(module)


@pytest.mark.usefixtures("mailbox")
def test_a_module_of_the_project_is_its_own_whatever_its_name() -> None:
    assert not is_of_python("mailbox")


def test_what_is_installed_below_pythons_folder_is_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = ModuleType("mailbox")
    installed.__file__ = str(Path(sysconfig.get_path("stdlib")) / "site-packages" / "mailbox.py")
    monkeypatch.setitem(sys.modules, "mailbox", installed)
    assert not is_of_python("mailbox")
