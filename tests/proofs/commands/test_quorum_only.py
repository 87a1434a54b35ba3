"""``assay quorum --only``: the verdict always, and nothing that was not asked."""

import json

import pytest
from assay.checker.cli import main

NODES = """
[nodes]
a = {failure = 0.01, latency = 0.1}
b = {failure = 0.01, latency = 0.2}
c = {failure = 0.01, latency = 0.3}
[classes]
quorum = {choose = 2, of = ["a", "b", "c"]}
[[obligations]]
classes = ["quorum", "quorum"]
"""


@pytest.fixture
def system(tmp_path):
    file = tmp_path / "system.toml"
    file.write_text(f'[assay]\nname = "three"\n{NODES}')
    return str(file)


def answers(record):
    survival, costs = record["survival"] or {}, record["classes"].get("quorum", {})
    return {
        "survival": bool(survival.get("tolerance")),
        "splitting": bool(survival.get("splitting_sets")),
        "sizes": costs.get("smallest_quorum") is not None,
        "latency": costs.get("fastest") is not None,
        "availability": costs.get("availability") is not None,
        "load": record["strategy"] is not None,
    }


@pytest.mark.parametrize(
    "only", ["safe", "survival", "splitting", "sizes", "latency", "availability", "load", "safe,load", "load,survival"]
)
def test_what_is_asked_is_answered_and_nothing_else(system, capsys, only):
    assert main(["quorum", system, "--only", only, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "safe"
    assert {name for name, is_there in answers(record).items() if is_there} == set(only.split(",")) - {"safe"}


def test_everything_is_asked_if_nothing_is_said(system, capsys):
    assert main(["quorum", system, "--format", "json"]) == 0
    assert all(answers(json.loads(capsys.readouterr().out)).values())


def test_a_demand_is_judged_whatever_else_is_asked(system, capsys):
    assert main(["quorum", system, "--only", "safe", "--fail-under", "f=2"]) == 1
    assert "demand: survive any 2 crashes: not met" in capsys.readouterr().out


@pytest.mark.parametrize("only", ["crashes", "safe,", ""])
def test_a_word_that_is_none_is_refused_with_those_that_there_are(system, capsys, only):
    assert main(["quorum", system, "--only", only]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "expected safe, survival, splitting, sizes, latency, availability, load" in err
