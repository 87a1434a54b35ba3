"""The networks that models derive from: published counts, what may go wrong, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.generics import meanings_in
from assay.checker.language.introspection.specification import specify
from assay.checker.language.types import BagType, MapType, SetType, UnionType

from tests.checker.engine.test_constructs_agree import models_of
from tests.command_line import Assay, assay, in_a_project_of_its_own

__all__ = ["assay", "in_a_project_of_its_own"]


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> dict[str, type]:
    monkeypatch.syspath_prepend(str(Path(__file__).with_name("constructs")))
    return {cls.__name__: cls for cls in models_of("composed")}


def counts(cls: type, **settings: object) -> tuple[int, int, int]:
    instance = instantiate(specify(cls), settings)
    with instance.active():
        found = reference.explore(instance, Limits())
    return found.distinct, found.generated, found.depth


def test_ping_pong_over_a_bag_has_the_states_that_stateright_counts(composed: dict[str, type]) -> None:
    assert counts(composed["PingPong"]) == (11, 11, 11)


def test_a_network_that_loses_and_doubles_has_more(composed: dict[str, type]) -> None:
    distinct, _, _ = counts(composed["OverABadNetwork"], most=2)
    assert distinct > counts(composed["PingPong"], most=2)[0]


def test_taking_an_inherited_option_away_leaves_fewer_steps(composed: dict[str, type]) -> None:
    assert counts(composed["NoLoss"])[1] < counts(composed["Queues"])[1]


def test_type_variables_stand_for_what_the_model_names(composed: dict[str, type]) -> None:
    variables = {v.name: v.type for cls in composed.values() for v in specify(cls).variables}
    assert isinstance(variables["messages"], SetType | BagType)
    bag = specify(composed["PingPong"]).variables[0].type
    assert isinstance(bag, BagType)
    assert isinstance(bag.element, UnionType)
    channels = next(v.type for v in specify(composed["Queues"]).variables if v.name == "channels")
    assert isinstance(channels, MapType)
    lose = next(m for m in specify(composed["OverABadNetwork"]).actions if m.name == "lose")
    assert lose.parameters == (("message", bag.element),)
    assert all(set(meanings.values()) for meanings in meanings_in(composed["Queues"]).values() if meanings)


HEAD = """
from assay.checker.language import *
from assay.checker.language.networks import SetNetwork, BagNetwork


@record
class Note:
    flag: bool


"""


TELL = """
    @action
    def tell(self, note: Note) -> None:
        self.send(note)
"""


def test_a_network_of_no_type_is_refused_with_what_to_write(assay: Assay) -> None:
    Path("open.py").write_text(f"{HEAD}class Open(SetNetwork, Model):{TELL}")
    ran = assay("check open.py")
    assert ran.status == 2
    assert "Message stands for no type of this model" in ran.err
    assert "help: say which where a class derives from the generic one" in ran.err


def test_a_network_that_overflows_is_an_error_with_the_trace(assay: Assay) -> None:
    Path("full.py").write_text(f"{HEAD}class Full(BagNetwork[Note], Model):{TELL}")
    for engine in ("reference", "native"):
        ran = assay(f"check full.py --engine {engine} --set capacity=1")
        assert ran.status == 2
        assert "messages" in ran.err
        assert "how it gets there" in ran.err
