"""What Graphviz reads back from the dot that we write."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from assay.checker.engine.graph import state_graph
from assay.checker.errors import UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.report.graphs import to_dot, to_svg
from assay.checker.report.graphs.dot import quoted
from hypothesis import given, settings
from hypothesis import strategies as st

graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text):
    """Let Graphviz parse dot, and return its nodes by name and its edges by their ends."""
    done = subprocess.run(["dot", "-Tdot_json"], input=text.encode(), capture_output=True, check=True)
    content = json.loads(done.stdout)
    names = {found["_gvid"]: found["name"] for found in content["objects"]}
    nodes = {found["name"]: found for found in content["objects"] if "nodes" not in found and found["name"].isdecimal()}
    edges = {(names[edge["tail"]], names[edge["head"]]): edge for edge in content["edges"]}
    assert len(edges) == len(content["edges"])
    return nodes, edges


@graphviz
@pytest.mark.parametrize("model", ["consensus", "atomic_commit", "two_phase_commit", "paxos"])
def test_graphviz_reads_every_state_and_each_pair_of_states_once(model):
    graph = state_graph(instantiate(load(model).specification, name="smoke"))
    nodes, edges = parsed(to_dot(graph))
    assert set(nodes) == {str(node) for node in graph}
    assert set(edges) == {(str(source), str(target)) for source, target in graph.edges(keys=False)}


def test_the_same_graph_is_always_the_same_text(windy):
    assert to_dot(windy) == to_dot(windy.copy())


@graphviz
def test_initial_violating_and_frontier_states_stand_out(windy):
    nodes, _ = parsed(to_dot(windy))
    for node, data in windy.nodes(data=True):
        shown = nodes[str(node)]
        assert ("violates no_draught" in shown["label"]) == bool(data["violates"])
        assert ("dashed" in shown["style"]) == data["frontier"]
        assert (shown["fillcolor"] == nodes["0"]["fillcolor"]) == data["initial"]


@graphviz
def test_the_path_of_the_counterexample_is_bold(windy):
    _, edges = parsed(to_dot(windy))
    bold = {ends for ends, edge in edges.items() if edge.get("style") == "bold"}
    assert bold == {(str(source), str(target)) for source, target, on in windy.edges(data="path") if on}
    assert len(bold) == 2


@graphviz
def test_terminal_states_have_a_double_frame(peculiar):
    nodes, _ = parsed(to_dot(peculiar))
    double = {name for name, node in nodes.items() if node.get("peripheries") == "2"}
    assert double == {str(node) for node, on in peculiar.nodes(data="terminal") if on}
    assert len(double) == 1


@graphviz
def test_a_label_tells_what_differs_and_the_tooltip_everything(windy):
    nodes, _ = parsed(to_dot(windy))
    assert nodes["0"]["label"] == "0\\lis_open = {d1: False, d2: False, d3: False}\\lslammed = {}\\l"
    assert nodes["1"]["label"] == "1\\lis_open[d1] = True\\l\N{ANTICLOCKWISE OPEN CIRCLE ARROW} blow(d1)\\l"
    assert nodes["1"]["tooltip"] == "state 1\\nis_open = {d1: True, d2: False, d3: False}\\nslammed = {}"


@graphviz
def test_awkward_names_are_shown_as_they_are(peculiar, awkward):
    root = ET.fromstring(to_svg(peculiar))
    shown = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    for name in awkward[1:]:
        for line in f"said = {name}".replace("\x07", "\N{REPLACEMENT CHARACTER}").split("\n"):
            assert line.strip() in {text.strip() for text in shown}


@graphviz
@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=12))
def test_any_text_survives_graphviz(text):
    done = subprocess.run(
        ["dot", "-Tsvg"], input=f"graph {{ a [label={quoted(text)}] }}".encode(), capture_output=True, check=True
    )
    assert b"rror" not in done.stderr
    root = ET.fromstring(done.stdout)
    assert ["".join(found.itertext()) for found in root.iter(f"{SVG}text")] == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("a\nb", r'"a\nb"'),
        ("&lt;", '"&amp;lt;"'),
        ("bell\x07", '"bell\N{REPLACEMENT CHARACTER}"'),
        ("", '""'),
    ],
)
def test_quoting(text, expected):
    assert quoted(text) == expected


def test_without_graphviz_an_svg_says_what_to_install(windy, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Graphviz") as error:
        to_svg(windy)
    assert "--format dot" in error.value.help
    assert to_dot(windy)
