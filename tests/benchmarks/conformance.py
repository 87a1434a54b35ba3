"""How long it takes to check a log against a model: ``python -m tests.benchmarks.conformance``.

A lease is granted and released by three nodes, for logs of growing length: in one order; without the releases, which
are unlogged; in a file for each node, without a clock; and with times that may be wrong by two events. Seconds are
processor time of the whole command, start included.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

MODEL = '''\
from assay.checker.language import *


class Node(Sort):
    """A node."""


class Lease(Model):
    default = {"Node": 3}

    holder: Node | None
    asked: Set[Node]
    term: Map[Node, Range[0, 5]] = everywhere(0)

    @action
    def ask(self, n: Node) -> None:
        require(n not in self.asked)
        self.asked.add(n)

    @action
    def grant(self, n: Node) -> None:
        require(self.holder is None, n in self.asked)
        self.holder = n
        self.asked.discard(n)
        self.term[n] = (self.term[n] + 1) % 6

    @action
    def release(self, n: Node) -> None:
        require(self.holder == n)
        self.holder = None
'''

LENGTHS = (1_000, 10_000, 100_000)


def events(length: int) -> Iterator[dict[str, object]]:
    """Yield a run of the model."""
    chance, asked, holder = random.Random(length), set[str](), ""
    for _ in range(length):
        able = [("ask", n) for n in ("n1", "n2", "n3") if n not in asked]
        able += [("release", holder)] if holder else [("grant", n) for n in sorted(asked)]
        action, node = chance.choice(able)
        asked = asked | {node} if action == "ask" else asked - {node} if action == "grant" else asked
        holder = node if action == "grant" else "" if action == "release" else holder
        yield {"node": node, "action": action}


def seconds(folder: Path, files: dict[str, list[dict[str, object]]], *options: str) -> float:
    """Return the processor time of a check that must end well."""
    for name, lines in files.items():
        (folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    before = getrusage(RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "assay.checker.cli", "conform", "lease.py", *files, *options]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(folder: Path, length: int) -> list[float]:
    """Return the seconds for each kind of log."""
    lines = list(events(length))
    by_node = {f"{n}.jsonl": [line for line in lines if line["node"] == n] for n in ("n1", "n2", "n3")}
    timed = [{**line, "time": [number - 2, number + 2]} for number, line in enumerate(lines)]
    return [
        seconds(folder, {"run.jsonl": lines}),
        seconds(folder, {"run.jsonl": [li for li in lines if li["action"] != "release"]}, "--unlogged", "release"),
        seconds(folder, by_node),
        seconds(folder, {"run.jsonl": timed}),
    ]


def main() -> None:
    """Print the table."""
    print("| events | one order | releases unlogged | a file for each node | times ± 2 |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "lease.py").write_text(MODEL)
        for length in LENGTHS:
            cells = " | ".join(f"{value:.2f}" for value in row(Path(folder), length))
            print(f"| {length:,} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
