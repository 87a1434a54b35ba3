"""What is claimed of nodes is code: which changes of it are seen, and which are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from assay.checker.changes.predicates import CONSTRAINT, MAPPING, MODEL, SEQUENTIAL, digests
from assay.checker.histories.specifications import Register
from assay.checker.implementations.loading import load_cluster

from tests.checker.gate.projects import change
from tests.command_line import Assay
from tests.tiers import as_shown_by

NODES = '''
from enum import Enum

import limits
from assay.impl.node import Address, Cluster, Durable, Node, World, message, on

MOST = 2


class Phase(Enum):
    EARLY, LATE = range(2)


BUSY = frozenset({Phase.EARLY})


@message
class Put:
    value: int


class Server(Node):
    kept: Durable[int] = 0
    seen: int = 0

    @on(Put)
    def put(self, client: Address, message: Put) -> None:
        self.kept = max(self.kept, message.value)

    def is_full(self) -> bool:
        return self.kept >= limits.MOST


class Client(Node):
    server: Address
    phase: Phase = Phase.EARLY

    def on_start(self) -> None:
        self.send(self.server, Put(1))


def server(world: World) -> Server:
    return world.nodes["server"]


def few(world: World) -> bool:
    """Not many are kept."""
    return all(number <= MOST for number in (server(world).kept, 0))


def never_full(world: World) -> bool:
    found = [node for node in world.nodes.values() if isinstance(node, Server) and node.is_full()]
    return not found or any(client.phase in BUSY for client in world.of(Client).values())


def cluster(most: int = 3) -> Cluster:
    nodes = {"server": Server(), "client": Client(server="server")}
    return Cluster(nodes, invariants=(few, never_full), constraint=lambda world: server(world).kept <= most)
'''

Digests = Callable[..., dict[str, str]]


@pytest.fixture
def told(tmp_path: Path) -> Digests:
    """Return a function that returns the hashes of what the nodes claim after replacements."""

    def told(*replacements: tuple[str, str]) -> dict[str, str]:
        folder = tmp_path / str(len([*tmp_path.iterdir()]))
        folder.mkdir()
        (folder / "limits.py").write_text("MOST = 5\n")
        text = NODES
        for before, after in replacements:
            assert before in text, before
            text = text.replace(before, after)
        (folder / "nodes.py").write_text(text)
        return dict(digests(load_cluster(str(folder / "nodes.py"), {})))

    return told


def test_each_claim_and_what_is_assumed_has_a_hash(told: Digests) -> None:
    assert {*told()} == {"few", "never_full", CONSTRAINT}
    assert MAPPING in dict(digests(load_cluster("two_phase_commit", {})))


@pytest.mark.parametrize(
    "replaced",
    [
        pytest.param([('    """Not many are kept."""\n', "    # few\n")], id="comments"),
        pytest.param([("number", "count")], id="a local name"),
        pytest.param([("kept", "stored")], id="an attribute of nodes"),
        pytest.param([("server(world", "the_server(world")], id="a function"),
        pytest.param([("is_full", "is_at_its_end")], id="a method of nodes"),
        pytest.param([("world: World) -> bool", "w: World) -> 'bool'"), ("world", "w")], id="a parameter, annotations"),
        pytest.param([("MOST = 2", "MOST = 1 + 1")], id="a constant in other words"),
        pytest.param([("max(self.kept, message.value)", "self.kept + 1")], id="what handlers do"),
    ],
)
def test_what_says_the_same_has_the_same_hash(told: Digests, replaced: list[tuple[str, str]]) -> None:
    assert told(*replaced) == told()


@pytest.mark.parametrize(
    ("replaced", "changed"),
    [
        (("number <= MOST", "number <= MOST + 1"), "few"),
        (("MOST = 2", "MOST = 3"), "few"),
        (("(server(world).kept, 0)", "(server(world).seen, 0)"), "few"),
        (('world.nodes["server"]', 'world.nodes["client"]'), "few"),
        (("self.kept >= limits.MOST", "self.kept > limits.MOST"), "never_full"),
        (("self.kept >= limits.MOST", "self.kept >= 5 + limits.MOST"), "never_full"),
        (("frozenset({Phase.EARLY})", "frozenset({Phase.EARLY, Phase.LATE})"), "never_full"),
        (("return not found or any(", "return not found or not any("), "never_full"),
        (("kept <= most", "kept < most"), CONSTRAINT),
        (("most: int = 3", "most: int = 2"), CONSTRAINT),
    ],
)
def test_what_says_something_else_has_another_hash(told: Digests, replaced: tuple[str, str], changed: str) -> None:
    before, after = told(), told(replaced)
    assert before.keys() == after.keys()
    assert before[changed] != after[changed]


LIMITED = [
    ("    kept: Durable[int] = 0\n", "    kept: Durable[int] = 0\n    most: int = 2\n"),
    ("(server(world).kept, 0)", "(server(world).kept - server(world).most,)"),
]


@pytest.mark.parametrize(
    "replaced",
    [
        pytest.param(("most: int = 2", "most: int = 20"), id="a default"),
        pytest.param(('"server": Server()', '"server": Server(most=20)'), id="an argument"),
    ],
)
def test_a_claim_about_an_attribute_says_less_if_nodes_begin_with_another_value(
    told: Digests, replaced: tuple[str, str]
) -> None:
    before, after = told(*LIMITED), told(*LIMITED, replaced)
    assert {name for name in before if before[name] != after[name]} == {"few"}


def test_a_claim_about_an_attribute_follows_all_nodes_that_have_it(told: Digests) -> None:
    both = (*LIMITED, ("    server: Address\n", "    server: Address\n    most: int = 2\n"))
    before = told(*both)
    assert told(*both, ('Client(server="server")', 'Client(server="server", most=20)'))["few"] != before["few"]


def test_the_order_in_which_an_attribute_was_filled_does_not_count(told: Digests) -> None:
    of_two = ("(server(world).kept, 0)", "server(world).limits.values()")
    filled, other_way, otherwise = (
        told(
            of_two, ("    kept: Durable[int] = 0\n", f"    kept: Durable[int] = 0\n    limits: dict = {{{entries}}}\n")
        )
        for entries in ("'a': 1, 'b': 2", "'b': 2, 'a': 1", "'a': 1, 'b': 20")
    )
    assert filled == other_way
    assert {name for name in filled if filled[name] != otherwise[name]} == {"few"}


def test_lambdas_in_one_line_do_not_pass_for_each_other(told: Digests) -> None:
    both = "invariants=(lambda w: True, lambda w: {})"
    before, after = (told(("invariants=(few, never_full)", both.format(one))) for one in ("len(w.nodes) > 1", "True"))
    assert {name for name in before if before[name] != after[name]} == {"<lambda> number 2"}


def test_a_partial_application_goes_by_its_function(told: Digests) -> None:
    imported = ("import limits", "import limits\nfrom functools import partial")
    applied = [told(imported, ("(few, ", f"(partial(few, most={most}), ")) for most in (1, 2)]
    assert [*applied[0]] == ["few", "never_full", CONSTRAINT]
    assert {name for name in applied[0] if applied[0][name] != applied[1][name]} == {"few"}


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"steps": 2}, MAPPING),
        ({"elements": {"Participant": ("p2", "p1")}}, MAPPING),
        ({"refines": "atomic_commit"}, MODEL),
        ({"sequential": Register(1)}, SEQUENTIAL),
        ({"consistency": "sequential"}, SEQUENTIAL),
    ],
)
def test_what_refinement_and_consistency_rest_on_has_a_hash(given: dict[str, Any], changed: str) -> None:
    named = load_cluster("two_phase_commit")
    named = replace(named, cluster=replace(named.cluster, sequential=Register(0)))
    before = dict(digests(named))
    after = dict(digests(replace(named, cluster=replace(named.cluster, **given))))
    assert {name for name in before if before[name] != after[name]} == {changed}


def test_the_gate_and_diff_tell_of_a_predicate_that_became_weaker(tmp_path: Path, assay: Assay) -> None:
    file = tmp_path / "nodes.py"
    file.write_text(NODES.replace("import limits", "class limits:\n    MOST = 5\n"))
    (tmp_path / "old.py").write_text(file.read_text())
    (tmp_path / "assay.toml").write_text('[[implementations]]\nfiles = "nodes.py"\n')
    assert assay("gate --accept").status == 0
    change(file, "number", "count")
    assert assay("gate --check").status == 0
    assert assay("diff old.py nodes.py").status == 0
    change(file, "count <= MOST", "count <= MOST + 1")
    ran = assay("gate --check")
    assert (ran.status, "error CHK005 implementation nodes.py: statement.few: " in ran.out) == (1, True), ran.out
    ran = assay("diff old.py nodes.py")
    message = "error CLM008 invariant few may say less than before: its code is another one"
    assert (ran.status, message in ran.out) == (3, True), ran.out


def test_the_gate_records_each_of_the_claims_that_share_a_name(tmp_path: Path, assay: Assay) -> None:
    text = NODES.replace("import limits", "class limits:\n    MOST = 5\n")
    (tmp_path / "nodes.py").write_text(text.replace("(few, never_full)", "(few, few, lambda w: True, lambda w: True)"))
    (tmp_path / "assay.toml").write_text('[[implementations]]\nfiles = "nodes.py"\n')
    assert assay("gate --accept").status == 0
    lock = (tmp_path / "assay.lock").read_text()
    for name in ("few", '"few number 2"', '"<lambda>"', '"<lambda> number 2"'):
        assert f"claim.{name} = " in lock
        assert f"statement.{name} = " in lock


@as_shown_by(test_the_gate_and_diff_tell_of_a_predicate_that_became_weaker)
def test_the_gate_tells_that_unhandled_messages_are_no_longer_errors(tmp_path: Path, assay: Assay) -> None:
    file = tmp_path / "nodes.py"
    text = NODES.replace("import limits", "class limits:\n    MOST = 5\n")
    file.write_text(text.replace("Cluster(nodes, ", "Cluster(nodes, strict=True, "))
    (tmp_path / "assay.toml").write_text('[[implementations]]\nfiles = "nodes.py"\n')
    assert assay("gate --accept").status == 0
    change(file, "strict=True", "strict=False")
    ran = assay("gate --check")
    assert (ran.status, "implementation nodes.py: strict: " in ran.out) == (1, True), ran.out
