"""All commands, and the functions that read configurations: by dotted name, imported when used.

What `assay.proofs` provides is listed here, but nothing in the checker imports it: the checker works without it.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any

from assay.checker.errors import UsageError
from assay.checker.immutable import immutable

__all__ = [
    "COMMANDS",
    "Command",
    "available",
    "configuration_reader",
    "demand_statement_comparer",
    "quorum_comparer",
    "quorum_mixer",
    "quorum_reader",
    "quorum_surveyor",
]


@immutable
class Command:
    """A command of the application.

    Attributes
    ----------
    target : str
        Its function, as ``package.module:function``.
    help : str
        What it does, in one line.
    """

    target: str
    help: str

    @property
    def is_installed(self) -> bool:
        """Whether its module is installed."""
        return _is_there(self.target.partition(":")[0])


COMMANDS = {
    "list": Command("assay.checker.cli.list:list", "Show the protocols, their variants and what is expected of them."),
    "check": Command(
        "assay.checker.cli.check:check", "Explore every reachable state of a model, or of the whole library."
    ),
    "conform": Command("assay.checker.cli.conform:conform", "Check the logs of a running system against a model."),
    "fuzz": Command("assay.checker.cli.fuzz:fuzz", "Play random schedules of an implementation, with faults."),
    "graph": Command("assay.checker.cli.graph:graph", "Draw the state graph of a model."),
    "prove": Command("assay.proofs.commands.prove:prove", "Prove a model for any number of nodes."),
    "quorum": Command("assay.proofs.commands.quorum:quorum", "Verify a quorum configuration, or a change of one."),
    "linearizable": Command(
        "assay.checker.cli.linearizable:linearizable", "Judge whether a recorded history is linearizable."
    ),
    "run": Command("assay.checker.cli.run:run", "Run an implementation for real, with faults, and judge the run."),
    "diff": Command("assay.checker.cli.diff:diff", "Show which behaviours of a model are new and which are gone."),
    "gate": Command("assay.checker.cli.gate:gate", "Verify what changed, and compare it with what was accepted."),
    "upgrade": Command(
        "assay.checker.cli.upgrade:upgrade", "Check clusters in which two versions run side by side, node by node."
    ),
    "tests": Command(
        "assay.checker.cli.generate_tests:generate_tests",
        "Generate schedules that cover the model of an implementation.",
    ),
    "explain": Command("assay.checker.cli.explain:explain", "Explain a rule: what it objects to, what to do about it."),
    "help": Command("assay.checker.cli.help:help", "Show a page of the documentation: the language, the formats, ..."),
}
"""Each command by its name, in the order of ``assay --help``."""

_QUORUM_READER = "assay.proofs.bridge.configured"
_QUORUM_COMPARER = "assay.proofs.commands.quorum_change"
_CONFIGURATION_READER = "assay.proofs.gating.recognising"


@cache
def available() -> dict[str, Command]:
    """Return the commands that are installed."""
    return {name: command for name, command in COMMANDS.items() if command.is_installed}


def quorum_reader() -> Any:
    """Return the function that puts a model under the quorums of a configuration.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    return _of_proofs(_QUORUM_READER, "--quorums needs").configured


def quorum_comparer() -> Any:
    """Return the function that finds out about the change from one quorum configuration to another.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    return _of_proofs(_QUORUM_COMPARER, "quorum configurations need").changed


def quorum_surveyor() -> Any:
    """Return the function that surveys a quorum configuration, or the change from it to another.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    return _of_proofs(_QUORUM_COMPARER, "quorum configurations need").surveyed


def configuration_reader() -> Any:
    """Return the function that tells whether a file is a quorum configuration; None if it is not installed."""
    if not _is_there(_CONFIGURATION_READER):
        return None
    return importlib.import_module(_CONFIGURATION_READER).refused


def demand_statement_comparer() -> None:
    """Demand that the comparison of statements is installed.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    # starts processes, which no other command needs
    from assay.checker.changes.claims import COMPARER

    if not _is_there(COMPARER):
        raise UsageError("comparing what two versions claim needs the package assay.proofs, which is not installed")


def quorum_mixer() -> Any:
    """Return the function that puts a model under the quorums of two configurations, side by side.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    return _of_proofs(_QUORUM_READER, "--model needs").side_by_side


def _of_proofs(module: str, what_needs_it: str) -> Any:
    if not _is_there(module):
        raise UsageError(f"{what_needs_it} the package assay.proofs, which is not installed")
    return importlib.import_module(module)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package around it
        return False
