"""Of small logs the validator says what brute force says: whether some order that the log allows is a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from assay.checker.conformance.explaining import explain
from assay.checker.conformance.logs import Log, read
from assay.checker.conformance.search import Conformance, conform
from assay.checker.errors import InputError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.loader import load
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from oracle import Line, admits, orders, places

HERE = Path(__file__).parent
MACHINE = load(str(HERE / "machines.py"))
LOUD = ("move", "post", "take", "flip", "pass_turn")


def machine(**given: Any) -> Instance:
    return instantiate(MACHINE.specification, given)


def said(folder: Path, instance: Instance, files: list[list[Line]], unlogged: tuple[str, ...]) -> Conformance:
    """Return what the validator says of a log."""
    paths = []
    for number, lines in enumerate(files):
        paths.append(str(folder / f"{number}.jsonl"))
        Path(paths[-1]).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    log: Log = read(paths, instance, unlogged=unlogged)
    return conform(instance, log.chains, unlogged=log.unlogged)


@st.composite
def recorded(draw: st.DrawFn, instance: Instance, unlogged: tuple[str, ...]) -> list[Line]:
    """Draw a run of the machine, and what its nodes wrote of it."""
    interpreter, renderer = Interpreter(instance), Renderer(instance)
    lines: list[Line] = []
    with instance.active():
        state = draw(st.sampled_from(interpreter.initial_states()))
        for _ in range(draw(st.integers(1, 7))):
            steps = list(interpreter.successors(state))
            if not steps or len(lines) >= 5:
                break
            (name, arguments), state = draw(st.sampled_from(steps))
            if name not in unlogged:
                named = dict(renderer.arguments((name, arguments)))
                lines.append(draw(line(name, named, places(renderer, state))))
    return lines


@st.composite
def line(draw: st.DrawFn, action: str, arguments: dict[str, str], after: dict[str, str]) -> Line:
    """Draw what is written of a step: some of its arguments, some of the state after it."""
    told = {name for name in arguments if name != "n" and draw(st.booleans())}
    seen = draw(st.lists(st.sampled_from(sorted(after)), max_size=2, unique=True))
    found: Line = {"node": arguments.get("n", draw(st.sampled_from(["n1", "n2"]))), "action": action}
    if told:
        found["arguments"] = {name: arguments[name] for name in told}
    if seen:
        found["state"] = {place: None if after[place] == "None" else after[place] for place in seen}
    return found


@st.composite
def damaged(draw: st.DrawFn, lines: list[Line]) -> list[Line]:
    """Draw a change of a log that may make it one that never happened."""
    lines = [dict(line) for line in lines]
    match draw(st.sampled_from(["nothing", "swap", "drop", "double", "action", "state"])):
        case "swap" if len(lines) > 1:
            i = draw(st.integers(0, len(lines) - 2))
            lines[i], lines[i + 1] = lines[i + 1], lines[i]
        case "drop" if len(lines) > 1:
            del lines[draw(st.integers(0, len(lines) - 1))]
        case "double":
            i = draw(st.integers(0, len(lines) - 1))
            lines.insert(i, dict(lines[i]))
        case "action":
            i = draw(st.integers(0, len(lines) - 1))
            lines[i] = {"node": lines[i]["node"], "action": draw(st.sampled_from(LOUD))}
        case "state":
            i = draw(st.integers(0, len(lines) - 1))
            lines[i]["state"] = {f"at[{draw(st.sampled_from(['n1', 'n2']))}]": draw(st.integers(0, 2))}
    return lines


@st.composite
def ordered(draw: st.DrawFn, lines: list[Line]) -> list[list[Line]]:
    """Draw what a log tells of the order of its lines, and over how many files they are spread."""
    kind = draw(st.sampled_from(["silent", "seq", "order", "time", "intervals", "clock", "mixed"]))
    counts: dict[str, int] = {}
    clock: dict[str, int] = {}
    for number, written in enumerate(lines):
        node = written["node"]
        counts[node] = counts.get(node, 0) + 1
        if kind == "seq" or (kind == "mixed" and node == "n1"):
            written["seq"] = counts[node]
        if kind == "order" or (kind == "mixed" and draw(st.booleans())):
            written["order"] = number // draw(st.just(2))
        if kind == "time":
            written["time"] = number + draw(st.sampled_from([0, 0.5]))
        if kind == "intervals":
            written["time"] = [number - draw(st.integers(0, 3)), number + draw(st.integers(0, 3))]
        if kind == "clock":
            if draw(st.booleans()):  # it has heard of all
                clock = {**clock, node: counts[node]}
                written["clock"] = dict(counts)
            else:
                own = next((w["clock"] for w in reversed(lines[:number]) if w["node"] == node), {})
                written["clock"] = {**own, node: counts[node]}
    if kind in ("seq", "clock") and draw(st.booleans()):  # numbers tell the order, wherever the lines stand
        lines = draw(st.permutations(lines))
    if draw(st.booleans()):
        return [lines]
    by_node = [[written for written in lines if written["node"] == node] for node in ("n1", "n2")]
    return [part for part in by_node if part]


@pytest.mark.parametrize("unlogged", [(), ("settle",), ("settle", "flip")], ids=["all", "settle", "settle-flip"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_validator_agrees_with_brute_force(tmp_path: Path, unlogged: tuple[str, ...], data: st.DataObject) -> None:
    instance = machine(
        gate=data.draw(st.integers(0, 3)), step=data.draw(st.integers(1, 2)), strict=data.draw(st.booleans())
    )
    lines = data.draw(recorded(instance, unlogged))
    assume(lines)
    files = data.draw(ordered(data.draw(damaged(lines))))
    wanted = admits(instance, files, unlogged)
    try:
        found = said(tmp_path, instance, files, unlogged)
    except InputError as error:
        demand_reason(error.message, files)
        return
    event(f"{'fits' if wanted else 'does not fit'}, {'one order' if found.chains.is_total else 'several orders'}")
    assert found.verdict is (Verdict.HOLDS if wanted else Verdict.VIOLATED)
    if found.run is not None:
        replayed(instance, found)
    else:
        assert explain(found).attempts


def demand_reason(message: str, files: list[list[Line]]) -> None:
    """Demand that a log was refused because it contradicts itself: then it has no order at all, or a number twice."""
    assert any(reason in message for reason in ("contradicts", "backwards", "the seq"))
    placed = [(f, n, line) for f, lines in enumerate(files) for n, line in enumerate(lines)]
    assert "the seq" in message or not any(True for _ in orders(placed, files))


def replayed(instance: Instance, found: Conformance) -> None:
    """Demand that the run that was found is one of the model, and has every event once."""
    assert found.run is not None
    assert found.start is not None
    with instance.active():
        interpreter = Interpreter(instance)
        state: Frozen | None = found.start
        assert state in interpreter.initial_states()
        for link in found.run:
            for call in link.calls:
                assert state is not None
                state = interpreter.step(state, call)
            assert state == link.state
    events = [link.event for link in found.run if link.event is not None]
    assert sorted(map(id, events)) == sorted(id(event) for chain in found.chains.chains for event in chain)
