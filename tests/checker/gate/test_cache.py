"""What is kept between runs: nothing that changed is missed, what did not costs nothing, and nothing breaks it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from assay.checker.gate import digests
from assay.checker.gate.cache import Cache
from assay.checker.gate.digests import Digests
from assay.checker.gate.processes import answers
from assay.checker.gate.requests import Answer, Dependency, Request, Verified
from assay.checker.storage import own_directory

from tests.checker.gate.projects import LEASE, project
from tests.command_line import Assay
from tests.processes import ASSAY, is_running, started

PATIENCE = 120
"""Seconds after which something hangs. Nothing is expected to take that long, on any machine."""

READER = (
    """\
import json
from pathlib import Path

from shared import SIZE

HERE = Path(__file__).parent
LIMITS = json.loads((HERE / "limits.json").read_text())
NOTES = sorted(path.name for path in (HERE / "notes").iterdir())
try:
    import extra
except ImportError:
    extra = None
try:
    HINT = open(HERE / "hint.txt").read()
except OSError:
    HINT = ""

"""
    + LEASE
)


def waited_for(condition: object) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_answer_rests_on_all_that_was_imported_read_listed_and_looked_for(tmp_path: Path) -> None:
    protocol = project(tmp_path)
    folder = protocol.parent
    protocol.write_text(READER)
    (folder / "shared.py").write_text("SIZE = 2\n")
    (folder / "limits.json").write_text("{}")
    (folder / "notes").mkdir()
    (folder / "elsewhere.py").touch()
    ((_, answer),) = answers([Request("model", "protocols/lease.py")], tmp_path, 1)
    assert answer.refusal is None

    def agree() -> bool:
        return unchanged(tmp_path, answer)

    assert agree()
    for name in ("lease.py", "shared.py", "limits.json"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content + b"\n")
        assert not agree(), name
        (folder / name).write_bytes(content)
        assert agree()
    for name in ("notes/new.txt", "extra.py", "hint.txt"):
        (folder / name).touch()
        assert not agree(), name
        (folder / name).unlink()
        assert agree()
    for name in ("elsewhere.py", "another.py"):
        (folder / name).write_text("nobody reads this\n")
        assert agree(), name


@pytest.mark.parametrize(
    "meanwhile",
    [
        "os.unlink(HERE / 'shared.py')",
        "os.rename(HERE / 'older.json', HERE / 'limits.json')",
        "os.mkdir(HERE / 'notes' / 'more')",
    ],
    ids=["what was imported is removed", "what was read is replaced by something older", "what was listed has more"],
)
def test_what_changes_while_it_is_verified_is_no_ground_of_an_answer(tmp_path: Path, meanwhile: str) -> None:
    protocol = project(tmp_path)
    protocol.write_text(READER.replace("import json", "import json\nimport os") + f"\n\n{meanwhile}\n")
    (protocol.parent / "shared.py").write_text("SIZE = 2\n")
    (protocol.parent / "notes").mkdir()
    for name in ("limits.json", "older.json"):
        (protocol.parent / name).write_text("{}")
        os.utime(protocol.parent / name, (0, 0))
    ((_, answer),) = answers([Request("model", "protocols/lease.py")], tmp_path, 1)
    assert answer.verified
    assert answer.dependencies == ()


REQUEST = Request("model", "lease.py")


def unchanged(root: Path, answer: Answer) -> bool:
    """Return whether everything that an answer rests on is as it was."""
    now = Digests(root)
    return all(now.of(one.kind, one.name) == one.digest for one in answer.dependencies)


def answer_about(root: Path, states: int) -> Answer:
    """Return an answer that rests on lease.py as it is now."""
    verified = Verified("lease.py", "default", ((("states",), states),))
    return Answer((verified,), (Dependency("file", "lease.py", Digests(root).of("file", "lease.py")),))


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """A cache that has the answers to two contents of a file, which holds the second of them."""
    found = Cache(own_directory(tmp_path / "kept"))
    for states, text in enumerate(("one", "two")):
        (tmp_path / "lease.py").write_text(text)
        found.keep(REQUEST, answer_about(tmp_path, states))
    return found


def files_of(cache: Cache, what: str) -> list[Path]:
    assert cache.directory is not None
    return sorted(cache.directory.path.glob(f"{what}-*"))


def test_two_contents_in_turn_each_keep_their_answer(tmp_path: Path, kept: Cache) -> None:
    for states, text in enumerate(("one", "two")):
        (tmp_path / "lease.py").write_text(text)
        assert kept.find(REQUEST, Digests(tmp_path)) == answer_about(tmp_path, states)
    (tmp_path / "lease.py").write_text("three")
    assert kept.find(REQUEST, Digests(tmp_path)) is None


def test_another_request_has_another_answer(tmp_path: Path, kept: Cache) -> None:
    assert kept.find(msgspec.structs.replace(REQUEST, states=7), Digests(tmp_path)) is None


def test_another_assay_has_another_answer(tmp_path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.checker.gate.cache.own_version", lambda: "another one")
    assert kept.find(REQUEST, Digests(tmp_path)) is None


def test_an_installed_assay_is_told_by_all_that_it_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(record: str) -> str:
        """Return the version, where the models and the runtime of nodes are installed with these hashes."""
        installed = tmp_path / record / "site-packages" / "assay-1.0.dist-info"
        installed.mkdir(parents=True)
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: assay\nVersion: 1.0\n")
        (installed / "RECORD").write_text(f"assay/impl/node/network.py,sha256={record},1\n")
        with monkeypatch.context() as patch:
            patch.syspath_prepend(installed.parent)
            digests._distribution.cache_clear()
            return digests.own_version.__wrapped__()

    assert version("one") != version("another")
    digests._distribution.cache_clear()


@pytest.mark.parametrize("name", ["assay", "numpy", "elsewhere"])
def test_what_a_build_left_behind_on_the_path_is_no_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """One process has the folder on its path and another has not: they must agree on what is installed."""
    before, version = Digests(tmp_path).of("distribution", name), digests.own_version.__wrapped__()
    (tmp_path / f"{name}.egg-info").mkdir()
    (tmp_path / f"{name}.egg-info" / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9\n")
    monkeypatch.syspath_prepend(tmp_path)
    digests._distribution.cache_clear()
    assert Digests(tmp_path).of("distribution", name) == before
    assert digests.own_version.__wrapped__() == version


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff" * 100, None])
@pytest.mark.parametrize("what", ["answer", "index"])
def test_what_is_damaged_is_no_answer(tmp_path: Path, kept: Cache, what: str, damage: bytes | None) -> None:
    for path in files_of(kept, what):
        path.write_bytes(path.read_bytes()[:-3] if damage is None else damage)
    assert kept.find(REQUEST, Digests(tmp_path)) is None
    kept.keep(REQUEST, answer_about(tmp_path, 1))
    assert kept.find(REQUEST, Digests(tmp_path)) == answer_about(tmp_path, 1)


def test_an_answer_counts_under_nothing_but_its_own_content(tmp_path: Path, kept: Cache) -> None:
    first, second = files_of(kept, "answer")
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert kept.find(REQUEST, Digests(tmp_path)) is None


def test_what_is_old_goes_where_there_is_too_much(tmp_path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.checker.gate.cache.MOST_FILES", 2)
    assert len([*files_of(kept, "answer"), *files_of(kept, "index")]) == 3
    kept.keep(REQUEST, answer_about(tmp_path, 1))
    assert len([*files_of(kept, "answer"), *files_of(kept, "index")]) == 2


def test_what_a_limit_left_open_is_not_kept(tmp_path: Path, assay: Assay, cache: Path) -> None:
    project(tmp_path, '[[models]]\nfiles = "protocols/*.py"\nmax-states = 1\n')
    assert assay("gate").status == 3
    assert [*(cache / "gate").iterdir()] == []


WAITING = f"""\
from pathlib import Path

Path("begun").touch()
open("go").close()  # waits until somebody has it open for writing

{LEASE}"""


def waiting(folder: Path, name: str = "waiting.py") -> None:
    """Write a protocol that waits when it is imported; nothing that it looks at changes in the meantime."""
    os.mkfifo(folder.parent / "go")
    (folder / name).write_text(WAITING)


@contextlib.contextmanager
def let_go(folder: Path) -> Iterator[None]:
    """Let everybody who waits go on, for the length of a block."""
    descriptor = os.open(folder / "go", os.O_RDWR)
    try:
        yield
    finally:
        os.close(descriptor)


def test_a_run_that_is_killed_leaves_all_whole_and_the_next_goes_on(tmp_path: Path, assay: Assay, cache: Path) -> None:
    waiting(project(tmp_path).parent)
    pipe = subprocess.DEVNULL
    with started([*ASSAY, "gate", "--accept", "--workers", "2"], cwd=tmp_path, stdout=pipe, stderr=pipe) as process:
        waited_for(lambda: any(path.name.startswith("index-") for path in (cache / "gate").glob("*")))
        waited_for((tmp_path / "begun").exists)
        children = [int(child) for child in _children(process.pid)]
        assert children
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        waited_for(lambda: not any(map(is_running, children)))
    assert not (tmp_path / "assay.lock").exists()
    with let_go(tmp_path):
        ran = assay("gate --accept")
    assert ran.status == 0
    assert "verified anew: 2 of 4" in ran.err
    assert "verified anew: 0 of 4" in assay("gate").err


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def test_two_runs_at_the_same_time_do_not_disturb_each_other(tmp_path: Path, assay: Assay, cache: Path) -> None:
    waiting(project(tmp_path).parent)
    command = [*ASSAY, "gate", "--accept", "--workers", "2"]
    pipe = subprocess.DEVNULL
    with started(command, cwd=tmp_path, stdout=pipe, stderr=pipe) as one:
        waited_for((tmp_path / "begun").exists)
        (tmp_path / "begun").unlink()
        with started(command, cwd=tmp_path, stdout=pipe, stderr=pipe) as other:
            waited_for((tmp_path / "begun").exists)
            with let_go(tmp_path):  # now both verify the same, and write the same lock file
                assert (one.wait(PATIENCE), other.wait(PATIENCE)) == (0, 0)
    ran = assay("gate --check")
    assert ran.status == 0
    assert "verified anew: 0 of 4" in ran.err


def test_a_process_that_dies_or_raises_is_no_answer(tmp_path: Path, assay: Assay) -> None:
    protocol = project(tmp_path)
    protocol.write_text(f"import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n{LEASE}")
    ran = assay("gate --accept")
    assert ran.status == 3
    assert "protocols/lease.py could not be verified: its process was killed by signal 9" in ran.out
    assert not (tmp_path / "assay.lock").exists()


def test_a_process_that_ends_without_an_answer_is_no_answer(tmp_path: Path, assay: Assay) -> None:
    """What the file prints, also what looks like an answer, is not one."""
    protocol = project(tmp_path)
    protocol.write_text(f"import os\nprint('{{}}', flush=True)\nos._exit(0)\n{LEASE}")
    assert assay("gate --accept").status == 3
    protocol.write_text(f"import os\nos._exit(0)\n{LEASE}")
    ran = assay("gate --accept")
    assert ran.status == 3
    assert "its process ended without an answer; does the file, or what it imports, call os._exit?" in ran.out
    assert not (tmp_path / "assay.lock").exists()


def test_what_a_model_writes_to_descriptors_that_are_not_its_own_is_no_answer(tmp_path: Path, assay: Assay) -> None:
    scribble = "def scribble(n):\n    with suppress(OSError):\n        os.write(n, b'garbage\\n')\n"
    last = "atexit.register(lambda: [scribble(n) for n in range(3, 20)])"
    project(tmp_path).write_text(f"import atexit, os\nfrom contextlib import suppress\n{scribble}\n{LEASE}\n{last}\n")
    ran = assay("gate --accept")
    assert (ran.status, ran.out.count("could not be verified: its answer cannot be read")) == (3, 1)
    assert not (tmp_path / "assay.lock").exists()


def test_a_process_that_falls_silent_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assay: Assay) -> None:
    """The import never comes to an end, so that this limit is reached on any machine."""
    monkeypatch.setattr("assay.checker.gate.processes.GRACE", 1.0)
    project(tmp_path, 'time-limit = "100ms"\nproof-time-limit = "100ms"\n[[models]]\nfiles = "protocols/*.py"\n')
    waiting(tmp_path / "protocols", "lease.py")
    ran = assay("gate")
    assert ran.status == 3
    assert "protocols/lease.py: it did not come to an end in 1.1 s, importing it included" in ran.out


def test_a_run_in_which_nothing_changed_imports_no_solver_and_no_compiler(tmp_path: Path, assay: Assay) -> None:
    project(tmp_path)
    assert assay("gate --accept").status == 0
    program = (
        "import sys\n"
        "from assay.checker.cli import main\n"
        "assert main(['gate']) == 0\n"
        "heavy = {'z3', 'numba', 'llvmlite', 'numpy', 'scipy', 'networkx', 'pysat', 'ray'}\n"
        "assert not heavy & {*sys.modules}, heavy & {*sys.modules}\n"
        "assert 'subprocess' not in sys.modules\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "verified anew: 0 of 2" in ran.stderr


def installed(folder: Path) -> None:
    """Install a module in a folder that is on the path."""
    place = folder.parent / "site-packages"
    place.mkdir()
    (place / "installed.py").touch()
    sys.path.append(str(place))


GROUNDS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a variable of the environment": ("os.environ.get('ONE')", lambda _: os.environ.update(ONE="other")),
    "a variable, by os.getenv": ("os.getenv('TWO')", lambda _: os.environ.update(TWO="other")),
    "a variable, as bytes": ("os.environb.get(b'THREE')", lambda _: os.environ.update(THREE="other")),
    "a file that may exist": ("os.path.exists(HERE / 'one')", lambda folder: (folder / "one").touch()),
    "a file that may exist, by pathlib": ("(HERE / 'two').is_file()", lambda folder: (folder / "two").touch()),
    "the size of a file": ("(HERE / 'sized').stat().st_size", lambda folder: (folder / "sized").write_text("2")),
    "when a file was changed": ("os.stat(HERE / 'dated').st_mtime", lambda folder: os.utime(folder / "dated", (0, 0))),
    "what may be run": ("os.access(HERE / 'run', os.X_OK)", lambda folder: (folder / "run").chmod(0o700)),
    "where a link leads": ("os.readlink(HERE / 'link')", lambda folder: (folder / "link").rename(folder / "gone")),
    "a package that may exist": ("find_spec('three')", lambda folder: (folder.parent / "three").mkdir()),
    "a module that may stand before one of Python's": (
        "import mailbox",
        lambda folder: (folder / "mailbox.py").touch(),
    ),
    "an installed package that may exist": ("find_spec('installed')", installed),
    "what the names in a folder are": (
        "any(one.is_dir() for one in os.scandir(HERE / 'notes'))",
        lambda folder: ((folder / "notes" / "entry").unlink(), (folder / "notes" / "entry").mkdir()),
    ),
}


def test_whatever_a_model_looks_at_a_change_of_it_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ONE", "TWO", "THREE", "OF NO INTEREST"):
        monkeypatch.setenv(name, "1")
    folder = project(tmp_path / "project").parent
    for name in ("sized", "dated", "run"):
        (folder / name).touch(0o600)
    (folder / "link").symlink_to("nowhere")
    (folder / "notes").mkdir()
    (folder / "notes" / "entry").touch()
    looks = "\n".join(look for look, _ in GROUNDS.values())
    heading = "import os\nfrom importlib.util import find_spec\nfrom pathlib import Path\nHERE = Path(__file__).parent"
    (folder / "lease.py").write_text(f"{heading}\n{looks}\n{LEASE}")
    ((_, answer),) = answers([Request("model", "protocols/lease.py")], tmp_path / "project", 1)
    assert answer.dependencies
    for name, (_, change) in {"nothing": ("", lambda _: None), **GROUNDS}.items():
        other = tmp_path / name
        shutil.copytree(tmp_path / "project", other, symlinks=True)
        with monkeypatch.context() as patch:
            patch.setenv("OF NO INTEREST", name)
            for variable in ("ONE", "TWO", "THREE"):
                patch.setenv(variable, "1")
            patch.setattr(sys, "path", [*sys.path])
            change(other / "protocols")
            assert unchanged(other, answer) is (name == "nothing"), name


def test_all_variables_are_a_ground_where_all_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protocol = project(tmp_path)
    protocol.write_text(f"import os\nALL = {{**os.environ}}\n{LEASE}")
    ((_, answer),) = answers([Request("model", "protocols/lease.py")], tmp_path, 1)
    assert answer.dependencies
    assert unchanged(tmp_path, answer)
    monkeypatch.setenv("SOMETHING_NEW", "")
    assert not unchanged(tmp_path, answer)


UNSEEN = {
    "rewritten": "FILE = HERE / 'count'\nSIZE = int(FILE.read_text())\nFILE.write_text(str(SIZE + 1))",
    "appended": "FILE = HERE / 'log'\nopen(FILE, 'a').write('x')\nSIZE = len(FILE.read_text())",
    "used_up": "FILE = HERE / 'flag'\nSIZE = 2 if FILE.exists() else 3\nFILE.unlink(missing_ok=True)",
    "another_program": "import subprocess\nSIZE = int(subprocess.check_output(['echo', '2']))",
    "a_database": "import sqlite3\nsqlite3.connect(HERE / 'db').close()\nSIZE = 2",
    "a_descriptor_of_a_folder": "D = os.open(HERE, os.O_RDONLY)\nSIZE = len(os.listdir(D))",
    "a_name_that_is_no_text": "SIZE = 2 if os.path.exists(os.fsencode(HERE) + b'/\\xff') else 3",
}


def test_what_rests_on_something_that_cannot_be_followed_is_not_kept(tmp_path: Path) -> None:
    folder = project(tmp_path).parent
    (folder / "count").write_text("2")
    (folder / "flag").touch()
    (folder / "log").write_text("x")
    for name, how in UNSEEN.items():
        heading = "import os\nfrom pathlib import Path\nHERE = Path(__file__).parent"
        (folder / f"{name}.py").write_text(f"{heading}\n{how}\n{LEASE}")
    asked = [Request("model", f"protocols/{name}.py") for name in UNSEEN]
    for number, answer in answers(asked, tmp_path, 2):
        assert answer.refusal is None, asked[number]
        assert answer.verified
        assert answer.dependencies == (), asked[number]


def test_a_variable_of_the_environment_is_a_ground_of_a_verdict(
    tmp_path: Path, assay: Assay, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = project(tmp_path)
    sized = LEASE.replace('{"Node": 2}', '{"Node": int(os.environ.get("LEASE_NODES", "2"))}')
    protocol.write_text(f"import os\n{sized}")
    assert assay("gate --accept").status == 0
    assert "verified anew: 0 of 2" in assay("gate").err
    monkeypatch.setenv("LEASE_NODES", "3")
    ran = assay("gate")
    assert ran.status == 1
    assert "sizes: Node=2 -> Node=3" in ran.out


def test_a_project_below_a_folder_of_installed_packages_is_no_installed_package(
    tmp_path: Path, assay: Assay, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site-packages").mkdir()
    protocol = project(tmp_path / "site-packages")
    monkeypatch.chdir(tmp_path / "site-packages")
    assert assay("gate --accept").status == 0
    protocol.write_text(LEASE.replace('"Node": 2', '"Node": 3'))
    assert assay("gate").status == 1
