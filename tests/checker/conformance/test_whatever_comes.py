"""Whatever stands in a line or a mapping: it is read, or refused with an error of ours."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from assay.checker.conformance.logs import read
from assay.checker.conformance.mapping_files import read_mapping
from assay.checker.conformance.search import conform
from assay.checker.engine.limits import Limits
from assay.checker.errors import InputError, ModelError, UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

REFUSED = (InputError, ModelError, UsageError)
WORDS = ["p1", "p9", "COMMIT", "prepare", "state", "state[p1]", "votes", "messages", "#contains", "", "[", "x.y"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats() | st.sampled_from(WORDS) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)
NODES, ACTIONS = st.sampled_from(["p1", "p2", "tm"]), st.sampled_from(["prepare", "refuse", "tell"])
LINES = st.fixed_dictionaries(
    {"node": NODES | VALUES, "action": ACTIONS | VALUES},
    optional=dict.fromkeys(("arguments", "before", "state", "seq", "order", "time", "clock", "note", "x"), VALUES),
)
INSTANCE = instantiate(load("two_phase_commit").specification, {"Participant": 2})


@given(lines=st.lists(LINES, max_size=4), lead=st.sampled_from(["", "\ufeff", "\r\n", "{", "null\n"]))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_line_says_is_read_or_refused(tmp_path: Path, lines: list[Any], lead: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(lead + "".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    try:
        log = read([str(path)], INSTANCE)
    except REFUSED:
        return
    conform(INSTANCE, log.chains, limits=Limits(states=500))


def toml(value: Any) -> str:
    """Write a value as TOML, as far as it is any."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case _:
            return json.dumps(value)


KEYS = ["format", "pattern", "skip", "lines", "unlogged", "assign", "fields", "nodes", "values", "actions"]
NAMES = st.sampled_from(["node", "action", "arguments", "time", "prepare", "Decision"])
PARTS = st.recursive(
    st.booleans()
    | st.integers(0, 3)
    | st.sampled_from([*WORDS, "text", "json", "(", "(?P<node>.*)", "{node}", "action"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(mapping=st.dictionaries(st.sampled_from(KEYS), PARTS, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_mapping_says_is_obeyed_or_refused(tmp_path: Path, mapping: dict[str, Any]) -> None:
    file, path = tmp_path / "map.toml", tmp_path / "log.jsonl"
    file.write_text("".join(f"{key} = {toml(value)}\n" for key, value in mapping.items()))
    path.write_text('{"node": "p1", "action": "prepare"}\n')
    with contextlib.suppress(*REFUSED):
        read([str(path)], INSTANCE, read_mapping(str(file)))
