"""Parameters that are drawn from the state: the outcome is that of trying every argument."""

from __future__ import annotations

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import explorer as native
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load

from tests.generation.drawn import drawn_differently, seen


def test_drawing_arguments_does_what_trying_them_all_does(tmp_path):
    """Seed 1005 shows it if a guard is left out that raises for arguments which are not drawn."""
    assert [found for seed in range(1003, 1008) if (found := drawn_differently(seed, tmp_path))] == []


@pytest.mark.slow
def test_drawing_arguments_does_what_trying_them_all_does_in_many_models(tmp_path):
    assert [found for seed in range(300) if (found := drawn_differently(seed, tmp_path))] == []


HUGE = """
from assay.checker.language import *


class Node(Sort): ...


@record
class Message:
    node: Node
    number: Annotated[int, Range(0, 30000)]
    other: Annotated[int, Range(0, 30000)]


class Huge(Model):
    default = {{"Node": 2}}
    held: {type}
    sent: Annotated[int, Range(0, 3)] = 0

    @action
    def send(self, n: Node) -> None:
        require(self.sent < 3)
        {send}
        self.sent += 1

    @action
    def hear(self, n: Node, m: Message) -> None:
        {hear}

    @terminal
    def over(self) -> bool:
        return True
"""

MESSAGE = "Message(n, self.sent, 7)"


@pytest.mark.parametrize(
    ("type", "send", "hear", "states"),
    [
        ("Set[Message]", "self.held.add({})", "require(m in self.held); self.held.remove(m)", 40),
        ("Bag[Message, 3]", "self.held.add({})", "require(m in self.held); self.held.remove(m)", 40),
        ("Seq[Message, 3]", "self.held.append({})", "require(m in self.held); self.held.remove(m)", 40),
        ("Seq[Message, 3]", "self.held.append({})",
         "require(len(self.held) > 0); require(m == self.held[0]); self.held.pop(0)", 26),
        ("Message | None", "self.held = {}", "require(self.held == m); self.held = None", 10),
        ("Map[Node, Message | None]", "self.held[n] = {}", "require(m == self.held[n]); self.held[n] = None", 22),
        ("Map[Node, Set[Message]]", "self.held[n].add({})", "require(m in self.held[n]); self.held[n].remove(m)", 40),
    ],
)  # fmt: skip
def test_of_billions_of_messages_those_in_the_state_are_tried(tmp_path, type, send, hear, states):
    """Of k messages with different numbers, any may be left, each at one of two nodes: 3 ** k states, of a set."""
    path = tmp_path / "huge.py"
    path.write_text(HUGE.format(type=type, send=send.format(MESSAGE), hear=hear))
    slow, fast = seen(reference.explore, path, Limits()), seen(native.explore, path, Limits())
    assert slow == fast
    assert slow[0] == states


@pytest.mark.parametrize("explorer", [reference, native], ids=["reference", "native"])
def test_a_parameter_of_billions_of_values_that_is_not_drawn_is_refused_with_the_guard_that_draws_it(
    tmp_path, explorer
):
    path = tmp_path / "undrawn.py"
    path.write_text(HUGE.format(type="Set[Message]", send=f"self.held.add({MESSAGE})", hear="require(m.number < 2)"))
    with pytest.raises((ModelError, Unsupported), match="too many to try each of them in every state") as refusal:
        seen(explorer.explore, path)
    assert "draw it from the state, before anything that may raise: require(m in self.messages)" in refusal.value.help


PRODUCT = """
from assay.checker.language import *


class Product(Model):
    held: Set[Range[0, 499]]

    @initial
    def everything(self) -> None:
        self.held = {i for i in range(500)}

    @action
    def act(self, number: Range[0, 499]) -> None:
        require(number in {a for a in self.held for b in self.held for c in self.held if a + b + c < 1500})
        require(number > 499)
"""


def test_drawing_from_a_product_of_sets_ends_at_the_time_limit(tmp_path):
    """There are 500 ** 3 values to draw; to tell which of them are new, each would be compared with those before."""
    path = tmp_path / "product.py"
    path.write_text(PRODUCT)
    instance = instantiate(load(str(path)).specification)
    with instance.active():
        assert native.explore(instance, Limits(seconds=0.2)).stop.reason is StopReason.TIME
