"""Which files a command line, or a settings file, may write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command_line import Assay

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")


def configure(folder: Path, *lines: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text("\n".join(["[tool.assay.check]", *lines, ""]))
    return path


@pytest.mark.parametrize(
    "command",
    [
        "check lease.py --output lease.py",
        "check lease.py:GrantsTwice --output ./lease.py",
        "check lease.py --output report.txt --itf report.txt",
        "check lease.py --itf lease.py",
        "check lease.py --output link.txt",
        "check lease.py --all --output hard.txt",
        "graph lease.py --output link.dot",
        "check lease.py:GrantsTwice --replay trace.json --output trace.json",
        "list lease.py --output lease.py",
        "prove lease.py --output lease.py",
        "prove lease.py --all --output link.txt",
        "quorum zoo.cfg --output zoo.cfg",
        "quorum zoo.cfg --against new.cfg --output new.cfg",
    ],
)
def test_no_output_replaces_what_the_same_command_reads_or_writes(assay: Assay, tmp_path: Path, command: str) -> None:
    assay("check lease.py:GrantsTwice --itf trace.json")
    for name in ("zoo.cfg", "new.cfg"):
        (tmp_path / name).write_text("server.1=a:1:2\n")
    for name in ("link.txt", "link.dot"):
        (tmp_path / name).symlink_to("lease.py")
    os.link(tmp_path / "lease.py", tmp_path / "hard.txt")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    ran = assay(command)
    assert (ran.status, ran.out) == (2, "")
    assert "the same command reads or writes" in ran.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_settings_file_may_name_an_output_in_its_project(assay: Assay, tmp_path: Path, monkeypatch) -> None:
    configure(tmp_path, 'output = "report.txt"')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert assay("check ../lease.py").status == 0
    assert (tmp_path / "below" / "report.txt").exists()


@pytest.mark.parametrize("key", ["output", "itf"])
@pytest.mark.parametrize("name", ["../victim.txt", "{}/victim.txt", "link/victim.txt"])
def test_a_settings_file_names_no_output_outside_of_its_project(
    assay: Assay, tmp_path: Path, monkeypatch, key: str, name: str
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to("..")
    victim = tmp_path / "victim.txt"
    victim.write_text("as it was")
    monkeypatch.chdir(tmp_path / "project")
    configure(tmp_path / "project", f'{key} = "{name.format(tmp_path)}"')
    ran = assay("check ../lease.py:GrantsTwice")
    assert ran.status == 2
    assert f"pyproject.toml: {key} is not obeyed: " in ran.err
    assert f"is outside of {tmp_path / 'project'}\n" in ran.err
    assert victim.read_text() == "as it was"


def test_the_command_line_names_its_output_whatever_a_settings_file_says(assay: Assay, tmp_path: Path) -> None:
    configure(tmp_path, 'output = "/absent/victim.txt"').chmod(0o666)
    assert assay("check lease.py --output report.txt").status == 0
    assert (tmp_path / "report.txt").exists()


def test_the_environment_names_an_output_whatever_a_settings_file_says(
    assay: Assay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, 'output = "/absent/victim.txt"')
    monkeypatch.setenv("ASSAY_CHECK_OUTPUT", "report.txt")
    assert assay("check lease.py").status == 0
    assert (tmp_path / "report.txt").exists()


def test_a_settings_file_that_others_can_write_names_no_output(assay: Assay, tmp_path: Path) -> None:
    configure(tmp_path, 'output = "report.txt"').chmod(0o666)
    ran = assay("check lease.py")
    assert ran.status == 2
    assert "output is not obeyed: the file belongs to another user, or others can write it\n" in ran.err
    assert "help: say --output report.txt on the command line\n" in ran.err
    assert not (tmp_path / "report.txt").exists()


@is_root
def test_a_settings_file_of_another_user_names_no_output(assay: Assay, tmp_path: Path) -> None:
    os.chown(configure(tmp_path, "full = true", 'output = "report.txt"'), 12345, 12345)
    assert assay("check lease.py").status == 2
    os.chown(configure(tmp_path, "full = true"), 12345, 12345)
    assert assay("check lease.py").status == 0


@pytest.mark.parametrize("value", ["3", "true", '["a", "b"]', '"nul\\u0000"'])
def test_an_output_in_a_settings_file_is_a_name(assay: Assay, tmp_path: Path, value: str) -> None:
    configure(tmp_path, f"output = {value}")
    ran = assay("check lease.py")
    assert (ran.status, ran.err.endswith("output must be the name of a file\n")) == (2, True)


@pytest.mark.parametrize("name", ["x" * 300, "absent/report.txt", "lease.py/report.txt", ".", "folder"])
def test_a_name_that_no_file_can_have_is_refused_before_the_run(assay: Assay, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    ran = assay("check", "lease.py", "--output", name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: cannot write {name}: ")
    assert ran.err.count("\n") == 1


def test_a_name_of_255_bytes_is_a_name(assay: Assay, tmp_path: Path) -> None:
    assert assay("check", "lease.py", "--output", "r" * 255).status == 0
    assert (tmp_path / ("r" * 255)).exists()
