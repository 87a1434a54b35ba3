"""The JSON Schema of logs and the reader of logs accept the same lines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from assay.checker.conformance.logs import schema

from tests.command_line import Assay

_TYPES: dict[str, Any] = {
    "null": type(None),
    "object": dict,
    "array": list,
    "string": str,
    "number": int | float,
    "integer": int,
}


def fits(rule: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    """Return whether a value fits a schema: as much of JSON Schema as that of logs is written in."""
    known = {
        *("$ref", "oneOf", "type", "required", "properties", "additionalProperties", "minLength", "pattern"),
        *("items", "minItems", "maxItems", "description", "title", "$schema", "$defs"),
    }
    assert rule.keys() <= known, f"the test does not know {rule.keys() - known}"
    if "$ref" in rule:
        return fits(root["$defs"][rule["$ref"].removeprefix("#/$defs/")], value, root)
    if "oneOf" in rule and sum(fits(each, value, root) for each in rule["oneOf"]) != 1:
        return False
    if "type" in rule and not any(_is(value, name) for name in _listed(rule["type"])):
        return False
    if isinstance(value, dict):
        return _fits_object(rule, value, root)
    if isinstance(value, list):
        right_size = rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value))
        return right_size and all(fits(rule.get("items", {}), item, root) for item in value)
    if isinstance(value, str):
        return len(value) >= rule.get("minLength", 0) and re.search(rule.get("pattern", ""), value) is not None
    return True


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (not isinstance(value, bool) or name == "boolean")


def _fits_object(rule: dict[str, Any], value: dict[str, Any], root: dict[str, Any]) -> bool:
    properties, others = rule.get("properties", {}), rule.get("additionalProperties", {})
    if not set(rule.get("required", ())) <= value.keys():
        return False
    if others is False and not value.keys() <= properties.keys():
        return False
    return all(fits(properties.get(key, others or {}), inner, root) for key, inner in value.items())


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, True),
        ({"seq": 1, "order": "0x1f", "time": 1.5, "clock": {"p1": 1}, "note": [1]}, True),
        ({"seq": None, "order": None, "time": None, "clock": None, "note": None}, True),
        ({"order": "12", "time": [1, 2], "clock": {"p1": "3"}}, True),
        ({"time": "2024-01-01T00:00:00Z", "arguments": {}, "before": {}, "state": {}}, True),
        ({"node": None}, False),
        ({"node": ""}, False),
        ({"node": ["p1"]}, False),
        ({"action": True}, False),
        ({"action": {}}, False),
        ({"arguments": ["p1"]}, False),
        ({"state": 3}, False),
        ({"before": "x"}, False),
        ({"seq": 1.5}, False),
        ({"seq": True}, False),
        ({"seq": [1]}, False),
        ({"order": "0xzz"}, False),
        ({"order": {}}, False),
        ({"time": [1]}, False),
        ({"time": [1, 2, 3]}, False),
        ({"time": True}, False),
        ({"time": {}}, False),
        ({"clock": [1]}, False),
        ({"clock": {"p1": "x"}}, False),
        ({"clock": 3}, False),
        ({"sate": {}}, False),
    ],
    ids=json.dumps,
)
def test_the_schema_accepts_what_the_reader_accepts(assay: Assay, keys: dict[str, Any], expected: bool) -> None:
    line = {"node": "p1", "action": "prepare", **keys}
    assert fits(schema(), line, schema()) is expected
    Path("run.jsonl").write_text(json.dumps(line) + "\n")
    assert (assay("conform two_phase_commit run.jsonl").status == 0) is expected


def test_what_is_left_out_is_missed_by_both(assay: Assay) -> None:
    for line in ({"node": "p1"}, {"action": "prepare"}):
        assert not fits(schema(), line, schema())
        Path("run.jsonl").write_text(json.dumps(line) + "\n")
        assert assay("conform two_phase_commit run.jsonl").status == 2
