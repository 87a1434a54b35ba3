"""A search that was interrupted, killed or ran out of budget goes on with what it had; nothing kept is believed."""

from __future__ import annotations

import errno
import itertools
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from assay.checker.engine.limits import Stop, StopReason
from assay.checker.errors import AssayWarning
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.checker.storage import own_directory
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.inference import kept, proving
from assay.proofs.inference.infer import SearchProgress, _Attempt, infer
from assay.proofs.inference.results import Inference
from assay.proofs.inference.support import Support

from tests.tiers import as_shown_by, one_in

ALONE = ProofOptions(workers=1)

HANDING = """
from assay.checker.language import *

class Client(Sort):
    pass

class Handing(Model):
    default = {"Client": 2}
    free: bool = True
    granted: Set[Client]
    holders: Set[Client]

    @action
    def grant(self, client: Client) -> None:
        require(self.free)
        self.free = False
        self.granted.add(client)

    @action
    def take(self, client: Client) -> None:
        require(client in self.granted)
        self.granted.discard(client)
        self.holders.add(client)

    @invariant
    def mutual_exclusion(self) -> bool:
        return all(c == d for c in self.holders for d in self.holders)
"""
"""Its invariant needs four lemmas."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what searches keep; compiled code stays in the one that all tests share."""
    path = tmp_path / "cache"
    monkeypatch.setattr(kept, "kept_directory", lambda: own_directory(path))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "handing.py"
    path.write_text(HANDING)
    return path


@pytest.fixture
def handing(source: Path) -> Specification:
    return load(str(source)).specification


Moment = Callable[[SearchProgress], bool]


def _never(_: SearchProgress) -> bool:
    return False


def _with_a_lemma(progress: SearchProgress) -> bool:
    return progress.lemmas >= 1


def _interrupt() -> None:
    raise KeyboardInterrupt


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Watch:
    """Notes how many lemmas there were whenever something was told, and does something at a moment."""

    def __init__(self, at: Moment = _never, do: Callable[[], object] = _interrupt) -> None:
        self.lemmas: list[int] = []
        self.at, self.do = at, do

    def __call__(self, progress: SearchProgress) -> None:
        self.lemmas.append(progress.lemmas)
        if self.at(progress):
            self.do()

    @property
    def first(self) -> int:
        """How many lemmas there were when there were any."""
        return next((count for count in self.lemmas if count), 0)


def _infer(specification: Specification, watch: _Watch | None = None) -> Inference:
    return infer(specification, ALONE, budget=1e9, progress=watch or _Watch())


def _file(folder: Path) -> Path:
    (found,) = (folder / "inference").iterdir()
    return found


def _stored(folder: Path) -> int:
    """Return how many lemmas are on disk."""
    files = [*(folder / "inference").iterdir()] if (folder / "inference").exists() else []
    return sum(len(json.loads(file.read_bytes()).get("lemmas", ())) for file in files)


# Interrupted


def test_an_interrupted_search_goes_on_with_the_lemmas_it_had(folder: Path, handing: Specification) -> None:
    first = _infer(handing, _Watch(_with_a_lemma))
    assert first.proof.interrupted
    assert first.proof.verdict is Verdict.UNKNOWN
    assert first.ended == "interrupted; the same command goes on from here"
    assert len(first.methods) == _stored(folder) > 0
    watch = _Watch()
    second = _infer(handing, watch)
    assert second.proof.verdict is Verdict.HOLDS
    assert watch.first == len(first.methods)
    assert second.counts.examples < infer(handing, ALONE, budget=1e9, resume=False).counts.examples


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("doing", ["exploring", "widening", "proving"])
def test_an_interrupt_is_told_as_one_at_any_moment(handing: Specification, doing: str) -> None:
    found = _infer(handing, _Watch(lambda progress: progress.doing == doing))
    assert found.proof.interrupted
    assert found.proof.verdict is Verdict.UNKNOWN
    assert found.ended.startswith("interrupted")


@pytest.mark.parametrize("inside", ["rounds.Round.outcomes", "several_steps._steps"])
def test_an_interrupt_of_either_proof_in_the_end_is_told_as_one(
    folder: Path, handing: Specification, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(f"assay.proofs.induction.{inside}", lambda *_, **__: _interrupt())
        found = _infer(handing)
    assert found.proof.interrupted
    assert found.proof.verdict is Verdict.UNKNOWN
    assert found.ended.startswith("interrupted")
    assert len(found.methods) == _stored(folder) > 0
    assert _infer(handing).proof.verdict is Verdict.HOLDS


def test_an_interrupt_that_the_explorer_takes_for_a_limit_is_no_reason_to_go_on(
    folder: Path, handing: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.checker.engine.native import explorer

    class Ended:
        stop = Stop(StopReason.INTERRUPT, "interrupted after 0.1 s")

    monkeypatch.setattr(explorer, "with_room", lambda *_: (None, Ended))
    assert _infer(handing).proof.interrupted
    assert _stored(folder) == 0


def test_without_a_place_to_keep_lemmas_none_is_promised(handing: Specification) -> None:
    assert infer(handing, ALONE, budget=1e9, resume=False, progress=_Watch(_with_a_lemma)).ended == "interrupted"


# Killed


def _killed(specification: Specification, watch: _Watch, patched: tuple[object, str] | None) -> None:
    """Search in a process of its own, which is killed at a moment, or where it calls something."""

    def search() -> None:
        if patched is not None:
            setattr(*patched, lambda *_, **__: _die())
        _infer(specification, watch)

    process = multiprocessing.get_context("fork").Process(target=search)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


MOMENTS: dict[str, Moment] = {
    "exploring": lambda progress: progress.doing == "exploring",
    "the first lemma": _with_a_lemma,
    "proving": lambda progress: progress.doing == "proving",
}
CALLS: dict[str, tuple[object, str]] = {"minimising": (Support, "used"), "proving again": (proving, "induct")}


@pytest.mark.parametrize(
    ("moment", "least"),
    one_in(3, [("exploring", 0), ("the first lemma", 1), ("minimising", 4), ("proving", 4), ("proving again", 4)]),
)
def test_what_a_killed_search_had_found_is_kept(folder: Path, handing: Specification, moment: str, least: int) -> None:
    _killed(handing, _Watch(MOMENTS.get(moment, _never), _die), CALLS.get(moment))
    left = _stored(folder)
    assert left >= least
    watch = _Watch()
    assert _infer(handing, watch).proof.verdict is Verdict.HOLDS
    if left:
        assert watch.first == left
    assert _stored(folder) == 0, "a proof that was found leaves nothing to resume"


# Out of budget


@pytest.mark.usefixtures("folder")
def test_a_search_whose_budget_is_spent_is_not_proved_and_goes_on_with_more(handing: Specification) -> None:
    ticks = itertools.count()
    first = infer(handing, ALONE, budget=30.0, clock=lambda: float(next(ticks)))
    assert first.proof.verdict is Verdict.UNKNOWN
    assert "30 s" in first.ended
    assert _infer(handing).proof.verdict is Verdict.HOLDS


# What is on disk


def _with(**fields: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **fields})


def _lemmas(**fields: object) -> Callable[[str], str]:
    def changed(text: str) -> str:
        content = json.loads(text)
        return json.dumps({**content, "lemmas": [{**lemma, **fields} for lemma in content["lemmas"]]})

    return changed


DAMAGES: dict[str, Callable[[str], str]] = {
    "the opposite lemmas": lambda text: text.replace("true", "1").replace("false", "true").replace("1", "false"),
    "atoms of another model": lambda text: text.replace("in self.", "in self.else"),
    "another version": _with(version="assay inference 0"),
    "a level beyond all": _with(level=10**9),
    "an infinite level": _with(level=float("inf")),
    "no level": _with(level=None),
    "a model that was changed": _with(model="another"),
    "lemmas that say nothing": _lemmas(literals=[]),
    "lemmas of forty variables": _lemmas(counts=[40]),
    "lemmas of fewer variables than none": _lemmas(counts=[-1]),
    "lemmas of heavy atoms": _lemmas(heaviest=10**6),
    "lemmas of what is no text": _lemmas(literals=[[["x"], True]]),
    "lemmas that are none": _with(lemmas=[None, 3, "x"]),
    "the first half": lambda text: text[: len(text) // 2],
    "all but the end": lambda text: text[:-1],
    "nothing": lambda _: "",
    "a list": lambda _: "[]",
    "a brace": lambda _: "{",
    "an early format": lambda _: '{"version": 1}',
    "deep nesting": lambda _: "[" * 100_000,
    "no Unicode": lambda _: "\ud800",
}


@pytest.fixture
def stored(folder: Path, handing: Specification) -> Path:
    """What an interrupted search has kept."""
    _infer(handing, _Watch(_with_a_lemma))
    return _file(folder)


def test_what_is_kept_may_be_anything(folder: Path, handing: Specification, stored: Path) -> None:
    text = stored.read_text()
    attempt = _Attempt(handing, ALONE, 1e9, kept.Kept(handing, {}), lambda _: None, lambda: 0.0)
    assert attempt._explore() is None
    for name, damage in DAMAGES.items():
        stored.write_bytes(damage(text).encode("utf-8", "surrogatepass"))
        attempt.search.lemmas = []
        attempt._restored()
        assert all(map(attempt._is_true, (lemma.clause for lemma in attempt.search.lemmas))), name


@pytest.mark.parametrize("name", one_in(2, ["the opposite lemmas", "a level beyond all", "the first half"]))
def test_what_is_kept_is_not_believed(handing: Specification, stored: Path, name: str) -> None:
    stored.write_text(DAMAGES[name](stored.read_text()))
    assert _infer(handing).proof.verdict is Verdict.HOLDS


# The model was changed between


@as_shown_by(test_an_interrupted_search_goes_on_with_the_lemmas_it_had)
def test_the_level_that_was_reached_is_taken_up_again(handing: Specification, stored: Path) -> None:
    stored.write_text(_with(level=2)(stored.read_text()))
    watch = _Watch()
    found = _infer(handing, watch)
    assert found.proof.verdict is Verdict.HOLDS
    assert watch.first >= 1
    assert found.levels == 2


def test_of_a_changed_model_the_lemmas_are_tried_but_no_level_is_skipped(source: Path, stored: Path) -> None:
    stored.write_text(_with(level=2)(stored.read_text()))
    source.write_text(
        HANDING.replace('"Client": 2', '"Client": 3').replace("require(self.free)", "require(True, self.free)")
    )
    watch = _Watch()
    found = _infer(load(str(source)).specification, watch)
    assert found.proof.verdict is Verdict.HOLDS
    assert watch.first >= 1
    assert found.levels == 1


@pytest.mark.usefixtures("stored")
def test_of_a_model_that_was_broken_since_nothing_is_proved(source: Path) -> None:
    source.write_text(HANDING.replace("self.free = False", "pass"))
    found = _infer(load(str(source)).specification)
    assert [refutation.name for refutation in found.proof.refutations] == ["mutual_exclusion"]
    assert found.proof.refutations[0].trace.steps


# Two at once, and no place to write


@as_shown_by(test_an_interrupted_search_goes_on_with_the_lemmas_it_had)
def test_two_searches_at_the_same_time_do_each_other_no_harm(folder: Path, handing: Specification) -> None:
    others: list[Inference] = []

    def begin_others() -> None:
        if not others:
            others.append(_infer(handing, _Watch(lambda progress: progress.doing == "proving")))
            others.append(_infer(handing))

    first = _infer(handing, _Watch(lambda progress: progress.doing == "widening", begin_others))
    assert [one.proof.verdict for one in (*others, first)] == [Verdict.UNKNOWN, Verdict.HOLDS, Verdict.HOLDS]
    assert _stored(folder) == 0


@as_shown_by(test_an_interrupted_search_goes_on_with_the_lemmas_it_had)
def test_of_two_searches_at_the_same_time_the_last_that_wrote_is_taken_up(folder: Path, handing: Specification) -> None:
    others: list[Inference] = []

    def moment(progress: SearchProgress) -> bool:
        return progress.lemmas >= 1 if others else progress.doing == "widening"

    def do() -> None:
        if others:
            raise KeyboardInterrupt
        others.append(_infer(handing, _Watch(lambda progress: progress.doing == "proving")))

    first = _infer(handing, _Watch(moment, do))
    assert first.proof.interrupted
    left = _stored(folder)
    assert 0 < left == len(first.methods) < len(others[0].methods)
    watch = _Watch()
    assert _infer(handing, watch).proof.verdict is Verdict.HOLDS
    assert watch.first == left


def test_a_folder_that_goes_away_costs_what_was_kept_and_no_more(folder: Path, handing: Specification) -> None:
    gone = _Watch(_with_a_lemma, lambda: shutil.rmtree(folder, ignore_errors=True))
    assert _infer(handing, gone).proof.verdict is Verdict.HOLDS


@pytest.mark.parametrize("mode", [0o777, None])
def test_without_a_folder_of_its_own_it_keeps_nothing_and_promises_nothing(
    folder: Path, handing: Specification, mode: int | None
) -> None:
    folder.mkdir()
    if mode is None:
        (folder / "inference").write_text("a file, in which no directory can be made")
    else:
        (folder / "inference").mkdir()
        (folder / "inference").chmod(mode)
    with pytest.warns(AssayWarning, match="no lemma is kept for later"):
        found = _infer(handing, _Watch(_with_a_lemma))
    assert found.ended == "interrupted"


@as_shown_by(test_what_is_kept_may_be_anything)
def test_a_full_disk_is_no_error(folder: Path, handing: Specification, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert _infer(handing).proof.verdict is Verdict.HOLDS
    assert [*(folder / "inference").iterdir()] == []
