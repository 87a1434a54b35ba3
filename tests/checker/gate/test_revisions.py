"""``assay diff REVISION [REVISION]``: all that is gated, compared with what it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checker.gate.projects import LEASE, MUTEX, change, committed, git, project, promises
from tests.command_line import Assay
from tests.tiers import as_shown_by

ZOO = "server.1=a:2888:3888\nserver.2=b:2888:3888\nserver.3=c:2888:3888\n"
ALL = '[[models]]\nfiles = "protocols/*.py"\n[[quorums]]\nfiles = "zoo.cfg"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A lease and an ensemble, gated, in one commit."""
    project(tmp_path, ALL)
    (tmp_path / "zoo.cfg").write_text(ZOO)
    committed(tmp_path)
    return tmp_path


def effects(assay: Assay, *words: str, status: int) -> dict[str, str]:
    ran = assay("diff", *words, "--format", "json")
    assert ran.status == status, ran.err
    found = json.loads(ran.out)
    assert found["exit_status"] == status
    return {item["reference"]: item["effect"] for item in found["items"]}


def test_what_did_not_change_is_the_same(assay: Assay, repository: Path) -> None:
    same = {"protocols/lease.py": "none", "zoo.cfg": "none"}
    assert effects(assay, "HEAD", status=0) == same
    ran = assay("diff HEAD HEAD")
    assert ran.status == 0
    assert ran.out.endswith(" s\n")
    assert "HEAD -> HEAD: 2 items, none of them differs; " in ran.out


def test_all_that_changed_is_told_as_if_each_were_compared_alone(assay: Assay, repository: Path) -> None:
    change(repository / "protocols" / "lease.py", "self.holder is None)\n        self", "True)\n        self")
    (repository / "zoo.cfg").write_text(f"{ZOO}server.4=d:2888:3888\nserver.5=e:2888:3888\n")
    ran = assay("diff HEAD")
    assert ran.status == 1
    for file in ("protocols/lease.py", "zoo.cfg"):
        alone = assay(f"diff HEAD {file}")
        assert alone.status == 1
        told = alone.out.partition("\n")[2].rpartition("again: ")[0].splitlines()
        assert [line for line in told if line not in ran.out and not line.endswith(" s")] == []
    committed(repository)
    assert effects(assay, "HEAD~1", "HEAD", status=1) == {
        "protocols/lease.py": "additive",
        "zoo.cfg": "not safe in one step",
    }
    assert effects(assay, "HEAD", "HEAD~1", status=1)["protocols/lease.py"] == "breaking"


def test_what_is_in_one_revision_only_is_gone_or_new(assay: Assay, repository: Path) -> None:
    (repository / "protocols" / "lease.py").rename(repository / "protocols" / "renamed.py")
    assert effects(assay, "HEAD", status=1) == {
        "protocols/renamed.py": "newly-gated",
        "zoo.cfg": "none",
        "protocols/lease.py": "gated-no-longer",
    }


def test_a_class_that_is_gone_is_told_also_if_it_was_broken(assay: Assay, repository: Path) -> None:
    lease = repository / "protocols" / "lease.py"
    lease.write_text(LEASE.partition("class Hoards")[0])
    assert effects(assay, "HEAD", status=1)["protocols/lease.py:Hoards"] == "gated-no-longer"


def test_a_main_class_that_is_renamed_is_compared(assay: Assay, repository: Path) -> None:
    lease = repository / "protocols" / "lease.py"
    lease.write_text(LEASE.replace("Lease", "Lent"))
    assert effects(assay, "HEAD", status=0)["protocols/lease.py"] == "none"


@as_shown_by(test_all_that_changed_is_told_as_if_each_were_compared_alone)
def test_every_sound_class_of_a_file_is_compared(assay: Assay, repository: Path) -> None:
    lease = repository / "protocols" / "lease.py"
    second = MUTEX.partition("class Mutex")[2]
    lease.write_text(f"{LEASE}\n\nclass Mutex{second}")
    committed(repository)
    change(lease, "        require(node in self.inside)\n", "")
    found = effects(assay, "HEAD", status=1)
    assert found["protocols/lease.py"] == "none"
    assert found["protocols/lease.py:Mutex"] == "additive"


def test_classes_that_the_settings_exclude_or_expect_to_be_broken_are_not_compared(
    assay: Assay, repository: Path
) -> None:
    """As in the gate itself: `Mutex` is left out, and `Lease` is expected to be violated."""
    lease = repository / "protocols" / "lease.py"
    lease.write_text(f"{LEASE}\n\nclass Mutex{MUTEX.partition('class Mutex')[2]}")
    committed(repository)
    change(lease, "        require(node in self.inside)\n", "")
    change(lease, "self.holder is None)\n        self", "True)\n        self")
    told = 'exclude = "Mutex"\nexpect = {Lease = "violates at_most_one"}\n'
    change(repository / "assay.toml", '*.py"\n', f'*.py"\n{told}')
    assert effects(assay, "HEAD", status=0) == {"zoo.cfg": "none"}


@as_shown_by(test_all_that_changed_is_told_as_if_each_were_compared_alone)
def test_every_instance_that_is_gated_is_compared(assay: Assay, repository: Path) -> None:
    change(repository / "assay.toml", "*.py", '*.py"\ninstances = ["default", "Node=1"]\nexclude = "Hoards')
    ran = assay("diff HEAD --format json")
    assert ran.status == 0, ran.err
    items = [(item["reference"], item["instance"]) for item in json.loads(ran.out)["items"]]
    assert items[:2] == [("protocols/lease.py", "default"), ("protocols/lease.py", "default Node=1")]
    ran = assay("diff HEAD --set Node=3 --format json")
    assert [item["comparison"]["instance"]["after"] for item in json.loads(ran.out)["items"][:1]] == [{"Node": "3"}]


def test_what_cannot_be_read_is_told_and_the_rest_is_compared(assay: Assay, repository: Path) -> None:
    (repository / "protocols" / "lease.py").write_text(f"import nowhere_to_be_found\n{LEASE}")
    (repository / "zoo.cfg").write_text(f"{ZOO}server.4=d:2888:3888\nserver.5=e:2888:3888\n")
    assert effects(assay, "HEAD", status=2) == {
        "protocols/lease.py": "unreadable",
        "zoo.cfg": "not safe in one step",
    }


def test_a_limit_leaves_it_unknown(assay: Assay, repository: Path) -> None:
    assert effects(assay, "HEAD", "--max-states", "1", status=3)["protocols/lease.py"] == "unknown"


def test_without_settings_it_is_what_there_is(assay: Assay, repository: Path) -> None:
    (repository / "assay.toml").unlink()
    (repository / "lease.py").unlink()  # which every test of the command line has
    committed(repository)
    assert effects(assay, "HEAD", status=0) == {"protocols/lease.py": "none", "zoo.cfg": "none"}


def test_what_was_gated_before_counts_where_the_settings_are_new(assay: Assay, repository: Path) -> None:
    """The commit before has no settings: those of the one after say what is compared."""
    settings = (repository / "assay.toml").read_text()
    (repository / "assay.toml").unlink()
    committed(repository)
    (repository / "assay.toml").write_text(settings)
    assert effects(assay, "HEAD", status=0) == {"protocols/lease.py": "none", "zoo.cfg": "none"}


def test_what_the_settings_name_no_longer_is_told_and_compared(assay: Assay, repository: Path) -> None:
    (repository / "assay.toml").write_text('[[quorums]]\nfiles = "zoo.cfg"\n')
    ran = assay("diff HEAD --format json")
    assert ran.status == 1
    told = [(item["reference"], item["effect"]) for item in json.loads(ran.out)["items"]]
    assert told == [("zoo.cfg", "none"), ("protocols/lease.py", "gated-no-longer"), ("protocols/lease.py", "none")]


def test_from_a_folder_inside_names_are_found_again(
    assay: Assay, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(repository / "protocols" / "lease.py", "self.holder is None)\n        self", "True)\n        self")
    monkeypatch.chdir(repository / "protocols")
    ran = assay("diff HEAD --format json")
    assert ran.status == 1
    command = json.loads(ran.out)["items"][0]["comparison"]["command"]
    assert command == "assay diff HEAD:lease.py lease.py"
    assert assay(command.removeprefix("assay ")).status == 1


def test_implementations_are_compared(assay: Assay, tmp_path: Path) -> None:
    nodes = promises(tmp_path)
    committed(tmp_path)
    change(nodes, "for ballot in (1, 2)", "for ballot in (2, 1)")
    change(nodes, "ballot: int\n", "ballot: int\n    round: int = 0\n")
    ran = assay("diff HEAD --format json")
    assert ran.status == 1
    rules = {found["rule"] for found in json.loads(ran.out)["items"][0]["comparison"]["findings"]}
    assert "STA001" in rules


@pytest.mark.parametrize("format_", ["markdown", "sarif"])
def test_formats_tell_what_changed(assay: Assay, repository: Path, format_: str) -> None:
    change(repository / "protocols" / "lease.py", "self.holder is None)\n        self", "True)\n        self")
    ran = assay(f"diff HEAD --format {format_}")
    assert ran.status == 1
    assert "protocols/lease.py" in ran.out
    assert "grant" in ran.out


def test_levels_of_the_settings_count(assay: Assay, repository: Path) -> None:
    (repository / "protocols" / "lease.py").rename(repository / "protocols" / "renamed.py")
    with open(repository / "assay.toml", "a") as settings:
        settings.write('[levels]\nSET001 = "note"\n')
    assert effects(assay, "HEAD", status=0)["protocols/lease.py"] == "gated-no-longer"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("nowhere HEAD", "there is no revision nowhere in "),
        ("HEAD nowhere", "there is no revision nowhere in "),
        ("HEAD~7", "there is no revision HEAD~7 in "),
        ("protocols/lease.py", "nothing says what protocols/lease.py is to be compared with"),
    ],
)
def test_what_is_no_revision_is_one_error(assay: Assay, repository: Path, words: str, message: str) -> None:
    ran = assay(f"diff {words}")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")


def test_nothing_to_compare_is_an_error(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing\n")
    (tmp_path / "lease.py").unlink()
    committed(tmp_path)
    ran = assay("diff HEAD")
    assert ran.status == 2
    assert "there is nothing to compare" in ran.err


def test_the_working_tree_and_the_index_stay_as_they_are(assay: Assay, repository: Path) -> None:
    change(repository / "zoo.cfg", "server.3", "server.7")
    before = git(repository, "status", "--porcelain")
    assay("diff HEAD")
    assert git(repository, "status", "--porcelain") == before
