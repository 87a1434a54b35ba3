"""The settings of the gate: what means nothing is refused, with the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.errors import UsageError
from assay.checker.gate.reading import find_configuration
from assay.checker.gate.selection import chosen, requests

from tests.checker.gate.projects import SETTINGS, project
from tests.command_line import Assay


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("[[model]]\nfiles = 'a'\n", "assay.toml has no key 'model'; did you mean 'models'?"),
        ("[[models]]\nfile = 'a'\n", "models 1 has no key 'file'; did you mean 'files'?"),
        ("[[models]]\nfiles = 'protocols/*.py'\nmutants = true\n", "models 1 has no key 'mutants'"),
        ("[[quorums]]\nfiles = 'a'\nprove = true\n", "quorums 1 has no key 'prove'"),
        ("", "it names nothing that is gated"),
        ("[[models]]\n", "models 1 names nothing"),
        ("[models]\nfiles = 'a'\n", "models must be an array of tables: [[models]]"),
        ("models = [1]\n", "models 1 must be a table"),
        ("[[models]]\nfiles = 3\n", "models 1: files must be a text or an array of texts"),
        ("[[models]]\nfiles = ['']\n", "models 1: files must be a text or an array of texts"),
        ("[[models]]\nfiles = 'nothing/*.py'\n", "no file matches 'nothing/*.py'"),
        ("[[models]]\nfiles = 'protocols/*.py'\nexclude = '*'\n", "no file matches 'protocols/*.py' that is not excl"),
        ("[[models]]\nfiles = 'protocols/*.py'\nprove = 'yes'\n", "models 1: prove must be true or false"),
        ("[[models]]\nfiles = 'protocols/*.py'\ninstances = ['smoke', 'smoke']\n", "'smoke' is listed twice"),
        ("[[models]]\nfiles = 'protocols/*.py'\ninstances = 'default Node='\n", "'default Node=' is not an instance"),
        ("[[models]]\nfiles = 'protocols/*.py'\ninstances = 'a b'\n", "'a b' is not an instance"),
        ("[[models]]\nfiles = 'protocols/*.py'\ninstances = 'N=1 N=2'\n", "'N=1 N=2' is not an instance"),
        ("[[models]]\nfiles = 'protocols/*.py'\ninstances = '\"'\n", "instances: '\"': No closing quotation"),
        (
            "[[models]]\nfiles = 'protocols/*.py'\nexpect = 'hold'\n",
            "'hold' is not an expectation; did you mean 'holds'?",
        ),
        ("[[models]]\nfiles = 'protocols/*.py'\nexpect = 'violates'\n", "'violates' is not an expectation"),
        ("[[quorums]]\nfiles = 'protocols/*.py'\nexpect = 'holds'\n", "'holds' is not an expectation"),
        ("[[quorums]]\nfiles = 'protocols/*.py'\nexpect = { a = 'safe' }\n", "quorums 1: expect must be a text, for"),
        ("[[models]]\nfiles = 'protocols/*.py'\nmax-states = 0\n", "models 1: max-states: max-states 0: expected more"),
        ("time-limit = 'soon'\n[[models]]\nfiles = 'a'\n", "time-limit soon: expected a time such as 30s"),
        ("[levels]\nBEH9 = 'off'\n[[models]]\nfiles = 'a'\n", "levels: there is no rule 'BEH9'"),
        ("[levels]\nCHK003 = 'off'\n[[models]]\nfiles = 'a'\n", "CHK003 (verdict-unknown) is always an error"),
        ("[levels]\nBEH001 = 1.5\n[[models]]\nfiles = 'a'\n", "levels: BEH001 must be a text or a number"),
        (
            SETTINGS * 2,
            "model protocols/lease.py is gated twice at the instance 'default'",
        ),
        ("not toml", "not valid TOML"),
        ("a = " + "[" * 5000, "it is nested too deep"),
        ("a = 1\n[[models]]\n", "assay.toml has no key 'a'"),
    ],
)
def test_what_means_nothing_is_refused(tmp_path: Path, assay: Assay, settings: str, complaint: str) -> None:
    project(tmp_path, settings)
    ran = assay("gate")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {tmp_path / 'assay.toml'}: ") or "is gated twice" in complaint
    assert complaint in ran.err.splitlines()[0]


def test_without_settings_it_is_said_how_to_begin(assay: Assay) -> None:
    ran = assay("gate")
    assert (ran.status, ran.out) == (2, "")
    assert "nothing says what is gated" in ran.err
    assert "assay gate --init" in ran.err


def test_two_settings_in_one_folder_are_refused(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[[tool.assay.gate.models]]\nfiles = "protocols/*.py"\n')
    assert "both assay.toml and [tool.assay.gate] of pyproject.toml say what is gated" in assay("gate").err


def test_pyproject_has_the_same_keys_and_options_of_commands_beside_them(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    (tmp_path / "assay.toml").rename(tmp_path / "pyproject.toml")
    text = (tmp_path / "pyproject.toml").read_text().replace("[[models]]", "[[tool.assay.gate.models]]")
    (tmp_path / "pyproject.toml").write_text(f'[tool.assay]\nmax-states = "10k"\n{text}')
    assert requests(find_configuration(tmp_path))[0].reference == "protocols/lease.py"
    assert assay("gate --accept").status == 0
    assert assay("list protocols/lease.py").status == 0


def test_the_nearest_folder_above_counts(tmp_path: Path) -> None:
    project(tmp_path)
    assert find_configuration(tmp_path / "protocols").root == tmp_path


def test_limits_for_all_stand_where_a_table_says_nothing(tmp_path: Path) -> None:
    project(tmp_path, 'max-states = "2k"\ntime-limit = "5s"\n' + SETTINGS + "max-states = 7\nprove = true\n")
    model, proof = requests(find_configuration(tmp_path))
    assert (model.states, model.seconds, model.memory) == (7, 5.0, None)
    assert (proof.kind, proof.instances, proof.proof_seconds) == ("proof", ("any size",), 30.0)


def test_instances_are_told_apart_however_they_are_written(tmp_path: Path) -> None:
    project(tmp_path, SETTINGS + "instances = ['Node=3  b=1', 'default', 'smoke b=1 Node=3']\n")
    (request,) = requests(find_configuration(tmp_path))
    assert request.instances == ("default Node=3 b=1", "default", "smoke Node=3 b=1")


@pytest.mark.parametrize("name", ["lock_server", "classics.lock_server", "classics/lock_server"])
def test_a_name_of_the_library_is_one_however_it_is_written(tmp_path: Path, name: str) -> None:
    project(tmp_path, f"[[models]]\nnames = ['{name}']\n")
    (request,) = asked = requests(find_configuration(tmp_path))
    assert request.reference == "lock_server"
    for word in ("lock_server", "classics.lock_server", "classics/lock_server", "lock_*"):
        assert chosen(asked, [word], []) == asked
    with pytest.raises(UsageError):
        chosen(asked, ["classics"], [])


def test_a_name_of_the_library_is_gated_once(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path, "[[models]]\nnames = ['lock_server', 'classics.lock_server']\n")
    assert "model lock_server is gated twice at the instance 'default'" in assay("gate").err


def test_a_dotted_name_may_be_named_by_its_end(tmp_path: Path) -> None:
    project(tmp_path, "[[models]]\nnames = ['package.lease:Lease']\n")
    asked = requests(find_configuration(tmp_path))
    for word in ("lease", "package.lease", "lease:Lease", "package.*"):
        assert chosen(asked, [word], []) == asked


def test_packages_are_no_models_unless_they_are_named(tmp_path: Path) -> None:
    (project(tmp_path).parent / "__init__.py").touch()
    assert [r.reference for r in requests(find_configuration(tmp_path))] == ["protocols/lease.py"]


def test_init_gates_what_is_there_and_nothing_twice(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path)
    for name in ("assay.toml", "lease.py"):
        (tmp_path / name).unlink()
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "zoo.cfg").write_text(
        "tickTime=2000\ndataDir=/var\nclientPort=2181\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n"
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "broken.py").write_text(protocol.read_text())
    (tmp_path / "notes.py").write_text("raise SystemExit('nobody runs this')\n")
    (tmp_path / "wrong.py").write_text("def (\n")
    ran = assay("gate --init")
    assert (ran.status, ran.out) == (0, "")
    assert "left out: tests/broken.py: it is among tests" in ran.err
    assert [r.reference for r in requests(find_configuration(tmp_path))] == ["protocols/lease.py", "deploy/zoo.cfg"]
    again = assay("gate --init")
    assert (again.status, "has settings of the gate already" in again.err) == (2, True)


def test_init_finds_nothing_where_nothing_is(tmp_path: Path, assay: Assay) -> None:
    (tmp_path / "lease.py").unlink()
    ran = assay("gate --init")
    assert ran.status == 2
    assert "there is nothing here to gate" in ran.err
    assert not (tmp_path / "assay.toml").exists()


@pytest.mark.parametrize("name", ["x\nas accepted: 2 items.py", "x\x1b[2J.py", "x\u2028y.py"])
def test_a_file_whose_name_could_forge_a_report_is_refused(tmp_path: Path, assay: Assay, name: str) -> None:
    project(tmp_path, "[[models]]\nfiles = 'protocols/*.py'\n")
    (tmp_path / "protocols" / name).write_text("")
    ran = assay("gate")
    assert ran.status == 2
    first, *rest = ran.err.splitlines()
    assert "has a line end or a control character, which could forge a report" in first
    assert rest == ["help: rename it, or exclude it"]
