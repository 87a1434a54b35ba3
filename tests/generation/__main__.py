"""Hold the readings of invented models against each other, for as long as one likes.

``python -m tests.generation engines 0 2000`` compares the two explorers on the models of these seeds; ``--help`` names
the other comparisons, and ``show`` prints the model of a seed. What is found is printed with its seed, and the last
line counts the seeds. The exit status is 1 if something was found; a signal ends the run after the report.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from tests.generation.comparisons import COMPARISONS, Comparison

MEMORY = 6 << 30
"""Bytes of address space: what grows beyond them ends as a finding, and not with the machine."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """The signal that has asked this process to end, if one has.

    A command that runs in this process turns an interrupt into its own report, and the next seed would begin as if
    nothing had happened. So the signal is noted here, too.
    """

    def __init__(self) -> None:
        self.signal: int | None = None

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Listen during the block."""
        before = {number: signal.signal(number, self._hear) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the comparison in progress; a second signal ends the process."""
        self.signal = number
        signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt


def _found(compare: Comparison, seed: int, folder: Path) -> str | None:
    try:
        return compare(seed, folder)
    except Exception:  # also of the comparison itself: the other seeds are still worth their time
        return traceback.format_exc()


def run(compare: Comparison, seeds: range, *, until_found: bool = False) -> int:
    """Compare the models of some seeds, or of those up to the first find; print what is found, return the status."""
    interruption, found, done = Interruption(), 0, 0
    with interruption.heard(), tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        for seed in seeds:
            text = _found(compare, seed, Path(folder))
            if interruption.signal is not None:
                break
            done += 1
            if text is not None:
                found += 1
                print(f"seed {seed}: {text.strip()}\n", flush=True)
                if until_found:
                    break
    print(f"{done} of {len(seeds)} seeds, {found} found", flush=True)
    return 128 + interruption.signal if interruption.signal is not None else min(found, 1)


def main() -> int:
    """Run the comparison that is asked for."""
    about = "\n".join(f"  {name:<16}{words}" for name, (_, words) in COMPARISONS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.generation",
        description=__doc__,
        epilog=f"comparisons:\n{about}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=COMPARISONS)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int, nargs="?", help="the seed after the last")
    parser.add_argument("--until-found", action="store_true", help="end with the first seed that finds something")
    options = parser.parse_args()
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seeds = range(options.first, options.last or options.first + 1)
    return run(COMPARISONS[options.what][0], seeds, until_found=options.until_found)


if __name__ == "__main__":
    sys.exit(main())
