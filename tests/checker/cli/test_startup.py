"""The garbage collector: off while a command starts, on while it runs, and without work at the end of the process."""

from __future__ import annotations

import subprocess
import sys

RUN = """
import atexit, functools, gc, sys

atexit.register(lambda: print("frozen at the end:", gc.get_freeze_count() > 1000, file=sys.stderr))
import assay.checker.cli
from assay.checker.cli import help as command

shown = command.help

@functools.wraps(shown)
def recorded(*arguments, **options):
    print("enabled in the command:", gc.isenabled(), file=sys.stderr)
    return shown(*arguments, **options)

command.help = recorded
status = assay.checker.cli.main(sys.argv[1:])
print("enabled afterwards:", gc.isenabled(), file=sys.stderr)
sys.exit(status)
"""


def _told(*arguments: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    return ran.returncode, ran.stderr


def test_garbage_is_collected_while_a_command_runs_and_after_it() -> None:
    status, told = _told("help")
    assert status == 0
    assert "enabled in the command: True" in told
    assert "enabled afterwards: True" in told


def test_garbage_is_collected_again_after_a_wrong_option() -> None:
    status, told = _told("help", "--nothing")
    assert status == 2
    assert "enabled in the command" not in told
    assert "enabled afterwards: True" in told


def test_nothing_is_looked_through_when_the_process_ends() -> None:
    # Functions that were registered first run last, so the order here is: freeze, then look.
    assert "frozen at the end: True" in _told("help")[1]
