"""``assay upgrade`` on implementations: from files, from revisions, and on what goes wrong with them."""

import json
import subprocess

import pytest

from tests.checker.upgrades.conftest import PAXOS, STORE
from tests.tiers import one_in

RENAMED = (("kept: Durable[int]", "stored_value: Durable[int]"), ("self.kept", "self.stored_value"))
RENAMED += (("server.kept", "server.stored_value"),)


def test_a_version_can_be_upgraded_to_itself(assay, write):
    write("old.py")
    ran = assay("upgrade old.py old.py")
    assert ran.status == 0, ran
    assert "\nsafe at crashes=0: exhaustive, all " in ran.out


def test_what_a_constraint_keeps_out_is_not_said_to_be_safe(assay, write):
    inside = ("reachable=(all_is_kept,),", "reachable=(all_is_kept,),\n        constraint=lambda world: True,")
    write("old.py", STORE, inside)
    ran = assay("upgrade old.py old.py")
    assert ran.status == 0, ran
    assert "warning: what the constraint of the version after keeps out was not explored\n" in ran.out


def test_a_durable_attribute_that_is_renamed_loses_what_was_acknowledged_only_while_mixed(assay, write):
    write("old.py")
    write("new.py", STORE, *RENAMED)
    ran = assay("upgrade old.py new.py --nodes server")
    assert ran.status == 1
    assert "\nunsafe only while mixed: nothing_is_lost\n" in ran.out
    assert "server runs before" in ran.out
    assert "server is stopped, to be replaced" in ran.out
    assert "server handles its replacement, chooses release 'after'" in ran.out


def test_a_claim_that_became_weaker_is_told(assay, write):
    """The claims are those of the version after, which a change may have made weaker."""
    write("old.py")
    write("new.py", STORE, *RENAMED, ("client.acknowledged <=", "client.acknowledged - 5 <="))
    ran = assay("upgrade old.py new.py --nodes server")
    assert ran.status == 0
    assert "warning: nothing_is_lost is other code in the version before, which was not checked" in ran.out
    write("new.py", STORE, *RENAMED)
    assert "is other code" not in assay("upgrade old.py new.py --nodes server").out


def test_a_version_that_keeps_the_name_on_disk_is_safe(assay, write):
    write("old.py")
    write(
        "new.py", STORE, ("max(self.kept, message.value)", "message.value if message.value > self.kept else self.kept")
    )
    assert assay("upgrade old.py new.py --downgrades").status == 0


@pytest.mark.slow
def test_what_one_version_does_wrong_by_itself_is_said_to(assay, write):
    write("old.py")
    write("new.py", STORE, ("kept: Durable[int]", "kept: int"))
    ran = assay("upgrade old.py new.py")
    assert ran.status == 1
    assert "unsafe: nothing_is_lost (the version after alone violates it)" in ran.out


@pytest.mark.slow
def test_a_restart_of_the_same_version_may_be_what_is_wrong(assay, write):
    for name in ("old.py", "new.py"):
        write(name, STORE, ("kept: Durable[int]", "kept: int"))
    ran = assay("upgrade old.py new.py")
    assert "unsafe: nothing_is_lost (each version violates it alone, too)" in ran.out


@pytest.mark.slow
def test_a_way_back_is_looked_at_only_if_it_is_asked_for(assay, write):
    """The new version keeps its value under both names, so that an upgrade is safe; the old one writes one of them."""
    write("old.py")
    both = ("self.kept = max(self.kept, message.value)", "self.kept = self.newer = max(self.newer, message.value)")
    newer = (("kept: Durable[int] = 0", "kept: Durable[int] = 0\n    newer: Durable[int | None] = None"), both)
    start = (
        "    @on(Put)",
        "    def on_recover(self) -> None:\n        self.newer = self.newer or self.kept\n\n    @on(Put)",
    )
    begin = (
        "    def on_recover(self) -> None:\n        self.newer",
        "    def on_start(self) -> None:\n        self.newer = 0\n\n"
        "    def on_recover(self) -> None:\n        self.newer",
    )
    read = ("client.acknowledged <= server.kept", "client.acknowledged <= max(server.kept, server.newer or 0)")
    write("new.py", STORE, *newer, start, begin, read)
    assert assay("upgrade old.py new.py --nodes server").status == 0
    # Back and forth: the newer name is out of date after the old version has run, and wins all the same.
    write(
        "new.py",
        STORE,
        *newer,
        start,
        begin,
        ("client.acknowledged <= server.kept", "client.acknowledged <= (server.newer or server.kept)"),
    )
    assert assay("upgrade old.py new.py --nodes server").status == 0
    ran = assay("upgrade old.py new.py --nodes server --downgrades")
    assert ran.status == 1
    assert "unsafe only while mixed: nothing_is_lost" in ran.out


@pytest.mark.slow
def test_a_field_with_a_default_is_read_by_both_versions(assay, write):
    write("old.py")
    write("new.py", STORE, ("class Put:\n    value: int", "class Put:\n    value: int\n    why: str = ''"))
    assert assay("upgrade old.py new.py").status == 0


def test_a_field_that_the_old_version_does_not_send_is_missed(assay, write):
    write("old.py")
    write(
        "new.py",
        STORE,
        ("class Put:\n    value: int", "class Put:\n    value: int\n    why: str"),
        ("Put(1)", "Put(1, '')"),
        ("+ 1))", "+ 1, ''))"),
        ("message.value)\n        self.send", "message.value + len(message.why))\n        self.send"),
    )
    ran = assay("upgrade old.py new.py")
    assert ran.status == 1
    assert "unsafe only while mixed: rules" in ran.out
    assert "AttributeError: 'Put' object has no attribute 'why'" in ran.out


@pytest.mark.parametrize(
    ("claim", "status", "said"),
    [
        ("value < 3", 0, "safe"),
        ("value < 2", 1, "violated  all_that_is_put"),
        ("why == ''", 3, "a Put is in the words of another version, which has no why"),
    ],
)
def test_what_is_claimed_of_messages_is_claimed_of_those_that_lack_a_field(assay, write, claim, status, said):
    write("old.py")
    every = f"all(each.message.{claim} for each in world.sent if isinstance(each.message, Put))"
    write(
        "new.py",
        STORE,
        ("class Put:\n    value: int", "class Put:\n    value: int\n    why: str"),
        ("Put(1)", "Put(1, '')"),
        ("+ 1))", "+ 1, ''))"),
        ("def cluster(", f"def all_that_is_put(world: World) -> bool:\n    return {every}\n\n\ndef cluster("),
        ("invariants=(nothing_is_lost,)", "invariants=(all_that_is_put,)"),
    )
    ran = assay("upgrade old.py new.py --nodes server")
    assert ran.status == status, ran.out
    assert said in ran.out


ONE_NODE = """from assay.impl.node import Cluster, Node


class Counter(Node):
    count: int = 3


def cluster():
    return Cluster({"a": Counter()}, invariants=(CLAIMS))
"""


def test_claims_of_one_name_are_not_judged_by_each_other(assay, tmp_path):
    claims = 'lambda world: world.nodes["a"].count > 5, lambda world: world.nodes["a"].count < 9'
    (tmp_path / "old.py").write_text(ONE_NODE.replace("CLAIMS", claims))
    (tmp_path / "new.py").write_text(
        ONE_NODE.replace("CLAIMS", claims).replace("count: int = 3", "total: int = 7").replace(".count", ".total")
    )
    ran = assay("upgrade old.py new.py")
    assert ran.status == 3
    assert "a runs before, which has no total" in ran.out


def test_a_message_that_the_other_version_does_not_know_is_ignored_with_a_warning(assay, write):
    write("old.py")
    write(
        "new.py",
        STORE,
        ("class Stored:", "class Acknowledged:"),
        ("Stored(", "Acknowledged("),
        ("@on(Stored)", "@on(Acknowledged)"),
        ("message: Stored", "message: Acknowledged"),
    )
    ran = assay("upgrade old.py new.py")
    assert ran.status == 0
    assert "warning: Client ignores Acknowledged, for which it has no method" in ran.out
    assert "warning: Client ignores Stored, for which it has no method" in ran.out


@pytest.mark.slow
def test_what_the_other_version_cannot_read_from_disk_is_an_error(assay, write):
    import_ = ("from assay.impl.node import", "from dataclasses import dataclass\n\nfrom assay.impl.node import")
    boxed = "@dataclass(frozen=True)\nclass {}:\n    value: int\n\n\nclass Server(Node):"
    for name, box in (("old.py", "Box"), ("new.py", "Case")):
        write(
            name,
            STORE,
            import_,
            ("class Server(Node):", boxed.format(box)),
            ("kept: Durable[int] = 0", f"kept: Durable[{box}] = {box}(0)"),
            ("max(self.kept, message.value)", f"{box}(max(self.kept.value, message.value))"),
            ("server.kept", "server.kept.value"),
        )
    ran = assay("upgrade old.py new.py --nodes server")
    assert ran.status == 1
    assert "unsafe only while mixed: rules" in ran.out
    assert "after has no Box" in ran.out


def test_revisions_side_by_side_with_modules_of_one_name(assay, write, commit, tmp_path):
    """Each version imports its own `wire`, one of them when a handler is called; the working tree is not touched."""
    parts = STORE.read_text().partition("class Server")
    messages = parts[0].replace("Address, Cluster, Durable, Faults, Network, Node, World, message, on", "message")
    (tmp_path / "wire.py").write_text(messages + "FIRST = 1\n")
    nodes = parts[0].partition("@message")[0] + "from wire import Put, Stored\n\n\nclass Server" + parts[2]
    lazily = nodes.replace(
        "        self.kept = ", "        from wire import FIRST\n\n        assert FIRST == 1\n        self.kept = "
    )
    (tmp_path / "store.py").write_text(lazily)
    commit("one")
    (tmp_path / "wire.py").write_text(messages + "FIRST = 2\n")
    (tmp_path / "store.py").write_text(lazily.replace("FIRST == 1", "FIRST == 2"))
    commit("two")
    before = {path.name: path.read_text() for path in tmp_path.glob("*.py")}
    assert assay("upgrade HEAD~1:store.py HEAD:store.py --downgrades").status == 0
    assert assay("upgrade HEAD~1 store.py").out.startswith("HEAD~1:store.py -> store.py  rolling upgrade\n")
    assert {path.name: path.read_text() for path in tmp_path.glob("*.py")} == before
    status = subprocess.run(["git", "status", "--short"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert status.stdout == ""


@pytest.mark.slow
def test_mutants_are_versions_too(assay):
    ran = assay("upgrade two_phase_commit two_phase_commit:ForgetfulCoordinator --nodes c")
    assert ran.status == 1
    assert "refinement (the version after alone violates it)" in ran.out


def test_json_and_markdown(assay, write):
    write("old.py")
    write("new.py", STORE, *RENAMED)
    found = json.loads(assay("upgrade old.py new.py --nodes server --format json").out)
    assert (found["verdict"], found["only_mixed"], found["exit_status"]) == ("violated", ["nothing_is_lost"], 1)
    assert found["upgraded"] == ["server"]
    claims = {claim["name"]: claim for claim in found["mixed"]["claims"]}
    assert claims["nothing_is_lost"]["trace"][0]["step"] == "the nodes have started"
    assert {name: phase["verdict"] for name, phase in found["alone"].items()} == {"before": "holds", "after": "holds"}
    page = assay("upgrade old.py new.py --nodes server --format markdown").out
    assert "**unsafe only while mixed: nothing\\_is\\_lost**" in page


@pytest.mark.parametrize(("limit", "said"), [("", True), (" --max-states 3", False)])
def test_that_every_message_is_handled_is_said_only_where_all_is_explored(assay, write, limit, said):
    write("store.py")
    ran = assay("upgrade store.py store.py --format junit" + limit)
    assert ('name="every message is handled"' in ran.out) is said


def test_a_limit_leaves_it_open(assay, write):
    write("old.py")
    ran = assay("upgrade old.py old.py --max-states 3")
    assert ran.status == 3
    assert "unknown: the limit of 3 states was reached" in ran.out


@pytest.mark.parametrize(
    ("words", "error"),
    one_in(
        3,
        [
            ("old.py other.py", "have different nodes: another in one of them only"),
            ("old.py old.py --nodes sever", "there is no node 'sever'; did you mean 'server'?"),
            ("old.py old.py --set crshes=1", "cluster of old.py has no parameter 'crshes'"),
            ("old.py nothing.py", "nothing.py does not exist"),
            ("old.py lease.py", "lease.py is a model, and says nothing of nodes"),
            ("HEAD:old.py old.py", "not a git repository"),
            ("old.py old.py --instance smoke", "--instance has no effect on implementations"),
        ],
    ),
)
def test_what_does_not_fit_is_said_in_a_line(assay, write, words, error):
    write("old.py")
    write("other.py", STORE, ('"server": Server(),', '"server": Server(), "another": Server(),'))
    ran = assay(f"upgrade {words}")
    assert ran.status == 2, ran
    assert ran.out == ""
    assert error in ran.err.splitlines()[0]


def test_configurations_that_are_right_alone_break_agreement_of_a_model_together(assay, tmp_path):
    """The same for quorums under a model: a vote of c alone, and the promises of a and b, do not meet."""
    for name, one, two in (("majority", 2, 2), ("flexible", 3, 1)):
        nodes = f'nodes = ["a", "b", "c"]\nphase-one = {one}\nphase-two = {two}\n'
        (tmp_path / f"{name}.toml").write_text(f'[assay]\nsystem = "flexible-paxos"\n{nodes}')
    ran = assay("upgrade majority.toml flexible.toml --model flexible_paxos")
    assert ran.status == 1
    assert "unsafe only while mixed: quorums_meet, agreement, no_other_value_is_choosable\n" in ran.out
    assert "before alone  right, 3,921 states" in ran.out
    assert "after alone   right" in ran.out
    assert "agreement: 11 states, none is shorter" in ran.out


STUCK = """
from assay.checker.language import Model, QuorumSystem, Set, Sort, action, constraint, invariant, require


class Node(Sort): ...


class Quorum(QuorumSystem[Node]): ...


class Stuck(Model):
    default = {"Node": 3}
    votes: Set[Node] = set()
    decided: bool = False

    @action
    def vote(self, n: Node) -> None:
        require(n not in self.votes)
        self.votes.add(n)

    @action
    def decide(self, q: Quorum) -> None:
        require(not self.decided and all(n in self.votes for n in q))
        self.decided = True

    @constraint
    def few(self) -> bool:
        return len(self.votes) < MOST

    @invariant
    def somebody_decides(self) -> bool:
        return not self.decided or len(self.votes) > 0
"""


@pytest.mark.parametrize(("most", "status"), [(9, 1), (3, 0)])
def test_under_two_configurations_deadlocks_and_constraints_count_as_in_a_check(assay, tmp_path, most, status):
    (tmp_path / "stuck.py").write_text(STUCK.replace("MOST", str(most)))
    (tmp_path / "majority.toml").write_text('[assay]\nsystem = "majority"\nnodes = ["a", "b", "c"]\n')
    ran = assay("upgrade majority.toml majority.toml --model stuck.py")
    assert ran.status == status, ran.out
    assert ("violated  no deadlock" in ran.out) is (status == 1)
    assert ("warning: exhaustive inside the state constraint only" in ran.out) is (status == 0)


@pytest.mark.slow
def test_majorities_and_flexible_quorums_are_right_alone_and_break_agreement_together(assay, write):
    """Phase 1 with all 3 and phase 2 with 1 is right, as are majorities in both; a vote of one escapes a majority."""
    write("majority.py", PAXOS)
    write("flexible.py", PAXOS, ("PREPARE, CHOOSE = 2, 2", "PREPARE, CHOOSE = 3, 1"))
    ran = assay("upgrade majority.py flexible.py --nodes p1 p2")
    assert ran.status == 1
    assert "unsafe only while mixed: agreement" in ran.out
    assert "before alone  right" in ran.out
    assert "after alone   right" in ran.out
    assert "p1.chosen: None -> 'v1'" in ran.out
    assert "p2.chosen: None -> 'v2'" in ran.out
