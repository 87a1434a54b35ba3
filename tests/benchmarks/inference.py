"""Infer lemmas for the classics, and put the table of what came of it into the page `assay help inference`.

Usage: ``python -m tests.benchmarks.inference [SECONDS [MODEL ...]]``, from the root of the repository, with assay
installed. Seconds are of processor time, for each model; without models it is about all of the classics that hold and
about the protocols of `tests/proofs/inference/unseen.py`, and takes them one after the other. Rows of models that are
not named stay as they are.
"""

from __future__ import annotations

import itertools
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from assay.checker.errors import AssayError
from assay.checker.language.expectations import Holds
from assay.checker.language.loader import library, load
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.inference.infer import infer

PAGE = Path(__file__).parents[2] / "checker" / "help" / "inference.md"
HEAD = (
    "| model | verdict | CPU seconds | lemmas | candidates | counterexamples to induction | levels |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
)
UNSEEN_MODELS = Path(__file__).parents[1] / "proofs" / "inference" / "unseen.py"
LATER_MODELS = UNSEEN_MODELS.with_name("later.py")
BUDGET = 60.0
UNSEEN = {
    "client_server_ae": "ClientServer",
    "consensus_epr": "ConsensusEpr",
    "firewall": "Firewall",
    "learning_switch": "LearningSwitch",
    "simple_decentralized_lock": "SimpleDecentralizedLock",
}
"""Protocols of the literature that the search was not built with, and the models of them. It was changed after them."""

LATER = {
    "client_server_db_ae": "ClientServerDatabase",
    "multi_lock_server": "MultiLockServer",
    "multisig_all": "MultisigAll",
    "naive_consensus": "NaiveConsensus",
    "sharded_kv_no_lost_keys": "ShardedStoreWithoutLoss",
    "simple_regular": "SimpleRegular",
}
"""More of them, which were chosen when the search was finished."""


def classics() -> list[str]:
    """Return the names of the classics that are expected to hold."""
    found = [model for model in library() if model.cls.__module__.startswith("assay.models.classics.")]
    return [model.name for model in found if isinstance(model.cls.expected, Holds) and model.cls.provable]


def row(name: str, budget: float) -> str:
    """Return the row on one model."""
    began = spent()
    try:
        found = infer(
            load(place(name)).specification,
            ProofOptions(workers=1),
            budget=budget,
            resume=False,
            clock=spent,
        )
    except AssayError as error:
        return f"| {name} | not tried: {error.message.splitlines()[0].replace('|', '/')} | | | | | |\n"
    verdict = {Verdict.HOLDS: "proved", Verdict.VIOLATED: "violated", Verdict.UNKNOWN: f"not proved: {found.ended}"}
    counts = found.counts
    cells = [
        name,
        verdict[found.proof.verdict],
        f"{spent() - began:.1f}",
        len(found.methods),
        counts.candidates,
        counts.examples,
    ]
    return f"| {' | '.join(map(str, [*cells, found.levels]))} |\n"


def spent() -> float:
    """Return the seconds of processor time of this process and of those that it has started, so far."""
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def place(name: str) -> str:
    """Return what names a model of the table to `assay prove`."""
    if name in UNSEEN:
        return f"{UNSEEN_MODELS}:{UNSEEN[name]}"
    return f"{LATER_MODELS}:{LATER[name]}" if name in LATER else name


def rows(names: Sequence[str], budget: float) -> Iterator[tuple[str, str]]:
    """Yield the rows on some models, each made by a process of its own."""
    for name in names:
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            yield name, alone.apply(row, (name, budget))


def printed(page: str) -> dict[str, str]:
    """Return the rows that a page holds, by model."""
    lines = itertools.takewhile(lambda line: line.startswith("|"), page.partition(HEAD)[2].splitlines())
    return {line.split("|")[1].strip(): line + "\n" for line in lines}


def updated(page: str, fresh: dict[str, str]) -> str:
    """Return a page with rows replaced, and those of other models kept; in the order of the alphabet."""
    known = printed(page)
    merged = {**known, **fresh}
    return page.replace(HEAD + "".join(known.values()), HEAD + "".join(merged[name] for name in sorted(merged)))


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else BUDGET
    for name, line in rows(sys.argv[2:] or [*classics(), *UNSEEN, *LATER], seconds):
        print(line, end="", flush=True)
        # At once: who has no time for the rest keeps what there is.
        PAGE.write_text(updated(PAGE.read_text(encoding="utf-8"), {name: line}), encoding="utf-8")
