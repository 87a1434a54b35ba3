"""Settings from pyproject.toml and the environment: the command line goes first, a misspelt key is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Assay


def configure(directory: Path, text: str) -> None:
    (directory / "pyproject.toml").write_text(text)


def test_a_table_of_the_command_sets_its_options(assay: Assay, tmp_path: Path) -> None:
    configure(tmp_path, '[tool.assay.check]\nmax-states = 5\nformat = "json"\nset = ["Node=3"]\n')
    ran = assay("check lease.py")
    assert ran.status == 3
    assert '"max_states": 5' in ran.out
    assert '"Node": 3' in ran.out


def test_a_shared_option_holds_for_every_command_that_has_it(assay: Assay, tmp_path: Path) -> None:
    configure(tmp_path, "[tool.assay]\nmax-states = 5\n")
    assert assay("check lease.py").status == 3
    assert assay("list lease.py").status == 0


def test_an_option_of_a_command_that_is_only_called_like_a_shared_one_is_set_by_its_own_table(
    assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, '[tool.assay]\nengine = "native"\n')
    assert assay("fuzz two_phase_commit --walks 1").status == 0
    monkeypatch.setenv("ASSAY_ENGINE", "reference")
    assert assay("fuzz two_phase_commit --walks 1").status == 0
    configure(tmp_path, '[tool.assay.fuzz]\nengine = "hypothesis"\n')
    assert "--engine hypothesis" in assay("fuzz two_phase_commit --walks 1").out


def test_settings_are_found_from_a_directory_below(
    assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, "[tool.assay]\nmax-states = 5\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert assay("check ../lease.py").status == 3


def test_the_command_line_goes_before_the_environment_and_that_before_the_project(
    assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, "[tool.assay]\nmax-states = 5\n")
    monkeypatch.setenv("ASSAY_MAX_STATES", "6")
    assert "bounds    6 states" in assay("check lease.py").out
    monkeypatch.setenv("ASSAY_CHECK_MAX_STATES", "7")
    assert "bounds    7 states" in assay("check lease.py").out
    assert "bounds    8 states" in assay("check lease.py --max-states 8").out


def test_a_project_that_is_checked_deep_can_be_checked_quickly(assay: Assay, tmp_path: Path) -> None:
    configure(tmp_path, "[tool.assay.check]\ndeep = true\n")
    assert "Node=3" in assay("check lease.py").out
    assert "Node=1" in assay("check lease.py --instance smoke").out
    assert assay("check lease.py --deep --instance deep").status == 0
    configure(tmp_path, '[tool.assay.check]\ninstance = "smoke"\n')
    assert "Node=3" in assay("check lease.py --deep").out


def test_flags_can_be_switched_in_either_place(assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path, "[tool.assay]\ndeadlock = false\n")
    assert "--no-deadlock" in assay("check lease.py").out
    monkeypatch.setenv("ASSAY_CHECK_FULL", "true")
    assert "witness of someone_holds" in assay("check lease.py").out


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[tool.assay]\nengin = 'x'\n", "[tool.assay] has no key 'engin'; did you mean 'engine'?"),
        ("[tool.assay.chek]\nfull = true\n", "[tool.assay] has no key 'chek'; did you mean 'check'?"),
        (
            "[tool.assay.check]\nmax-state = 1\n",
            "[tool.assay.check] has no key 'max-state'; did you mean 'max-states'?",
        ),
        ("[tool.assay]\nkeep-going = true\n", "help: it belongs in [tool.assay.check]"),
        ("[tool.assay]\nengine = 'fast'\n", "engine fast in pyproject.toml: expected auto, reference or native"),
        ("[tool.assay]\ncheck = 3\n", "[tool.assay.check] must be a table"),
        ("tool = 3\n", "[tool] must be a table"),
        ("tool = " + "[" * 100_000, "it is nested too deep"),
        ("tool = " + "9" * 5000, "not valid TOML: Exceeds the limit"),
        ("\0", "not valid TOML"),
        ("[tool]\nassay = 3\n", "[tool.assay] must be a table"),
        ("[tool.assay\n", "pyproject.toml: not valid TOML: "),
    ],
)
def test_a_setting_that_means_nothing_is_refused(assay: Assay, tmp_path: Path, text: str, complaint: str) -> None:
    configure(tmp_path, text)
    ran = assay("check lease.py")
    assert (ran.status, ran.out) == (2, "")
    assert complaint in ran.err


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [("ASSAY_MAXSTATES", "ASSAY_MAX_STATES"), ("ASSAY_CHECK_FUL", "ASSAY_CHECK_FULL"), ("ASSAY_DEBUGG", "ASSAY_DEBUG")],
)
def test_a_variable_that_means_nothing_is_refused(
    assay: Assay, monkeypatch: pytest.MonkeyPatch, variable: str, nearest: str
) -> None:
    monkeypatch.setenv(variable, "1")
    ran = assay("check lease.py")
    assert ran.status == 2
    assert f"the environment variable {variable} is unknown to assay; did you mean {nearest!r}?" in ran.err
