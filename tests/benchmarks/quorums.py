"""How fast quorum systems are verified: ``python tests/benchmarks/quorums.py``, beside quoracle if it is there.

Each row is one system of about 1,000 nodes, with the seconds for each analysis. The last table compares with
quoracle's check that reads meet writes, which enumerates quorums, on majorities of growing size.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from time import perf_counter

from assay.proofs.quorums import library
from assay.proofs.quorums.analyses.cost.availability import availability
from assay.proofs.quorums.analyses.cost.load import optimal_strategy
from assay.proofs.quorums.analyses.resilience.blocking import smallest_blocking_set
from assay.proofs.quorums.analyses.resilience.splitting import smallest_splitting_set
from assay.proofs.quorums.analyses.units import units_of_nodes
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, problem_of, verify
from assay.proofs.quorums.systems import QuorumSystem
from assay.proofs.quorums.trees import choose, majority

NODES = [f"n{i}" for i in range(1000)]
LIMIT = 2.0
PATIENCE = 20.0


def systems() -> Iterator[tuple[QuorumSystem, Condition]]:
    yield library.majority(NODES), Condition.SAFE
    yield library.read_write(NODES, 500, 500), Condition.SPLIT
    yield library.weighted({node: place % 7 + 1 for place, node in enumerate(NODES)}), Condition.SAFE
    yield library.weighted({node: place**2 + 1 for place, node in enumerate(NODES)}), Condition.SAFE
    yield library.hierarchical([NODES[3 * i : 3 * i + 3] for i in range(333)]), Condition.SAFE
    yield library.hierarchical(_nested(NODES, 10)), Condition.SAFE
    yield library.byzantine(NODES, 667, 333), Condition.SAFE
    yield library.grid([NODES[25 * i : 25 * i + 25] for i in range(40)]), Condition.SAFE
    organisations = majority(majority(NODES[3 * i : 3 * i + 3]) for i in range(333))
    yield library.federated(dict.fromkeys(NODES[:999], organisations)), Condition.SAFE
    islands = {node: choose(300, NODES[500 * (i // 500) :][:500]) for i, node in enumerate(NODES)}
    yield library.federated(islands, "two islands"), Condition.SPLIT


def _nested(nodes: list[str], width: int) -> list[list[list[str]]]:
    return [
        [nodes[width * width * i + width * j :][:width] for j in range(width)] for i in range(len(nodes) // width**2)
    ]


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    began = perf_counter()
    result = work()
    return perf_counter() - began, result


def row(system: QuorumSystem, expected: Condition) -> bool:
    """Print one row, and return whether the verdict was right and in time."""
    system = resolve(system, UnknownNodes.ABSENT)
    kinds = [system.classes[name] for name in system.live_classes]
    units = units_of_nodes(system)
    down = dict.fromkeys(system.nodes, Fraction(1, 100))
    shares = {name: 1 / len(kinds) for name in system.live_classes}
    problem = problem_of(system, system.obligations[0], frozenset())
    took, safety = seconds(lambda: verify(system, Deadline.after(PATIENCE)).condition)
    rest = [
        seconds(lambda: [smallest_blocking_set(kind, units, Deadline.after(PATIENCE)) for kind in kinds])[0],
        seconds(lambda: smallest_splitting_set(problem, units, Deadline.after(PATIENCE)))[0],
        seconds(lambda: availability(kinds[:1], down, Deadline.after(PATIENCE)))[0],
        seconds(lambda: optimal_strategy(system, shares, Deadline.after(PATIENCE)))[0],
    ]
    print(f"{system.name:<36}{safety.value:<8}{took:>8.3f}" + "".join(f"{time:>8.2f}" for time in rest), flush=True)
    return safety is expected and took < LIMIT


def beside_quoracle() -> None:
    try:
        import quoracle
    except ImportError:
        print("quoracle is not installed: no comparison")
        return
    print(f"\n{'majority of':<12}{'assay':>10}{'quoracle':>10}")
    for count in (11, 13, 15, 17, 19, 21):
        ours, _ = seconds(lambda n=count: verify(library.majority(NODES[:n])))
        nodes = [quoracle.Node(name) for name in NODES[:count]]
        rule = quoracle.choose(count // 2 + 1, nodes)
        theirs, _ = seconds(lambda rule=rule: quoracle.QuorumSystem(reads=rule, writes=rule))
        print(f"{count:<12}{ours:>10.4f}{theirs:>10.2f}", flush=True)


def main() -> int:
    print(f"{'system':<36}{'verdict':<8}{'verify':>8}{'block':>8}{'split':>8}{'avail':>8}{'load':>8}")
    verdicts = [row(system, expected) for system, expected in systems()]
    beside_quoracle()
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
