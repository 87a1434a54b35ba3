"""Mixtures of versions: the native explorer against the plain one, and against a count by hand."""

from dataclasses import replace
from pathlib import Path

import pytest
from assay.checker.implementations import plain
from assay.checker.implementations.checking import check_cluster
from assay.checker.implementations.handlers.modules import active
from assay.checker.upgrades.loading import load_release
from assay.checker.upgrades.rolling import mixed
from assay.impl.node import Network

from tests.checker.upgrades.conftest import STORE

CHANGED = (("class Put:\n    value: int", "class Put:\n    value: int\n    why: str = ''"), ("kept: D", "held: D"))
CHANGED += (("self.kept", "self.held"), ("server.kept", "server.held"))


def mixture(tmp_path: Path, *, moving=(), downgrades=False, **changes):
    sides = [load_release(f"{name}.py", {}, name=name, root=tmp_path) for name in ("old", "new")]
    (old, before), (new, after) = sides
    cluster = mixed(before, after, (old.cluster, new.cluster), moving=moving, downgrades=downgrades)
    return after, replace(cluster, **changes)


SLOWER = [("bag", False), ("fifo", False), ("set", True)]


# Who goes back and forth for ever sends again each time: on a bag or a queue there is no end to that.
@pytest.mark.parametrize(
    ("kind", "downgrades"), [("set", False), *(pytest.param(*each, marks=pytest.mark.slow) for each in SLOWER)]
)
def test_the_native_explorer_finds_the_worlds_of_the_plain_one(write, tmp_path, kind, downgrades):
    write("old.py")
    write("new.py", STORE, *CHANGED)
    after, cluster = mixture(tmp_path, downgrades=downgrades, network=Network(kind), invariants=(), reachable=())
    with active(after):
        native = check_cluster(cluster).exploration
        slowly = plain.explore(cluster, remembers=True)
    assert native.complete
    assert slowly.complete
    assert (native.worlds, native.generated, native.depth) == (slowly.worlds, slowly.generated, slowly.depth)
    assert native.unhandled == slowly.unhandled


def test_both_explorers_judge_the_claims_alike(write, tmp_path):
    write("old.py")
    write("new.py", STORE, *CHANGED)
    after, cluster = mixture(tmp_path, moving=("server",))
    with active(after):
        found = check_cluster(cluster, keep_going=True)
        slowly = plain.explore(cluster, keep_going=True, remembers=True)
    assert [claim for claim in found.violated if claim != "rules"] == [each.name for each in slowly.violations]
    lengths = {claim.name: len(claim.trace) for claim in found.claims}
    assert all(lengths[each.name] == len(each.trace) for each in slowly.violations)


def test_two_silent_nodes_have_the_mixtures_that_a_count_by_hand_gives(tmp_path):
    """A node is old, stopped on its way, or new: 3 each, so 9 worlds; of these all are told apart by their releases."""
    text = "from assay.impl.node import Cluster, Node\n\n\nclass Silent(Node): ...\n\n\n"
    text += 'def cluster():\n    return Cluster({"a": Silent(), "b": Silent()})\n'
    for name in ("old", "new"):
        (tmp_path / f"{name}.py").write_text(text)
    after, cluster = mixture(tmp_path)
    with active(after):
        assert check_cluster(cluster).exploration.worlds == 9
        _, one = mixture(tmp_path, moving=("a",))
        assert check_cluster(one).exploration.worlds == 3
        _, back = mixture(tmp_path, downgrades=True)
        assert check_cluster(back).exploration.worlds == 16  # stopped as old, or as new
