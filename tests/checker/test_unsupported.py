"""What the native explorer cannot take on: *auto* explores it by the reference, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.engine import explorers
from assay.checker.engine.native.explorer import CompiledInstance
from assay.checker.errors import Unsupported
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict

SOURCE = """
from assay.checker.language import *

class Node(Sort): ...

class Counter(Model):
    default = {"Node": 7}
    limit: Parameter[int] = 3
    count: Range[0, 3] = 0
    up: Map[Node, bool]

    @action
    def raise_one(self, n: Node) -> None:
        self.count += 1
        self.up[n] = True
        require(self.count <= self.limit)

    @action
    def flip(self, n: Node) -> None:
        self.count = 0
        self.up[n] = not self.up[n]

    @invariant
    def bounded(self) -> bool:
        return self.count <= self.limitMORE
"""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (" and len({self.count * x for x in range(3)}) > 0", "a set of computed numbers has no bounds"),
        (f" and ({'1, ' * 30}self.count) != ({'0, ' * 30}0)", "takes more than 510 bits"),
    ],
)
@pytest.mark.parametrize("patience", [-1.0, 99.0], ids=["at once", "never"])
def test_auto_explores_by_the_reference_what_native_code_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, why: str, patience: float
) -> None:
    path = tmp_path / "counter.py"
    path.write_text(SOURCE.replace("MORE", more))
    instance = instantiate(load(str(path)).specification)
    with pytest.raises(Unsupported, match=why):
        check(instance, Options(Engine.NATIVE))
    expected = check(instance, Options(Engine.REFERENCE))
    monkeypatch.setattr(explorers, "WARM", patience)
    monkeypatch.setattr(explorers, "NEW", patience)
    monkeypatch.setattr(explorers, "COLD", patience)
    found = check(instance, Options(Engine.AUTO))
    assert found.verdict is expected.verdict is Verdict.HOLDS
    assert found.exploration.distinct == expected.exploration.distinct
    assert found.exploration.engine == "reference"
    assert any(why in warning for warning in found.warnings) == (patience < 0)


@pytest.mark.parametrize(
    ("has_kernel", "is_cached", "most"),
    [
        (True, True, explorers.WARM),
        (True, False, explorers.NEW),
        (False, True, explorers.COLD),
        (False, False, explorers.COLD),
    ],
)
def test_auto_moves_on_the_later_the_more_has_to_be_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_kernel: bool, is_cached: bool, most: float
) -> None:
    path = tmp_path / "counter.py"
    path.write_text(SOURCE.replace("MORE", ""))
    monkeypatch.setattr(CompiledInstance, "has_kernel", has_kernel)
    monkeypatch.setattr(CompiledInstance, "is_cached", is_cached)
    instance = instantiate(load(str(path)).specification)
    with instance.active():
        patience = explorers.Patience(instance)
        assert not patience(most - 0.01)
        assert patience(most + 0.01)


def test_a_state_in_which_a_number_leaves_its_word_on_the_way_is_expanded_by_the_interpreter(tmp_path: Path) -> None:
    path = tmp_path / "counter.py"
    path.write_text(SOURCE.replace("MORE", ""))
    instance = instantiate(load(str(path)).specification)
    found, expected = (check(instance, Options(engine)) for engine in (Engine.NATIVE, Engine.REFERENCE))
    assert found.verdict is expected.verdict is Verdict.HOLDS
    for field in ("distinct", "generated", "depth", "frontier", "fired", "discovered"):
        assert getattr(found.exploration, field) == getattr(expected.exploration, field)
    assert found.exploration.engine == "native"
    assert found.exploration.handed_over > 0
    assert any("expanded by the interpreter" in warning for warning in found.warnings)
