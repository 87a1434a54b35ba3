"""``assay run lock --backend zookeeper``: the lock on a real ZooKeeper, in six kinds of failure."""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path

from assay.checker.cli.form import deliver
from assay.checker.cli.output import destination, source_of
from assay.checker.errors import UsageError
from assay.checker.language.loader import load

__all__ = ["run"]

_MODEL = "lock"


def run(
    protocol: str,
    nodes: int | None,
    connect: str | None,
    fencing: bool,
    folder: str | None,
    form: str,
    output: str | None,
) -> int:
    """Play the cases and report."""
    from assay.checker.report import zookeeper as report
    from assay.checker.running.zookeeper import Plan, carry_out, default_folder

    if protocol != _MODEL:
        raise UsageError(f"--backend zookeeper runs {_MODEL}, and not {protocol}")
    logging.getLogger("kazoo").addHandler(logging.NullHandler())  # kazoo logs connections lost on purpose
    model = load(_MODEL)
    with destination(output, source_of(model)) as file:
        plan = Plan(model, nodes, connect, fencing, Path(folder) if folder else default_folder())
        runs = carry_out(plan, _begin)
        found = report.LockReport(plan, runs, shlex.join(_words(nodes, connect, fencing)))
        deliver(report.as_json(found) if form == "json" else list(report.as_text(found)), file)
        return found.status


def _words(nodes: int | None, connect: str | None, fencing: bool) -> list[str]:
    words = ["assay", "run", _MODEL, "--backend", "zookeeper"]
    words += ["--nodes", str(nodes)] if nodes is not None else []
    words += ["--connect", connect] if connect is not None else []
    return words if fencing else [*words, "--no-fencing"]


def _begin(case: str) -> None:
    """Show on a terminal which case begins."""
    if sys.stderr.isatty():
        print(f"{case} ...", file=sys.stderr)
