"""What reports say of checks of the whole model: no deadlock, no false assertion, no action that is not as claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Assay

MODELS = '''
from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A node."""


class Ends(Model):
    """Stops at 1."""

    default = {"Node": 1}
    n: Annotated[int, Range(0, 1)] = 0

    @action
    def up(self, who: Node) -> None:
        require(self.n < 1)
        self.n += 1


class Asserts(Ends):
    """Claims that it does not."""

    @action
    def look(self, who: Node) -> None:
        assert self.n < 1


class Dead(Ends):
    """Has an action that never fires."""

    @action
    def sink(self, who: Node) -> None:
        require(self.n > 1)


class Lives(Ends):
    """Claims of one that fires that it does not."""

    @action(fires="never")
    def sink(self, who: Node) -> None:
        require(self.n == 1)


class Fails(Ends):
    """Leaves the bounds."""

    @action
    def jump(self, who: Node) -> None:
        self.n += 1


class Named(Ends):
    """Has a property that is called as the claim that every model makes."""

    @reachable
    def deadlock(self) -> bool:
        return self.n == 1
'''

FORMATS = ("github", "junit", "sarif", "gitlab")

SAID = [
    ("Ends", "a deadlock is reachable"),
    ("Asserts", "an assertion fails: "),
    ("Dead", "sink is not as claimed: the action never fired"),
    ("Lives", "sink is not as claimed: the action fires, and is expected not to"),
]

OF_UPGRADES = [
    ("Ends", "unsafe: a deadlock is reachable (each version violates it alone, too)", "violated no deadlock"),
    ("Fails", "unsafe: an action fails (each version violates it alone, too)", "violated no action fails"),
    ("Named", "unsafe: a deadlock is reachable (each version violates it alone, too)", "violated no deadlock"),
]


@pytest.fixture(autouse=True)
def models(in_a_project_of_its_own: None) -> None:
    Path("ends.py").write_text(MODELS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("name", "said"), SAID)
def test_every_format_says_what_a_violation_shows(name: str, said: str, form: str, assay: Assay) -> None:
    ran = assay("check", f"ends.py:{name}", "--keep-going", "--format", form)
    assert ran.status == 1, ran.err
    assert said in ran.out
    assert "deadlock is violated" not in ran.out
    assert "assertions is violated" not in ran.out


def test_a_test_case_is_named_as_the_claim(assay: Assay) -> None:
    assert 'name="no deadlock"' in assay("check", "ends.py:Ends", "--format", "junit").out


def test_the_gate_says_what_a_violation_shows(assay: Assay) -> None:
    Path("assay.toml").write_text('[[models]]\nfiles = ["ends.py"]\nnames = ["Ends"]\n')
    assert "a deadlock is reachable" in assay("gate", "--accept").out


@pytest.mark.parametrize(("name", "sentence", "row"), OF_UPGRADES)
def test_an_upgrade_says_what_a_violation_shows(name: str, sentence: str, row: str, assay: Assay) -> None:
    reference = f"ends.py:{name}"
    ran = assay("upgrade", reference, reference, "--versions", "Node")
    assert sentence in ran.out
    assert row in " ".join(ran.out.split())


def test_the_run_of_an_action_that_fires_is_no_counterexample_to_it(assay: Assay) -> None:
    said = assay("check", "ends.py:Lives", "--keep-going").out
    assert "run in which sink fires: 3 states, none is shorter" in said
    said = assay("prove", "ends.py:Lives").out
    assert "the action sink fires, and is expected not to, in the default instance: 3 states" in said
    assert "the action sink is violated" not in said
