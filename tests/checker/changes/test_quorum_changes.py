"""``assay diff`` on quorum configurations: from 3 nodes to 5, in one step, in steps, and by a joint configuration."""

import json
from itertools import pairwise

import pytest

from tests.checker.changes.test_diff import git

MAJORITY = '[assay]\nsystem = "majority"\nnodes = [{}]\n'


def nodes(count: int) -> str:
    return ", ".join(f'"n{number}"' for number in range(1, count + 1))


@pytest.fixture(autouse=True)
def _configurations(tmp_path):
    for name, count in (("three", 3), ("four", 4), ("five", 5)):
        (tmp_path / f"{name}.toml").write_text(MAJORITY.format(nodes(count)))
    sides = MAJORITY.format(nodes(3)).replace("assay", "old") + MAJORITY.format(nodes(5)).replace("assay", "new")
    (tmp_path / "joint.toml").write_text(f'[assay]\nsystem = "joint"\n{sides}')


def test_from_three_to_five_in_one_step_two_quorums_miss_each_other(assay):
    ran = assay("diff three.toml five.toml")
    assert ran.status == 1
    assert "change in one step: not safe" in ran.out
    assert "old quorum: {n1, n2}\n  new quorum: {n3, n4, n5}" in ran.out
    assert "step 1: add n4" in ran.out
    assert "or go through the joint configuration" in ran.out


@pytest.mark.parametrize("way", [("three", "four", "five"), ("three", "joint", "five")])
def test_one_by_one_and_by_a_joint_configuration_each_step_is_safe(assay, way):
    for before, after in pairwise(way):
        ran = assay(f"diff {before}.toml {after}.toml")
        assert ran.status == 0, ran.out
        assert "change in one step: safe" in ran.out


def test_the_finding_names_both_quorums_and_the_way(assay):
    found = json.loads(assay("diff three.toml five.toml --format gitlab").out)
    assert [issue["check_name"] for issue in found] == ["quorum-change-needs-steps"]
    assert "old quorum {n1, n2} and new quorum {n3, n4, n5}" in found[0]["description"]
    help_ = json.loads(assay("diff three.toml five.toml --format sarif").out)["runs"][0]["results"][0]["message"][
        "text"
    ]
    assert "1. add n4, 2. add n5, or go through a joint configuration" in help_


def test_a_configuration_of_a_revision(assay, tmp_path):
    git("init", ".")
    (tmp_path / "cluster.toml").write_text(MAJORITY.format(nodes(3)))
    git("add", "cluster.toml")
    git("commit", "-m", "three")
    (tmp_path / "cluster.toml").write_text(MAJORITY.format(nodes(5)))
    assert assay("diff HEAD:cluster.toml cluster.toml").status == 1
    assert assay("diff HEAD:cluster.toml HEAD:cluster.toml").status == 0


@pytest.mark.parametrize("as_directory", [False, True])
@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "gitlab", "junit", "github"])
def test_no_report_names_the_folder_that_a_revision_was_checked_out_to(assay, tmp_path, form, as_directory):
    name = "config/cluster.toml" if as_directory else "cluster.toml"
    (tmp_path / name).parent.mkdir(exist_ok=True)
    git("init", ".")
    (tmp_path / name).write_text(MAJORITY.format(nodes(3)))
    git("add", name)
    git("commit", "-m", "three")
    (tmp_path / name).write_text(MAJORITY.format(nodes(5)))
    given = "./config" if as_directory else name
    ran = assay(f"diff HEAD:{given} {given} --format {form}")
    assert ran.status == 1, ran.err
    assert "/assay-" not in ran.out
    assert str(tmp_path) not in ran.out
    if form == "json":
        report = json.loads(ran.out)
        beyond = "/cluster.toml" if as_directory else ""
        assert report["files"] == [f"HEAD:{given}{beyond}"]
        assert report["against"]["files"] == [f"{given}{beyond}"]


def test_an_error_in_a_revision_is_placed_where_the_user_can_look(assay, tmp_path):
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "empty.toml").write_text("\n")
    (tmp_path / "wrong.toml").write_text("nonsense = 1\n" + MAJORITY.format(nodes(3)))
    git("init", ".")
    git("add", "wrong.toml", "many")
    git("commit", "-m", "wrong")
    assert assay("diff HEAD:wrong.toml three.toml").err.startswith("error: HEAD:wrong.toml:1:1: unknown key")
    assert assay("diff HEAD:./many three.toml").err.startswith("error: HEAD:./many: the directory has no files")


def test_what_is_no_configuration_is_said_in_a_line(assay, tmp_path):
    (tmp_path / "nothing.txt").write_text("hello\n")
    ran = assay("diff three.toml nothing.txt")
    assert ran.status == 2
    assert ran.out == ""
    assert "nothing.txt" in ran.err
