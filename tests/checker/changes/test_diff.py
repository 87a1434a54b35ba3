"""``assay diff`` on files, on revisions, and on what goes wrong with them."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.tiers import as_shown_by, one_in

COUNTER = """
from assay.checker.language import *

class Counter(Model):
    default = {{}}
    count: Range[0, 3] = 0

    @action
    def up(self) -> None:
        require(self.count < {most})
        self.count += 1

    @invariant
    def {claim}(self) -> bool:
        return self.count >= 0
"""


def counter(most=2, claim="not_negative"):
    return COUNTER.format(most=most, claim=claim)


def git(*arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Two commits of counter.py, which counts to 2 and then to 3, and a working tree in which it counts to 1."""
    git("init", ".")
    file = tmp_path / "counter.py"
    for most in (2, 3):
        file.write_text(counter(most))
        git("add", "counter.py")
        git("commit", "-m", f"to {most}")
    file.write_text(counter(1))
    return file


def test_the_same_file_has_the_same_behaviours(assay):
    ran = assay("diff lease.py lease.py")
    assert ran.status == 0
    assert "\nnone: both versions have the same behaviours\n" in ran.out


def test_revisions_and_the_working_tree(assay, history):
    more = assay("diff HEAD~1:counter.py HEAD:counter.py")
    assert more.status == 1
    assert "additive: 1 action can be taken where it could not" in more.out
    assert "3  +  up()" in more.out
    less = assay("diff HEAD:counter.py counter.py")
    assert less.status == 1
    assert "breaking: 1 action can no longer be taken where it could" in less.out
    assert "2  -  up()" in less.out
    assert history.read_text() == counter(1)
    status = subprocess.run(["git", "status", "--short"], capture_output=True, text=True, check=True).stdout
    assert status.splitlines() == [" M counter.py", "?? lease.py", "?? pyproject.toml"]


@as_shown_by(test_revisions_and_the_working_tree)
def test_what_is_asked_for_below_the_top(assay, history, tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert assay("diff HEAD~1:../counter.py HEAD:../counter.py:Counter").status == 1


def test_modules_of_the_revision_are_imported_beside_the_file(assay, tmp_path):
    git("init", ".")
    (tmp_path / "bounds.py").write_text("MOST = 2\n")
    (tmp_path / "counter.py").write_text(
        counter().replace("< 2", "< MOST").replace("import *", "import *\nfrom bounds import MOST")
    )
    git("add", "bounds.py", "counter.py")
    git("commit", "-m", "to 2")
    (tmp_path / "bounds.py").write_text("MOST = 3\n")
    assert "additive" in assay("diff HEAD:counter.py counter.py").out


@as_shown_by(test_modules_of_the_revision_are_imported_beside_the_file)
def test_modules_at_the_top_of_the_revision_are_imported_and_hide_none_of_pythons(assay, tmp_path):
    git("init", ".")
    (tmp_path / "enum.py").write_text("raise RuntimeError('this is no module of Python')\n")
    (tmp_path / "src" / "shared").mkdir(parents=True)
    (tmp_path / "models").mkdir()
    (tmp_path / "tops.py").write_text("MOST = 2\n")
    (tmp_path / "src" / "shared" / "bounds.py").write_text("from tops import MOST\n")
    imports = "import *\nfrom shared.bounds import MOST"
    (tmp_path / "models" / "counter.py").write_text(counter().replace("< 2", "< MOST").replace("import *", imports))
    git("add", ".")
    git("commit", "-m", "to 2")
    (tmp_path / "tops.py").write_text("MOST = 3\n")
    ran = assay("diff HEAD:models/counter.py models/counter.py")
    assert ran.err == ""
    assert "additive" in ran.out


def test_a_property_that_is_gone_is_a_difference(assay, tmp_path):
    (tmp_path / "claims.py").write_text(counter())
    (tmp_path / "nothing.py").write_text(counter().partition("    @invariant")[0])
    ran = assay("diff claims.py nothing.py")
    assert ran.status == 1
    assert "none: both versions have the same behaviours" in ran.out
    assert "error CLM001 invariant not_negative is no longer stated" in ran.out
    assert "error CLM002 invariant not_negative is newly stated" in assay("diff nothing.py claims.py").out


def test_json_and_markdown(assay, history):
    found = json.loads(assay("diff HEAD~1:counter.py HEAD:counter.py --format json").out)
    assert found["effect"] == "additive"
    assert found["added"] == [{"action": "up", "trace": ["up()", "up()", "up()"], "places": 1}]
    assert found["removed"] == []
    assert found["states"] == {"before": 3, "after": 4}
    assert found["exit_status"] == 1
    page = assay("diff HEAD~1:counter.py HEAD:counter.py --format markdown").out
    assert "```diff\n  up()\n  up()\n+ up()\n```" in page


def test_a_limit_that_hides_the_difference_is_unknown(assay, history):
    ran = assay("diff HEAD~1:counter.py HEAD:counter.py --max-states 2")
    assert ran.status == 3
    assert "unknown: no difference in what was compared" in ran.out
    assert "not everything was compared: before, the limit of 2 states was reached" in ran.out


@as_shown_by(test_a_limit_that_hides_the_difference_is_unknown)
@pytest.mark.parametrize("other", ["HEAD:counter.py", "HEAD~1:counter.py"])
def test_a_limit_before_the_first_state_decides_nothing(assay, history, other):
    """Without a state there is no trace: two such behaviours are not the same, and neither is a part of another."""
    ran = assay(f"diff HEAD:counter.py {other} --time-limit 0.001ms")
    assert ran.status == 3
    assert "unknown: no difference in what was compared" in ran.out


def test_an_error_in_a_reachable_state_leaves_only_what_is_certain(assay, tmp_path):
    (tmp_path / "right.py").write_text(counter(3))
    (tmp_path / "wrong.py").write_text(counter(3).replace("+= 1", "+= 2"))
    ran = assay("diff right.py wrong.py")
    assert ran.status == 3
    assert "count would become 4, outside of Range(0, 3)" in ran.out


def test_instances_that_differ_are_said_to(assay, tmp_path):
    lease = (tmp_path / "lease.py").read_text()
    (tmp_path / "larger.py").write_text(lease.replace("Node=2", "Node=3"))
    assert "--set makes them the same" in assay("diff lease.py larger.py").out
    assert assay("diff lease.py larger.py --set Node=2").status == 0


@pytest.mark.parametrize(
    ("versions", "error"),
    one_in(
        3,
        [
            ("HEAD~7:counter.py counter.py", "there is no revision HEAD~7 in "),
            ("--end:counter.py counter.py", "there is no revision --end in "),
            ("HEAD:cuonter.py counter.py", "there is no cuonter.py in revision HEAD"),
            ("HEAD:/etc/hosts.py counter.py", "/etc/hosts.py is not in the repository "),
            ("HEAD:counter.py:Nobody counter.py", "Nobody"),
            ("counter.py nothing.py", "nothing.py"),
            ("counter.py counter.py --set Nobody=3", "Nobody"),
            ("counter.py counter.py --max-states few", "few"),
        ],
    ),
)
def test_what_is_not_there_is_said_in_a_line(assay, history, versions, error):
    ran = assay("diff", "--", *versions.split()) if versions.startswith("--") else assay(f"diff {versions}")
    assert ran.status == 2
    assert ran.out == ""
    assert error in ran.err.splitlines()[0]


@as_shown_by(test_revisions_and_the_working_tree)
def test_a_file_in_a_submodule_has_the_revisions_of_the_submodule(assay, history, tmp_path, monkeypatch):
    above = tmp_path / "above"
    above.mkdir()
    monkeypatch.chdir(above)
    git("init", ".")
    git("-c", "protocol.file.allow=always", "submodule", "add", f"file://{tmp_path}", "sub")
    assert "additive" in assay("diff HEAD~1:sub/counter.py HEAD:sub/counter.py").out
    git("-C", "sub", "checkout", "--detach", "HEAD~1")
    ran = assay("diff HEAD:sub/counter.py sub/counter.py")
    assert ran.status == 0, ran


def test_a_shallow_clone_says_how_to_get_its_history(assay, history, tmp_path, monkeypatch):
    git("clone", "--depth", "1", f"file://{tmp_path}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    ran = assay("diff HEAD~1:counter.py HEAD:counter.py")
    assert ran.status == 2
    assert "git fetch --unshallow" in ran.err


def test_outside_of_a_repository(assay):
    ran = assay("diff HEAD:lease.py lease.py")
    assert ran.status == 2
    assert "not a git repository" in ran.err


@pytest.mark.parametrize(
    ("code", "error"),
    one_in(
        2,
        [
            ("import os; os._exit(3)", "its process ended with status 3"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its process was killed by signal 9"),
            ("import nothing_like_it", "nothing_like_it"),
            ("1 / 0", "ZeroDivisionError"),
        ],
    ),
)
def test_a_version_that_does_not_import_is_an_error_of_that_version(assay, tmp_path, code, error):
    (tmp_path / "bad.py").write_text(f"{counter()}\n{code}\n")
    ran = assay("diff lease.py bad.py")
    assert ran.status == 2
    assert error in ran.err


def test_what_a_model_prints_is_none_of_the_report(assay, tmp_path):
    (tmp_path / "loud.py").write_text(f"print('loud')\n{counter()}")
    ran = assay("diff loud.py loud.py --format json")
    assert json.loads(ran.out)["effect"] == "none"


def test_without_git_a_revision_is_refused_in_a_line(assay, tmp_path, monkeypatch):
    (tmp_path / "lease.py").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = assay("diff HEAD:lease.py lease.py")
    assert (ran.status, "git is not installed, and REVISION:FILE needs it" in ran.err) == (2, True)
