"""What a command does not need, it does not import: nobody waits for a solver to read a page of help."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tiers import one_in

NUMBERS = ("llvmlite", "networkx", "numba", "numpy", "scipy")
SOLVERS = ("pysat", "z3")
NETWORK = ("asyncio", "http", "socket", "sqlite3", "ssl")
FORMATS = ("msgspec", "xml", "yaml")
ALL = (*NUMBERS, *SOLVERS, *NETWORK, *FORMATS)

UNNEEDED = {
    "--help": (*ALL, "assay.checker.language", "assay.checker.engine", "assay.proofs.quorums"),
    "help": (*ALL, "assay.checker.language", "assay.checker.engine", "assay.proofs.quorums"),
    "quorum --help": (*ALL, "assay.checker.language", "assay.checker.engine"),
    "prove --help": (*NUMBERS, *SOLVERS, *FORMATS),
    "list": (*ALL, "assay.checker.engine", "assay.checker.properties", "assay.proofs.encoding"),
    "check two_phase_commit --engine reference": (
        *ALL,
        "assay.checker.engine.bounds",
        "assay.checker.engine.native",
        "assay.checker.implementations",
        "assay.checker.properties.implementation",
        "assay.checker.properties.lassos",
        "assay.checker.report.itf",
    ),
    "prove two_phase_commit": (
        *NUMBERS,
        "pysat",
        *FORMATS,
        "assay.proofs.induction.bounded",
        "assay.proofs.induction.cache",
        "assay.proofs.induction.certificates",
        "assay.proofs.induction.learning",
        "assay.proofs.induction.premises",
        "assay.proofs.induction.several_steps",
        "assay.proofs.inference",
        "assay.proofs.quorums",
        "assay.proofs.theorems",
    ),
    "gate --help": (*NUMBERS, *SOLVERS, "assay.checker.language", "assay.checker.engine", "assay.proofs.quorums"),
}

RUN = """
import sys
from assay.checker.cli import main

assert main(sys.argv[1:]) in (0, 3)  # what a slow machine leaves open is imported all the same
sys.stderr.write("\\nimported: " + " ".join(sys.modules))
"""


@pytest.mark.parametrize("command", one_in(2, UNNEEDED))
def test_a_command_does_not_import_what_it_does_not_need(command: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *command.split()], capture_output=True, text=True, check=True, timeout=120
    )
    imported = set(ran.stderr.rpartition("\nimported: ")[2].split())
    assert "assay.checker.cli.application" in imported
    assert sorted(imported & set(UNNEEDED[command])) == []
