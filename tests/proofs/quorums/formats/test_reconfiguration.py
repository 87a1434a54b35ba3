"""Changes by the rules of the systems themselves: one voter at a time, joint, or agreed upon by the one before."""

import json
from itertools import pairwise

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.configurations import ReconfigurationMode
from assay.proofs.quorums.formats import FORMATS, read_configuration
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.questions import Questions
from assay.proofs.quorums.rendering import machine
from assay.proofs.quorums.rendering.text import render
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition
from format_oracle import EXAMPLES
from quorum_oracle import minimal, quorums


def parsed(text, name="file"):
    return parse_source(Source(name, text))


def text_of(report):
    return "\n".join(line.plain for line in render(report))


def etcd(*names):
    listed = [{"ID": ord(name), "name": name, "peerURLs": [f"http://{name}:2380"]} for name in names]
    return parsed(json.dumps({"members": listed}))


def kraft(*ids):
    return parsed("controller.quorum.voters=" + ",".join(f"{i}@c{i}:9093" for i in ids) + "\n")


def mongodb(*members, **settings):
    listed = [{"_id": i, "host": host, **more} for i, (host, more) in enumerate(members)]
    return parsed(json.dumps({"_id": "rs", "members": listed, "settings": settings}))


def validators(**powers):
    listed = [{"address": name, "power": str(power)} for name, power in powers.items()]
    return parsed(json.dumps({"chain_id": "c", "validators": listed}))


def test_every_format_says_how_its_system_changes():
    seen = set()
    for path in EXAMPLES.iterdir():
        configuration = read_configuration(path)
        rule = configuration.reconfiguration
        assert rule.words, path.name
        assert rule.source or configuration.format == "assay", path.name
        seen.add((configuration.format, rule.mode))
    assert {name for name, _ in seen} == {format.name for format in FORMATS}
    assert {name for name, mode in seen if mode is ReconfigurationMode.SINGLE} == {
        "clickhouse-keeper", "consul", "etcd", "kafka-kraft", "mongodb"
    }  # fmt: skip
    assert {name for name, mode in seen if mode is ReconfigurationMode.JOINT} == {"zookeeper", "elasticsearch", "assay"}
    assert {name for name, mode in seen if mode is ReconfigurationMode.CHAINED} == {
        "cometbft",
        "kafka-topic",
        "patroni",
    }


@pytest.mark.parametrize(("old", "new"), [(etcd("a", "b", "c"), etcd("a", "d", "e")), (kraft(1, 2, 3), kraft(1, 4, 5))])
def test_raft_members_change_one_at_a_time(old, new):
    report = analyse(old, against=new)
    assert report.change.is_refused
    assert len(report.change.steps) == 4
    stations = [set(old.system.nodes), *(set(step.system.nodes) for step in report.change.steps)]
    assert all(len(before ^ after) == 1 for before, after in pairwise(stations))
    assert stations[-1] == set(new.system.nodes)
    assert f"{old.format} refuses this in one step: 4 voters change" in text_of(report)


def test_a_change_of_two_voters_can_be_safe_and_is_refused_all_the_same():
    """Three of four and four of six always meet."""
    report = analyse(etcd(*"abcd"), against=etcd(*"abcdef"))
    assert report.change.condition is Condition.SAFE
    assert report.change.is_refused
    assert [step.joining for step in report.change.steps] == [("e",), ("f",)]
    assert report.status == 0


def test_one_voter_more_is_what_etcd_does():
    report = analyse(etcd("a", "b", "c"), against=etcd("a", "b", "c", "d"))
    assert not report.change.is_refused
    assert not report.change.steps
    assert report.status == 0


VOTER, ARBITER, SILENT = {}, {"arbiterOnly": True}, {"votes": 0, "priority": 0}


def test_mongodb_goes_through_configurations_that_it_would_accept():
    old = mongodb(("a", VOTER), ("b", VOTER), ("c", VOTER))
    new = mongodb(("a", VOTER), ("d", VOTER), ("e", VOTER), ("h", SILENT))
    report = analyse(old, against=new)
    assert report.change.moving == ("b", "c", "d", "e")
    assert report.change.is_refused
    told = [change for step in report.change.steps for change in step.changes]
    assert sorted(told) == ["add d", "add e", "add h", "remove b", "remove c"]
    stations = [old.system, *(step.system for step in report.change.steps)]
    nodes = tuple("abcdeh")
    for before, after in pairwise(stations):
        writes, elections = (
            minimal(quorums(resolve(s, UnknownNodes.ABSENT).classes[name], nodes))
            for s, name in ((before, "write"), (after, "election"))
        )
        assert all(write & election for write in writes for election in elections)


def test_an_arbiter_that_makes_the_implicit_write_concern_one_is_no_safe_step():
    old = mongodb(("a", VOTER), ("b", VOTER), ("c", VOTER))
    new = mongodb(("a", VOTER), ("b", VOTER), ("c", ARBITER))
    report = analyse(old, against=new)
    assert report.against.condition is Condition.SPLIT
    assert not report.change.steps
    assert report.change.search.is_exhaustive


def test_old_and_new_validators_need_not_meet_and_light_clients_are_told():
    old, new = validators(a=10, b=10, c=10, d=10), validators(d=10, e=10, f=10, g=10)
    report = analyse(old, against=new)
    assert report.change.condition is Condition.SAFE
    assert report.status == 0
    text = text_of(report)
    assert "a block names the validators of a later height" in text
    assert "violated a light client can skip over the change" in text
    near = analyse(old, against=validators(a=10, b=10, c=10, e=10))
    assert "holds    a light client can skip over the change" in text_of(near)


@pytest.mark.parametrize("old", [{"a": 5, "b": 3, "c": 3, "d": 1}, {"a": 1, "b": 1, "c": 1}])
@pytest.mark.parametrize("new", [{"a": 5, "b": 3, "e": 3}, {"b": 2, "c": 2, "x": 4}, {"c": 1, "d": 9}])
def test_light_clients_accept_a_commit_exactly_with_more_than_a_third_of_the_old_power(old, new):
    report = analyse(validators(**old), against=validators(**new))
    total = sum(new.values())
    commits = [q for q in quorums(validators(**new).system.classes["commit"], new) if q]
    assert all(3 * sum(new[v] for v in commit) > 2 * total for commit in commits)
    skips = all(3 * sum(old.get(v, 0) for v in commit) > sum(old.values()) for commit in commits)
    assert (report.change.crossing.condition is Condition.SAFE) == skips


STATE = (
    '{"voters": [1, 2, 3], "voters_outgoing": [1, 2, 4, 6], "learners": [5], "learners_next": [4], "auto_leave": true}'
)


def test_a_raft_group_in_the_middle_of_a_change_needs_a_majority_of_both():
    configuration = parsed(STATE)
    assert configuration.format == "etcd"
    assert configuration.is_joint
    kind = configuration.system.classes["quorum"]
    nodes = ("1", "2", "3", "4", "6")
    assert configuration.system.nodes == nodes
    expected = {q for q in quorums(kind, nodes) if len(q & {"1", "2", "3"}) >= 2 and len(q & {"1", "2", "4", "6"}) >= 3}
    assert set(quorums(kind, nodes)) == expected
    record = machine.record(analyse(configuration))
    assert record["joint"] is True
    assert record["verdict"] == "safe"
    plain = parsed(
        '{"voters": [1, 2, 3], "learners": [], "voters_outgoing": [], "learners_next": [], "auto_leave": false}'
    )
    assert not plain.is_joint
    assert machine.record(analyse(plain))["joint"] is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"voters": []}', "there is no voter"),
        ('{"voters": [1, 1]}', "occurs twice"),
        ('{"voters": [1, 2], "learners": [2]}', "2 is a voter and a learner"),
        ('{"voters": [1, 2], "voters_outgoing": [1], "learners_next": [3]}', "3 in learners_next is not a voter"),
        ('{"voters": [1, -2]}', "-2"),
        ('{"voters": [1], "voter": [2]}', "voter"),
    ],
)
def test_states_of_raft_that_cannot_be_are_refused(text, words):
    with pytest.raises(InputError, match=words) as caught:
        parse_source(Source("state.json", text), as_="etcd")
    assert caught.value.location is not None


def test_json_tells_the_way_of_each_side_and_the_trees_of_the_joint_configuration():
    old, new = (parsed("\n".join(f"server.{i}=z{i}:2888:3888" for i in range(1, n + 1))) for n in (3, 5))
    record = machine.record(analyse(old, Questions(), against=new))
    assert record["reconfiguration"]["way"] == "joint"
    assert record["change"]["joint"] is True
    assert record["change"]["joint_trees"]["quorum"]["need"] == 2
    assert record["change"]["refused"] is False
    assert record["change"]["moving"] == ["4", "5"]
