"""``assay check MODEL --quorums FILE``: what an unsafe configuration does to a protocol, by its own quorums."""

import json
from pathlib import Path

import pytest
from assay.checker.cli.request import CheckRequest
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.bridge.configured import configured

from tests.tiers import one_in

EXAMPLES = Path(__file__).parents[1] / "quorums" / "formats" / "examples"
SERVERS = "".join(f"server.{n}=zoo{n}:2888:3888\n" for n in range(1, 6))
HEAVY = "group.1=1:2:3:4:5\nweight.1={}\nweight.2={}\nweight.3=1\nweight.4=1\nweight.5=1\n"
NODES = 'nodes = ["n1", "n2", "n3", "n4"]\n'

UNSAFE = {
    "servers with the files of three and of five": ("paxos", EXAMPLES / "zookeeper-unsafe"),
    "members that disagree about the members": ("paxos", EXAMPLES / "etcd-unsafe"),
    "controllers with different voters": ("paxos", EXAMPLES / "kafka-kraft-unsafe"),
    "weights changed on two servers of five": (
        "paxos",
        {f"zoo-{n}.cfg": SERVERS + (HEAVY.format(3, 3) if n < 3 else HEAVY.format(1, 1)) for n in range(1, 6)},
    ),
    "half of four is taken for a quorum": (
        "paxos",
        {"half.toml": '[assay]\nsystem = "weighted"\nneed = 2\n[assay.weights]\nn1 = 1\nn2 = 1\nn3 = 1\nn4 = 1\n'},
    ),
    "R + W is no more than N": (
        "flexible_paxos",
        {"rw.toml": f'[assay]\nsystem = "read-write"\n{NODES}read = 1\nwrite = 3\n'},
    ),
    "phases whose quorums add up to n": (
        "flexible_paxos",
        {"flexible.toml": f'[assay]\nsystem = "flexible-paxos"\n{NODES}phase-one = 2\nphase-two = 2\n'},
    ),
    "a write that one replica acknowledges": ("flexible_paxos", EXAMPLES / "mongodb-unsafe.js"),
    "a topic with unclean leader election": ("flexible_paxos", EXAMPLES / "kafka-topic-unsafe.properties"),
    "a failover that asks too few standbys": ("flexible_paxos", EXAMPLES / "postgresql-unsafe.conf"),
}


def placed(content, folder):
    """Return a file or directory with the content."""
    if isinstance(content, Path):
        return content
    folder = folder / "configuration"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text)
    return folder if len(content) > 1 else folder / next(iter(content))


@pytest.fixture
def run(assay):
    """Run a command line; return its exit status and what it wrote to each stream."""

    def run(*arguments):
        ran = assay(*map(str, arguments))
        return ran.status, ran.out, ran.err

    return run


def named_by_assay_quorum(run, path):
    """Return the quorums of the splits that `assay quorum` names."""
    _, out, _ = run("quorum", path, "--format", "json")
    splits = [duty["split"] for duty in json.loads(out)["obligations"] if duty["split"]]
    return [{frozenset(quorum["nodes"]) for quorum in split["quorums"]} for split in splits]


def quorums_used(trace):
    """Return the sets of acceptors that proposals were based on, and those that accepted them, by name."""
    names, based, votes = trace.instance.name_of, set(), {}
    for step in trace.steps[1:]:
        action, arguments = step.call
        if action == "propose":
            based.add(frozenset(map(names, trace.instance.members(arguments[-1]))))
        elif action == "accept":
            votes.setdefault(arguments[1], set()).add(names(arguments[0]))
    return based | {frozenset(acceptors) for acceptors in votes.values()}


@pytest.mark.parametrize("case", one_in(3, UNSAFE))
def test_an_unsafe_configuration_violates_agreement_by_exactly_its_two_quorums(case, tmp_path, run):
    name, content = UNSAFE[case]
    path, model = placed(content, tmp_path), load(name)
    request = CheckRequest(
        Options(Engine.NATIVE, Limits(seconds=120), broken_axioms="report"),
        configured=configured(model.specification, str(path)),
    )
    result = request.run(model).result
    assert result.verdict is Verdict.VIOLATED
    assert result.violated == ("quorums_meet", "agreement")
    agreement = next(found for found in result.properties if found.name == "agreement")
    assert quorums_used(agreement.trace) in named_by_assay_quorum(run, path)


@pytest.mark.parametrize(
    ("model", "file"),
    [("paxos", "etcd-safe.env"), ("paxos", "kafka-kraft-safe.properties"), ("flexible_paxos", "postgresql-safe.conf")],
)
def test_a_safe_configuration_of_three_holds(model, file, run):
    status, out, err = run("check", model, "--quorums", EXAMPLES / file, "--format", "json")
    assert (status, err) == (0, "")
    record = json.loads(out)
    assert record["verdict"] == "holds"
    assert record["given"]["quorums"].endswith(": safe")


def test_the_report_names_the_nodes_the_quorums_and_how_to_do_it_again(run):
    path = EXAMPLES / "zookeeper-unsafe"
    status, out, _ = run("check", "paxos", "--quorums", path, "--as", "zookeeper")
    assert status == 1
    assert "quorum: {1, 2} and {3, 4, 5}, of the split; all others are left out" in out
    assert "propose(ballot=b1, value=v1, quorum={1, 2})" in out
    assert f"reproduce: assay check paxos --quorums {path} --as zookeeper" in out


def test_in_markdown_too(run):
    _, out, _ = run("check", "paxos", "--quorums", EXAMPLES / "etcd-unsafe", "--format", "markdown")
    assert "{infra1, infra2} and {infra0}" in out


def test_the_nodes_outside_of_the_split_are_left_out(tmp_path):
    path = placed({"rw.toml": f'[assay]\nsystem = "read-write"\n{NODES}read = 1\nwrite = 1\n'}, tmp_path)
    found = configured(load("flexible_paxos").specification, str(path))
    assert len(found.nodes) == 2
    assert found.words["Acceptor"].endswith("without the 2 nodes that no quorum of the split needs")


def test_a_violation_that_lies_beyond_the_limit_is_not_claimed(run):
    status, out, _ = run("check", "paxos", "--quorums", EXAMPLES / "etcd-unsafe", "--max-depth", "4")
    assert status == 1
    assert "violated: quorums_meet\n" in out
    assert "no violation was found within the limits, although an axiom is false" in out


def test_a_broken_axiom_is_refused_where_no_configuration_is_given(run):
    status, _, err = run("check", "paxos", "--set", "Quorum={1},{2}", "Acceptor=2")
    assert status == 2
    assert "the axiom quorums_meet is false in this instance" in err


def test_a_class_may_be_named_for_a_system_of_quorums(tmp_path):
    path = placed({"rw.toml": f'[assay]\nsystem = "read-write"\n{NODES}read = 2\nwrite = 3\n'}, tmp_path)
    found = configured(load("paxos").specification, str(path), settings={"Quorum": "write"})
    assert {len(quorum) for quorum in found.quorums["Quorum"]} == {3}


def test_what_the_format_has_no_place_for_is_set_as_for_assay_quorum():
    model, file = load("flexible_paxos").specification, str(EXAMPLES / "cassandra-unsafe.cql")
    found = configured(model, file, settings={"read": "QUORUM", "write": "QUORUM", "Ballot": "2"})
    assert found.words["quorums"].endswith(": safe")


def test_names_do_not_change_the_settings_that_make_the_instance_again():
    specification = load("paxos").specification
    named = instantiate(specification, {"Quorum": [(1, 2), (3,)]}, names={"Acceptor": ("x", "y", "z")})
    assert named.settings()["Quorum"] == "{a1,a2},{a3}"
    assert instantiate(specification, named.settings()).quorums == named.quorums


def test_lemmas_are_looked_at_with_keep_going_even_if_an_axiom_is_false():
    instance = instantiate(load("paxos").specification, {"Acceptor": 2, "Quorum": 1})
    result = check(instance, Options(keep_going=True, broken_axioms="report"))
    assert {"quorums_meet", "agreement", "no_other_value_is_choosable"} <= set(result.violated)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("paxos", "--quorums", "missing.cfg"), "missing.cfg"),
        (("paxos", "--as", "etcd"), "--as has no effect for MODEL alone"),
        (("two_phase_commit", "--quorums", EXAMPLES / "etcd-safe.env"), "has no quorums"),
        (("paxos", "--quorums", EXAMPLES / "etcd-safe.env", "--set", "Acceptor=5"), "is given by --quorums already"),
        (("paxos", "--quorums", EXAMPLES / "etcd-safe.env", "--set", "Quorum=2"), "no such class of quorums"),
        (("paxos", "--quorums", EXAMPLES / "etcd-safe.env", "--set", "Balot=2"), "has no setting"),
        (("paxos", "--quorums", EXAMPLES / "cassandra-unsafe.cql"), "quorums of 2 kinds"),
        (("paxos", "--quorums", EXAMPLES / "assay-unsafe.toml"), "Paxos cannot show it"),
        (("paxos", "--quorums", EXAMPLES / "zookeeper-no-quorum.cfg"), "there is nothing to explore"),
        (("--all", "--quorums", EXAMPLES / "etcd-safe.env"), "--quorums has no effect without MODEL"),
        (("paxos", "--quorums", "x", "--replay", "y"), "--quorums has no effect for MODEL with --replay"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(words, message, run):
    status, out, err = run("check", *words)
    assert (status, out) == (2, "")
    assert message in err


def test_too_many_quorums_are_refused(tmp_path, run):
    nodes = ", ".join(f'"n{n}"' for n in range(15))
    path = placed({"large.toml": f'[assay]\nsystem = "majority"\nnodes = [{nodes}]\n'}, tmp_path)
    status, _, err = run("check", "paxos", "--quorums", path)
    assert status == 2
    assert "more than 500 minimal quorums, too many for a model" in err


def test_a_proof_is_not_about_one_configuration(run):
    status, _, err = run("prove", "paxos", "--quorums", "zoo.cfg")
    assert status == 2
    assert "assay quorum zoo.cfg proves that its quorums meet" in err


def test_a_word_within_the_name_of_a_class_does_not_say_what_the_class_is_for(tmp_path):
    file = tmp_path / "regions.toml"
    file.write_text(
        '[assay]\nsystem = "custom"\n[classes]\n'
        '"never write" = {any = ["n1", "n2"]}\nread = {all = ["n1", "n2"]}\n'
        '[[obligations]]\nclasses = ["never write", "read"]\n'
    )
    with pytest.raises(UsageError, match="nothing says which are the PhaseTwoQuorum"):
        configured(load("flexible_paxos").specification, str(file))
