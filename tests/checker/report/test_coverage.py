"""What several checks say of liveness, refinement and deadlocks, and what they leave out."""

from __future__ import annotations

from assay.checker.cli.request import CheckRequest
from assay.checker.engine.explorers import Engine
from assay.checker.engine.limits import Limits
from assay.checker.language.loader import load
from assay.checker.properties.check import Options
from assay.checker.report.run import CheckRun
from assay.checker.report.tables import covered, left_out

ALL = Options(Engine.REFERENCE)


def run(name: str, options: Options = ALL, instance: str = "smoke") -> CheckRun:
    return CheckRequest(options, instance).run(load(name))


def test_what_is_stated_and_decided_is_counted() -> None:
    runs = [run("consensus"), run("lock_service"), run("voting")]
    assert covered(runs) == "liveness of 1 model, refinement of 1 model"
    assert left_out(runs) == "other instances, liveness of 2 models that state none"


def test_what_is_stated_and_open_is_named() -> None:
    runs = [run("lock_service", Options(Engine.REFERENCE, Limits(states=5))), run("consensus")]
    assert covered(runs) == ""
    assert left_out(runs) == "other instances, liveness of 1 model that states none, liveness of lock_service"


def test_broken_models_are_searched_for_one_violation() -> None:
    runs = [run("lock_service:LockServiceWithoutLooking")]
    assert covered(runs) == ""
    assert left_out(runs) == "other instances, what else is false of 1 model (--keep-going)"
    assert left_out([run("consensus:ChoosesTwice", Options(Engine.REFERENCE, keep_going=True))]) == (
        "other instances, liveness of 1 model that states none"
    )


def test_deadlocks_that_were_not_looked_for_are_said() -> None:
    runs = [run("consensus", Options(Engine.REFERENCE, deadlock=False))]
    assert left_out(runs).endswith(", deadlock (--no-deadlock)")
    both = [*runs, run("atomic_commit")]
    assert left_out(both).endswith(", deadlock (--no-deadlock) of consensus")
