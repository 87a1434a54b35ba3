"""Certificates are all of what was asked, whole or not there at all; and who rechecks them runs nothing else."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from assay.checker.errors import InputError, UsageError
from assay.checker.language.loader import load
from assay.checker.verdicts import Verdict
from assay.proofs.induction.certificates import FORMAT, INDEX
from assay.proofs.induction.decisions import Means
from assay.proofs.induction.prover import prove_model
from assay.proofs.induction.recheck import recheck
from claims import certified, proved

from tests.tiers import one_in

SMALL = """
    default = dict(Node=1)
    seen: Set[Node]
    asked: Set[Node]
    {variable}: bool = False
    @action
    def see(self, n: Node):
        self.asked.add(n)
        self.seen.add(n)
    @invariant
    def {invariant}(self):
        return all(n in self.asked for n in self.seen) and not self.{variable}
"""


def small(folder: Path, variable: str = "late", invariant: str = "fine"):
    return proved(folder, SMALL.format(variable=variable, invariant=invariant))


def test_what_was_true_on_sight_has_a_certificate_with_its_whole_query(tmp_path: Path) -> None:
    result = prove_model(load("two_phase_commit").specification)
    assert any(o.decision.means is Means.SIGHT for o in result.obligations)
    assert certified(result, tmp_path) == len(result.obligations)
    scripts = sorted(tmp_path.glob("*.smt2"))
    for result_, path in zip(result.obligations, scripts, strict=True):
        asked = len(result_.obligation.query)
        assert path.read_text().count("(assert") >= asked


def test_second_solver_is_asked_what_was_asked(tmp_path: Path) -> None:
    """A claim that is refuted has a query with a model, and one that is proved has none: for cvc5, too."""
    pytest.importorskip("cvc5")
    result = prove_model(load("consensus:ChoosesTwice").specification)
    certified(result, tmp_path)
    answers = {r.name: r.answer for r in recheck(str(tmp_path)).results}
    assert len(answers) == len(result.obligations)
    for obligation in result.obligations:
        expected = "sat" if obligation.guard is obligation.proved else "unsat"
        assert answers[obligation.claim.name] == expected


@pytest.mark.parametrize("name", one_in(3, ["x0", "x0Node", "Bool", "true", "let", "a" * 300]))
def test_names_do_not_collide_and_may_be_long(tmp_path: Path, name: str) -> None:
    pytest.importorskip("cvc5")
    result = small(tmp_path, name, "n" * 300)
    assert certified(result, tmp_path / "out") == len(result.obligations)
    found = recheck(str(tmp_path / "out"))
    assert [r.name for r in found.results if r.verdict is not Verdict.HOLDS] == []


def test_full_disk_leaves_no_index_and_nothing_that_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = small(tmp_path)
    written = []

    def full_after_two(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_after_two)
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="no space left on device"):
        certified(result, out)
    assert not (out / INDEX).exists()
    assert len(list(out.iterdir())) == 2
    assert all(path.read_text().endswith("(check-sat)\n") for path in out.iterdir())


def entry(**changes: object) -> dict[str, object]:
    text = "(check-sat)\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"file": "a.smt2", "name": "a", "expected": "sat", "sha256": digest, **changes}


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("nonsense", "not a JSON file"),
        ("[" * 100_000, "not a JSON file"),
        ([], "not an index"),
        ({"format": FORMAT}, "names no model, or no obligations"),
        ({"format": FORMAT, "model": "m", "obligations": 3}, "names no model, or no obligations"),
        ({"format": FORMAT, "model": "m", "obligations": [3]}, "obligation 1 has not a file"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(), entry(name=3)]}, "obligation 2 has not a file"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(file="../a.smt2")]}, "no file beside the index"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(file="")]}, "no file beside the index"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(file="a\0")]}, "no file beside the index"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(expected="maybe")]}, "'maybe' is no answer"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(file="n" * 300)]}, "cannot be read"),
        ({"format": FORMAT, "model": "m", "obligations": [entry(sha256="0")]}, "it was changed"),
    ],
)
def test_malformed_index_is_one_clear_line(tmp_path: Path, index: object, message: str) -> None:
    pytest.importorskip("cvc5")
    (tmp_path / "a.smt2").write_text("(check-sat)\n")
    (tmp_path / INDEX).write_text(index if isinstance(index, str) else json.dumps(index))
    with pytest.raises(InputError, match=message) as raised:
        recheck(str(tmp_path))
    assert "\n" not in raised.value.message


@pytest.mark.parametrize("left_out", [slice(1), slice(1, 2), slice(-2, None)])
def test_what_is_taken_out_of_the_index_is_missed(tmp_path: Path, left_out: slice) -> None:
    pytest.importorskip("cvc5")
    out = tmp_path / "out"
    certified(small(tmp_path), out)
    assert recheck(str(out)).verdict is Verdict.HOLDS
    index = json.loads((out / INDEX).read_text())
    first = index["obligations"][left_out][0]["file"]
    del index["obligations"][left_out]
    (out / INDEX).write_text(json.dumps(index))
    with pytest.raises(InputError, match=f"does not name {first}"):
        recheck(str(out))


def test_certificates_written_over_others_leave_none_of_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    certified(small(tmp_path, invariant="other"), out)
    (out / "own.smt2").write_text("(check-sat)\n")
    count = certified(small(tmp_path), out)
    assert len([*out.glob("*-*.smt2")]) == count
    assert (out / "own.smt2").exists()


def test_script_that_the_other_solver_cannot_read_is_unknown(tmp_path: Path) -> None:
    pytest.importorskip("cvc5")
    text = "(assert nonsense)\n(check-sat)\n"
    (tmp_path / "a.smt2").write_text(text)
    entries = [entry(sha256=hashlib.sha256(text.encode()).hexdigest())]
    (tmp_path / INDEX).write_text(json.dumps({"format": FORMAT, "model": "m", "obligations": entries}))
    found = recheck(str(tmp_path))
    assert found.verdict is Verdict.UNKNOWN
    assert "nonsense" in found.results[0].reason


def test_recheck_runs_no_module_of_the_current_folder(tmp_path: Path) -> None:
    pytest.importorskip("cvc5")
    certified(small(tmp_path), tmp_path / "out")
    for name in ("signal", "random", "cvc5", "pickle"):
        (tmp_path / f"{name}.py").write_text("import os\nopen('planted', 'w').close()\nos._exit(9)\n")
    script = Path(sys.executable).with_name("assay")
    command = [str(script), "prove", "--recheck", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert not (tmp_path / "planted").exists()
    assert (done.returncode, done.stderr) == (0, "")
