"""``assay check PROTOCOL --implementation``."""

import json
from pathlib import Path

from tests.command_line import Assay

OWN = '''
from assay.impl.node import Cluster, Network, Node, message, on


@message
class Hello:
    number: int


class Talker(Node):
    """Says hello, and counts what it hears."""

    peer: str
    heard: int = 0

    def on_start(self):
        self.send(self.peer, Hello(1))

    @on(Hello)
    def hello(self, sender, message):
        self.heard += message.number


class Deaf(Talker):
    """Broken: it raises."""

    @on(Hello)
    def hello(self, sender, message):
        raise RuntimeError("deaf")


def heard_at_most_once(world):
    return all(node.heard <= 1 for node in world.nodes.values())


def cluster(loss=0):
    nodes = {"a": Talker(peer="b"), "b": Talker(peer="a")}
    return Cluster(nodes, network=Network("bag", loss=loss), invariants=(heard_at_most_once,))
'''


def test_ones_own_nodes_are_checked(assay: Assay) -> None:
    Path("nodes.py").write_text(OWN)
    ran = assay("check nodes.py --implementation --set loss=1")
    assert ran.status == 0
    assert "holds for loss=1: exhaustive, all 8 worlds" in ran.out
    assert "again: assay check nodes.py --implementation --set loss=1" in ran.out


def test_a_handler_that_raises_is_a_finding_with_the_way_there(assay: Assay) -> None:
    Path("nodes.py").write_text(OWN)
    ran = assay("check nodes.py:Deaf --implementation")
    assert ran.status == 1
    assert "it raised RuntimeError: deaf" in ran.out
    assert "the nodes have started" in ran.out


def test_a_mutant_is_shown_with_both_sides_and_the_nearest_actions(assay: Assay) -> None:
    ran = assay("check paxos:ForgetfulPromise --implementation")
    assert ran.status == 1
    assert "violated, as expected: refinement" in ran.out
    assert "model: promised[" in ran.out
    assert "the nearest actions of the model:" in ran.out
    report = json.loads(assay("check paxos:ForgetfulPromise --implementation --format json").out)
    refinement = next(claim for claim in report["claims"] if claim["name"] == "refinement")
    assert refinement["verdict"] == "violated"
    assert refinement["trace"][-1]["step"].endswith("crashes")
    assert refinement["nearest"]
    assert report["caught"] == ["refinement"]


def test_a_limit_leaves_it_unknown(assay: Assay) -> None:
    ran = assay("check paxos --implementation --max-states 100")
    assert ran.status == 3
    assert "unknown: the limit of 100 states was reached" in ran.out
    assert "what had the most values by then:" in ran.out


def test_wrong_usage_is_told_in_a_line(assay: Assay) -> None:
    for words, said in {
        "check --implementation": "the implementation of which protocol?",
        "check nobody --implementation": "there is no implementation 'nobody'",
        "check paxos --implementation --set Acceptor=3": "has no parameter 'Acceptor'",
        "check paxos --implementation --engine reference": "--engine has no effect with --implementation",
        "check paxos --implementation --all": "--all has no effect with --implementation",
        "check missing.py --implementation": "missing.py does not exist",
    }.items():
        ran = assay(words)
        assert (ran.status, said in ran.err, "Traceback" in ran.err) == (2, True, False), (words, ran)
