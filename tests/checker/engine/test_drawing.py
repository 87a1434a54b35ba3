"""Parameters that are drawn from the state: the outcome is that of trying every argument."""

from __future__ import annotations

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits, StopReason
from assay.checker.engine.native import explorer as native
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.drawing_guards import drawing_remedy
from assay.checker.language.loader import load

from tests.generation.drawn import drawn_differently, seen, unbounded_differently


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
    assert "one of 1,800,120,002 Message" in refusal.value.message
    assert "draw it from the state, before anything that may raise: require(m in self.held)" in refusal.value.help


@pytest.mark.parametrize(
    ("type", "guard"),
    [
        ("Bag[Message, 3]", "m in self.held"),
        ("Seq[Message, 3]", "m in self.held"),
        ("Map[Node, Set[Message]]", "m in self.held[node]"),
        ("Message | None", "self.held == m"),
        ("Map[Node, Message]", "m == self.held[node]"),
        ("Set[Node]", "m in self.messages"),
    ],
)
def test_the_guard_that_is_proposed_is_about_the_variable_that_holds_such_values(tmp_path, type, guard):
    path = tmp_path / "undrawn.py"
    path.write_text(HUGE.format(type=type, send="self.sent += 0", hear="require(m.number < 2)"))
    specification = load(str(path)).specification
    method = specification.actions[1]
    asked = drawing_remedy(method, "m", dict(method.parameters)["m"], specification.variables)
    assert asked == f"draw it from the state, before anything that may raise: require({guard})"


def test_a_guard_beside_one_that_may_raise_draws_all_the_same(tmp_path):
    """``require(a, b)`` evaluates both: it raises where nothing waits, for each of the billions of messages alike."""
    path = tmp_path / "eager.py"
    hear = "require(len(self.held) > 0, m == self.held[0])"
    path.write_text(HUGE.format(type="Seq[Message, 3]", send=f"self.held.append({MESSAGE})", hear=hear))
    slow, fast = seen(reference.explore, path, Limits()), seen(native.explore, path, Limits())
    assert slow == fast
    assert slow[-1] == "hear"
    assert slow[0] == 1 + 2 + 4 + 8


CLAIM = """
    @invariant
    def claim(self, m: Message, n: Node) -> bool:
        return {claim}
"""


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("m not in self.held[n] or m.number < 3", True),
        ("m not in self.held[n] or m.number < 2", False),
        ("all(m not in self.held[o] or m.number < 3 for o in Node)", True),
        ("all(m not in self.held[o] or m.number < 2 for o in Node)", False),
        ("all(m not in self.held[n] or m.node == n for n in Node)", True),
        ("all(m not in self.held[n] or m.node != n for n in Node)", False),
    ],
)
def test_a_claim_may_be_about_messages_of_a_map_whose_key_is_chosen_later(tmp_path, claim, holds):
    """The messages come before the node: drawn are those at all nodes, and never billions are tried."""
    path = tmp_path / "later.py"
    source = HUGE.format(
        type="Map[Node, Set[Message]]",
        send=f"self.held[n].add({MESSAGE})",
        hear="require(m in self.held[n]); self.held[n].remove(m)",
    )
    path.write_text(source + CLAIM.format(claim=claim))
    slow, fast = seen(reference.explore, path, Limits()), seen(native.explore, path, Limits())
    assert slow == fast
    assert (slow[4] == set()) is holds


@pytest.mark.parametrize("explorer", [reference, native], ids=["reference", "native"])
def test_a_claim_about_billions_of_values_that_are_not_drawn_is_refused_in_seconds(tmp_path, explorer):
    path = tmp_path / "undrawn.py"
    source = HUGE.format(type="Set[Message]", send=f"self.held.add({MESSAGE})", hear="require(m in self.held)")
    path.write_text(source + CLAIM.format(claim="m.number * m.other >= self.sent - 3"))
    instance = instantiate(load(str(path)).specification)
    try:
        with instance.active():
            refusal = explorer.explore(instance, Limits()).failure
    except Unsupported as error:
        refusal = error
    assert "one of 1,800,120,002 Message" in refusal.message
    assert "draw it from a set, before anything that may raise: m not in self." in refusal.help


def test_unbounded_numbers_that_are_drawn_are_those_of_a_range_that_holds_them_all(tmp_path):
    assert [found for seed in range(40) if (found := unbounded_differently(seed, tmp_path))] == []


@pytest.mark.slow
def test_unbounded_numbers_are_those_of_a_range_in_many_models(tmp_path):
    assert [found for seed in range(1000) if (found := unbounded_differently(seed, tmp_path))] == []


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
