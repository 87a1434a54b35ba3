"""``assay linearizable``."""

import json
from pathlib import Path

from tests.command_line import Assay

STALE = [
    {"client": 1, "type": "invoke", "operation": "write", "value": 3},
    {"client": 1, "type": "ok"},
    {"client": 2, "type": "invoke", "operation": "read"},
    {"client": 2, "type": "ok", "value": 0},
]


def _write(events) -> None:
    Path("history.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))


def test_a_stale_read_is_a_finding_with_the_longest_prefix(assay: Assay) -> None:
    _write(STALE)
    ran = assay("linearizable history.jsonl --initial 0")
    assert ran.status == 1
    assert "not linearizable" in ran.out
    assert "1 of 2 responses can be explained, and not the next one: 2: read() -> 0" in ran.out
    assert "again: assay linearizable history.jsonl --object register --initial 0" in ran.out
    assert assay("linearizable history.jsonl --initial 0 --sequential").status == 0


def test_the_json_report_has_the_order(assay: Assay) -> None:
    _write(STALE[:2])
    report = json.loads(assay("linearizable history.jsonl --format json").out)
    assert report["verdict"] == "holds"
    assert report["parts"][0]["order"] == ["1: write(3) -> None"]


def test_an_empty_history_is_refused_as_an_empty_log_is(assay: Assay) -> None:
    """Any object explains it: what was not recorded must not count as judged."""
    _write([])
    Path("history.edn").write_text("[]")
    for words in ("history.jsonl", "history.jsonl --object key-value", "history.jsonl --sequential", "history.edn"):
        ran = assay(f"linearizable {words}")
        assert (ran.status, ran.out) == (2, "")
        assert "the history has no events" in ran.err


def test_at_a_limit_the_verdict_is_unknown(assay: Assay) -> None:
    writes = [{"client": n, "type": "invoke", "operation": "write", "value": n} for n in range(12)]
    _write([*writes, {"client": 99, "type": "invoke", "operation": "read"}, {"client": 99, "type": "ok", "value": -1}])
    ran = assay("linearizable history.jsonl --max-configurations 50")
    assert ran.status == 3
    assert "unknown: a limit was reached" in ran.out


def test_a_specification_of_ones_own(assay: Assay) -> None:
    Path("own.py").write_text(
        "class Own:\n    initial = 0\n    def apply(self, state, operation):\n        yield 7, state\n"
    )
    _write([{"client": 1, "type": "invoke", "operation": "get"}, {"client": 1, "type": "ok", "value": 7}])
    assert assay("linearizable history.jsonl --object own.py:Own").status == 0


def test_wrong_usage_is_told_in_a_line(assay: Assay) -> None:
    _write(STALE)
    Path("own.py").write_text(
        "class NoInitial:\n    def apply(self, state, operation): ...\nclass Raises:\n    apply = 0\n"
        "    def __init__(self): raise ValueError('no')\nclass Wrong:\n    initial = 0\n    def apply(self, s, o):\n"
        "        return 1\n"
    )
    for words, message in {
        "history.jsonl --object nothing": "expected register, key-value, lock, queue, or a class of your own",
        "history.jsonl --object own.py:Missing": "own.py has no class Missing with a method apply",
        "history.jsonl --object own.py:NoInitial": "NoInitial has no attribute initial",
        "history.jsonl --object own.py:Raises": "Raises() raises ValueError: no",
        "history.jsonl --object own.py:Wrong": "the specification Wrong fails on write",
        "history.jsonl --object queue --initial 1": "--initial has no effect with another --object",
        "history.jsonl --initial {": "--initial {: expected a value in JSON",
        "history.jsonl --object queue": "a queue has no operation 'write'",
        "missing.jsonl": "cannot read missing.jsonl",
    }.items():
        ran = assay(f"linearizable {words}")
        assert (ran.status, message in ran.err, "Traceback" in ran.err) == (2, True, False), (words, ran)
