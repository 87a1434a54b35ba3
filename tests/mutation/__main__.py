"""Break the library one thing at a time: ``python -m tests.mutation [MODEL ...] [--each N]``.

Prints each contradiction, then the table. The exit status is 1 if there was one. All of it takes
hours on two cores; ``--each 16`` half an hour.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.mutation.campaign import printed, run, subjects, table

PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"


def main() -> int:
    """Run the campaign that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("models", nargs="*", help="only these, as the table names them")
    parser.add_argument("--each", type=int, help="only so many mutants of each model, drawn by a seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put what was tried into the table of ARCHITECTURE.md")
    options = parser.parse_args()
    chosen = [s for s in subjects() if not options.models or str(s) in options.models]
    outcomes, failed = [], False
    for outcome in run(chosen, each=options.each, workers=options.workers, seed=options.seed):
        outcomes.append(outcome)
        for text in outcome.findings.contradictions:
            failed = True
            print(f"{outcome.subject}: {outcome.mutant.place}: {outcome.mutant.change}: {text}", flush=True)
    print(table(outcomes), end="")
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.replace(printed(page), table(outcomes, before=printed(page))), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
