"""Parameters that are drawn from the state: the outcome is that of trying every argument."""

from __future__ import annotations

import pytest
from assay.checker.engine import reference
from assay.checker.engine.limits import Limits
from assay.checker.engine.native import explorer as native
from assay.checker.engine.native.codegen.statements import drawing as native_drawing
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language.execution import choices, interpreter
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.language.types import BoolType

from tests.generation.choices import Seeded
from tests.generation.drawn import drawing_model

NEAR = Limits(depth=3)


def seen(explorer, path, limits=NEAR):
    """Return what an explorer sees of the first states of a model, or with which words it refuses the model."""
    try:
        instance = instantiate(load(str(path)).specification)
    except ModelError as error:
        return error.message
    with instance.active():
        found = explorer.explore(instance, limits, keep_going=True)
    failure = found.failure
    failed = failure is not None and failure.message.partition("(")[0]
    return found.distinct, found.generated, found.depth, found.fired, {one.name for one in found.found}, failed


def disagreement(seed, folder):
    """Return what was seen of a model, if drawing made a difference; None if it made none."""
    path = folder / f"drawing_{seed}.py"
    path.write_text(drawing_model(Seeded(seed)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interpreter.Interpreter, "_draws", {})
        patch.setattr(native_drawing, "_is_worth_drawing", lambda ctx, parameter: False)
        tried = seen(reference, path), seen(native, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choices, "_MOST_TRIED", 0)
        patch.setattr(native_drawing, "_is_worth_drawing", lambda ctx, p: not isinstance(p.type, BoolType))
        drawn = seen(reference, path), seen(native, path)
    return None if len({repr(found) for found in (*tried, *drawn)}) == 1 else (seed, tried, drawn)


def test_drawing_arguments_does_what_trying_them_all_does(tmp_path):
    """Seed 1006 shows it if a guard is left out that raises for arguments which are not drawn."""
    assert [found for seed in range(1003, 1008) if (found := disagreement(seed, tmp_path))] == []


@pytest.mark.slow
def test_drawing_arguments_does_what_trying_them_all_does_in_many_models(tmp_path):
    assert [found for seed in range(300) if (found := disagreement(seed, tmp_path))] == []


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
    slow, fast = seen(reference, path, Limits()), seen(native, path, Limits())
    assert slow == fast
    assert slow[0] == states


@pytest.mark.parametrize("explorer", [reference, native], ids=["reference", "native"])
def test_a_parameter_of_billions_of_values_that_is_not_drawn_is_refused_with_the_guard_that_draws_it(
    tmp_path, explorer
):
    path = tmp_path / "undrawn.py"
    path.write_text(HUGE.format(type="Set[Message]", send=f"self.held.add({MESSAGE})", hear="require(m.number < 2)"))
    with pytest.raises((ModelError, Unsupported), match="too many to try each of them in every state") as refusal:
        seen(explorer, path)
    assert "draw it from the state, before anything that may raise: require(m in self.messages)" in refusal.value.help
