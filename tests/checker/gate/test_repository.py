"""A repository with a history, and what the gate says of each change: the story that it is there for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checker.gate.projects import MUTEX, change, committed, git, project, promises
from tests.command_line import Assay
from tests.tiers import as_shown_by


def findings(assay: Assay) -> list[tuple[str, str, list[str]]]:
    """Run the gate, and return the rule, the message, and the trace of each finding."""
    report = json.loads(assay("gate --format json").out)
    return [(found["rule"], found["message"], found["steps"]) for found in report["findings"]]


def test_a_widened_guard_is_shown_by_a_shortest_run(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path)
    assert assay("gate --accept").status == 0
    committed(tmp_path)
    change(protocol, "        require(self.holder == node)\n        self.holder = None", "        self.holder = None")
    committed(tmp_path)  # on a branch under review the lock file is the accepted one, and the model is not
    told = findings(assay)
    assert [rule for rule, _, _ in told] == ["LCK001", "BEH004", "BEH002"]
    _, message, steps = told[-1]
    assert message.startswith("release can be taken where it could not in HEAD~1: in 4 places, first after 0 steps")
    assert steps == ["release(n1)"]


def test_without_the_accepted_version_it_is_still_told_that_the_behaviour_changed(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path)
    assert assay("gate --accept").status == 0
    change(protocol, "        require(self.holder == node)\n        self.holder = None", "        self.holder = None")
    assert [rule for rule, _, _ in findings(assay)] == ["LCK001", "BEH004"]


@as_shown_by(test_a_widened_guard_is_shown_by_a_shortest_run)
def test_a_weakened_invariant_changes_its_proof(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path, '[[models]]\nfiles = "protocols/*.py"\nprove = true\n')
    protocol.write_text(MUTEX)
    assert assay("gate --accept").status == 0
    assert 'obligation."at_most_one: preserved enter" = "proved ' in (tmp_path / "assay.lock").read_text()
    change(protocol, "and m in self.inside)", "and m in self.inside and n in self.served)")
    told = findings(assay)
    assert {rule for rule, _, _ in told} == {"CHK005", "PRF003"}
    assert all("at_most_one" in message or "consistent" in message or "enabled" in message for _, message, _ in told)
    change(protocol, "and n in self.served)", "and n != n)")
    assert ("PRF002", "it is not proved: at_most_one: not by the axioms alone", []) in findings(assay)


def test_a_weakened_invariant_is_told_where_nothing_is_proved(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path)
    protocol.write_text(MUTEX)
    assert assay("gate --accept").status == 0
    change(protocol, "and m in self.inside)", "and m in self.inside and n in self.served)")
    ((rule, message, _),) = findings(assay)
    assert rule == "CHK005"
    assert message.startswith("statement.at_most_one: ")
    protocol.write_text(
        MUTEX.replace("n == m for n in Node for m", "one == m for one in Node for m").replace("n in s", "one in s")
    )
    protocol.write_text(protocol.read_text().replace("inside", "admitted").replace("if n in", "if one in"))
    assert findings(assay) == []


def test_what_is_renamed_only_has_the_same_proof(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path, '[[models]]\nfiles = "protocols/*.py"\nprove = true\n')
    protocol.write_text(MUTEX)
    assert assay("gate --accept").status == 0
    protocol.write_text(MUTEX.replace("inside", "admitted").replace("served", "all_before"))
    assert findings(assay) == []


@as_shown_by(test_a_widened_guard_is_shown_by_a_shortest_run)
def test_a_dropped_persist_breaks_the_refinement(tmp_path: Path, assay: Assay) -> None:
    nodes = promises(tmp_path)
    assert assay("gate --accept").status == 0
    lock = (tmp_path / "assay.lock").read_text()
    assert 'refinement = "holds"' in lock
    assert 'mutant.Obedient = "caught by refinement"' in lock
    change(nodes, "promised: Durable[int] = 0", "promised: int = 0")
    ((rule, message, steps), *others) = findings(assay)
    assert (rule, others) == ("IMP001", [])
    assert message == "the last step is no step of the model"
    assert [step.split()[-1] for step in steps[-2:]] == ["proposer", "crashes"]


@pytest.mark.slow
def test_a_mutant_that_nothing_catches_any_more_is_told(tmp_path: Path, assay: Assay) -> None:
    nodes = promises(tmp_path)
    assert assay("gate --accept").status == 0
    text = nodes.read_text()
    nodes.write_text(text.replace("        self.promised = message.ballot\n\n\ndef", "        pass\n\n\ndef"))
    assert [rule for rule, _, _ in findings(assay)] == ["IMP002"]


@pytest.mark.slow
def test_an_implementation_is_verified_again_where_its_model_changed(tmp_path: Path, assay: Assay) -> None:
    promises(tmp_path)
    assert assay("gate --accept").status == 0
    change(
        tmp_path / "protocols" / "promise.py", "require(ballot > self.promised)", "require(ballot == self.promised + 1)"
    )
    assert "IMP001" in [rule for rule, _, _ in findings(assay)]


def test_coverage_that_falls_is_told(tmp_path: Path, assay: Assay) -> None:
    nodes = promises(tmp_path)
    assert assay("gate --accept").status == 0
    change(nodes, "if message.ballot > self.promised:", "if message.ballot > self.promised + 1:")
    assert "IMP003" in [rule for rule, _, _ in findings(assay)]


ZOO = "tickTime=2000\ndataDir=/var\nclientPort=2181\n" + "".join(f"server.{n}=z{n}:1:2\n" for n in (1, 2, 3))


def test_a_quorum_configuration_that_splits_is_told_with_the_quorums(tmp_path: Path, assay: Assay) -> None:
    (tmp_path / "assay.toml").write_text('[[quorums]]\nfiles = "zoo.cfg"\n')
    configuration = tmp_path / "zoo.cfg"
    configuration.write_text(ZOO)
    assert assay("gate --accept").status == 0
    assert 'quorums.quorum = "2 of (1, 2, 3)"\nsurvives.f = 1\n' in (tmp_path / "assay.lock").read_text()
    configuration.write_text(ZOO + "group.1=1:2\ngroup.2=3\nweight.1=1\nweight.2=1\nweight.3=0\n")
    assert assay("gate").status == 1


def test_the_first_acceptance_makes_nothing_stale(tmp_path: Path, assay: Assay) -> None:
    """The lock file is a new one in the folder of the configuration, in which others may be read, too."""
    (tmp_path / "assay.toml").write_text('[[quorums]]\nfiles = "zoo.cfg"\n')
    (tmp_path / "zoo.cfg").write_text(ZOO)
    assert assay("gate --accept").status == 0
    assert "verified anew: 0 of 1" in assay("gate").err


@pytest.fixture
def history(tmp_path: Path, assay: Assay) -> Path:
    """A repository of two commits whose verdicts were accepted."""
    project(tmp_path)
    assert assay("gate --accept").status == 0
    committed(tmp_path)
    (tmp_path / "README").write_text("more\n")
    committed(tmp_path)
    return tmp_path


def test_the_state_of_the_working_tree_does_not_matter(history: Path, assay: Assay, monkeypatch: object) -> None:
    (history / "protocols" / "notes.txt").write_text("a dirty tree")
    assert assay("gate").status == 0
    git(history, "checkout", "-q", "--detach", "HEAD~1")
    assert assay("gate").status == 0


@pytest.mark.slow
def test_a_shallow_clone_and_a_submodule_are_gated(
    history: Path, assay: Assay, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = tmp_path_factory.mktemp("around")
    git(around, "clone", "-q", "--depth", "1", f"file://{history}", "shallow")
    monkeypatch.chdir(around / "shallow")
    assert assay("gate").status == 0
    (around / "super").mkdir()
    git(around / "super", "init", "-q")
    git(around / "super", "submodule", "add", "-q", f"file://{history}", "inner")
    monkeypatch.chdir(around / "super" / "inner")
    assert assay("gate").status == 0
    change(around / "super" / "inner" / "protocols" / "lease.py", "require(self.holder == node)", "pass")
    assert [rule for rule, _, _ in findings(assay)] == ["LCK001", "BEH004", "BEH002"]
