"""What a message advises is accepted.

Under a message, `instead:` says what its reader would write who follows the advice; put in the place of the refused
line, it compiles::

        self.nodes = self.seen
    #                ^ this would make two variables share one container
    #                  help: copy it: set(...) or list(...)
    #                  instead: self.nodes = set(self.seen)

What settings are refused with an example, are accepted with that example.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from assay.checker.errors import UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Model

from tests.checker.language.refused import SETTINGS, Settings
from tests.checker.language.test_malformed_models import CASES, Expected

INSTEAD = re.compile(r"# +instead: (?P<code>.*)")


def advised(path: Path, expected: Expected) -> list[str]:
    """Return the lines that stand under a message as what to write instead."""
    lines = path.read_text(encoding="utf-8").splitlines()[expected.line :]
    found = []
    for line in lines[1:]:
        instead = INSTEAD.fullmatch(line)
        if instead:
            found.append(instead["code"])
        elif not line.startswith("#"):
            break
    return found


def mended(path: Path, expected: Expected, folder: Path) -> Path:
    """Write a file in which the refused line is replaced by what is advised, and return its path."""
    lines = path.read_text(encoding="utf-8").splitlines()
    refused = lines[expected.line - 1]
    indent = refused[: len(refused) - len(refused.lstrip())]
    lines[expected.line - 1 : expected.line] = [indent + code for code in advised(path, expected)]
    target = folder / path.name
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def model_in(path: Path, name: str) -> type[Model]:
    spec = importlib.util.spec_from_file_location(f"mended_{path.stem}_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = getattr(module, name)
    assert issubclass(found, Model)
    return found


MENDED = [(path, name, expected) for path, name, expected in CASES if advised(path, expected)]


@pytest.mark.parametrize(("path", "name", "expected"), MENDED, ids=[f"{path.stem}-{name}" for path, name, _ in MENDED])
def test_what_a_message_advises_is_accepted(path: Path, name: str, expected: Expected, tmp_path: Path) -> None:
    specification = specify(model_in(mended(path, expected, tmp_path), name))
    compile_model(specification)
    instantiate(specification)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_example_of_a_setting_is_accepted(setting: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        instantiate(specify(Settings), setting)
    assert caught.value.help
    example = re.search(r"for example (?P<name>\w+)=(?P<value>.*)", caught.value.help)
    assert example
    instantiate(specify(Settings), {example["name"]: example["value"]})


def test_much_advice_is_followed() -> None:
    assert len(MENDED) > 200
