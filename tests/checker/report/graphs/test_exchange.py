"""GraphML and JSON, read back by networkx."""

from __future__ import annotations

import json
import re

import networkx as nx
import pytest
from assay.checker.engine.graph import state_graph
from assay.checker.engine.limits import Limits
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.report.graphs import document, to_graphml, to_json
from assay.checker.report.itf_values import Codec

MODELS = ["consensus", "atomic_commit", "two_phase_commit", "paxos"]


def smoke(model):
    return state_graph(instantiate(load(model).specification, name="smoke"))


def from_graphml(text):
    return nx.parse_graphml(text, node_type=int, force_multigraph=True)


def from_json(text):
    content = json.loads(text)
    return nx.node_link_graph({**content, "links": content["edges"]}, **edges_argument())


def edges_argument():
    """Return how this networkx names the list of edges."""
    return {"edges": "edges"} if nx.__version__ >= "3.4" else {}


def steps(graph):
    return sorted((source, target, action) for source, target, action in graph.edges(data="action"))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("write", "read"), [(to_graphml, from_graphml), (to_json, from_json)])
def test_networkx_reads_the_same_graph_back(model, write, read):
    graph = smoke(model)
    again = read(write(graph))
    assert set(again) == set(graph)
    assert steps(again) == steps(graph)
    for name in ("initial", "depth", "frontier"):
        assert dict(again.nodes(data=name)) == dict(graph.nodes(data=name))


def test_graphml_holds_plain_values_only(windy):
    again = from_graphml(to_graphml(windy))
    for data in [data for _, data in again.nodes(data=True)] + [data for *_, data in again.edges(data=True)]:
        assert all(isinstance(value, str | bool | int) for value in data.values())
    assert again.nodes[0]["state.is_open"] == "{d1: False, d2: False, d3: False}"
    assert again.graph["model"] == "Wind"
    assert again.graph["parameters"] == "Door=3"
    assert {data["violates"] for _, data in again.nodes(data=True)} == {"", "no_draught"}


def test_graphml_keeps_awkward_names(peculiar, awkward):
    again = from_graphml(to_graphml(peculiar))
    said = {value or "" for _, value in again.nodes(data="state.said")}
    assert said == {name.replace("\x07", "\N{REPLACEMENT CHARACTER}") for name in awkward}


def test_json_keeps_awkward_names(peculiar, awkward):
    content = json.loads(to_json(peculiar))
    assert [node["state"]["said"] for node in content["nodes"]] == list(awkward)


def test_json_has_the_documented_keys(windy):
    content = json.loads(to_json(windy))
    documented = re.findall(r'"(\w+)": ', document.__doc__)
    for part in (content, content["nodes"][0], content["edges"][0]):
        assert set(part) <= {*documented, "violates", "terminal"}
    assert content["version"] == 1
    assert content["parameters"] == {"Door": 3}
    assert content["variables"] == {"is_open": "Map[Door, bool]", "slammed": "Set[Door]"}
    assert content["actions"]["blow"] == {"door": "Door"}
    assert content["stop"]["reason"] == "max-depth"
    assert not content["complete"]
    assert content["initial"] == [0]


def test_json_tells_states_and_steps_apart_by_their_marks(windy):
    content = json.loads(to_json(windy))
    path = [node["id"] for node in content["nodes"] if node.get("path")]
    assert content["nodes"][path[-1]]["violates"] == ["no_draught"]
    assert sum(1 for edge in content["edges"] if edge.get("path")) == 2


def test_json_states_decode_to_the_states(windy):
    instance = windy.graph["instance"]
    codec, variables = Codec(instance), instance.specification.variables
    for node in json.loads(to_json(windy))["nodes"]:
        state = tuple(codec.decode(variable.type, node["state"][variable.name]) for variable in variables)
        assert state == windy.nodes[node["id"]]["state"]


def test_an_incomplete_graph_says_so(windy):
    instance = windy.graph["instance"]
    graph = state_graph(instance, Limits(states=5))
    content = json.loads(to_json(graph))
    assert content["complete"] is False
    assert content["stop"] == {"reason": "max-states", "detail": "the limit of 5 states was reached"}
    assert from_graphml(to_graphml(graph)).graph["complete"] is False
