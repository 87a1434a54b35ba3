"""The theorems against the quorum systems of the library, whose intersection is decided node by node."""

from itertools import product

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import Condition, verify
from assay.proofs.theorems.evaluation import Interpretation, is_true
from assay.proofs.theorems.library import THEOREMS

EXACT = {f"{t.name}: {c.name}": c for t in THEOREMS for c in t.claims}


def is_safe(system):
    found = verify(resolve(system, UnknownNodes.ABSENT)).condition
    assert found in (Condition.SAFE, Condition.SPLIT)
    return found is Condition.SAFE


def says(name, nodes, **numbers):
    """Return the right-hand side of a theorem's equivalence."""
    return is_true(EXACT[name].then.right, Interpretation(nodes, {}, numbers))


def names(nodes):
    return [f"n{i}" for i in range(nodes)]


@pytest.mark.parametrize("n", range(1, 7))
def test_majority(n):
    assert is_safe(library.majority(names(n)))
    for t in range(1, n + 1):
        assert is_safe(library.weighted(dict.fromkeys(names(n), 1), t)) == says("majority: least", n, t=t)


@pytest.mark.parametrize("n", range(1, 6))
def test_two_classes(n):
    for r, w in product(range(1, n + 1), repeat=2):
        assert is_safe(library.read_write(names(n), r, w)) == says("read_write: reads see writes", n, R=r, W=w)
        assert is_safe(library.flexible_paxos(names(n), r, w)) == says("flexible_paxos: threshold", n, p=r, q=w)


@pytest.mark.parametrize("n", range(1, 6))
def test_fast_paxos(n):
    for classic, fast in product(range(1, n + 1), repeat=2):
        both = says("fast_paxos: threshold", n, classic=classic, fast=fast) and 2 * classic > n
        assert is_safe(library.fast_paxos(names(n), classic, fast)) == both


@pytest.mark.parametrize("n", [3, 5, 7, 9])
def test_epaxos(n):
    assert is_safe(library.epaxos(names(n)))


@pytest.mark.parametrize("n", range(1, 9))
def test_two_f_plus_one(n):
    f = (n - 1) // 3
    exactly = says("pbft_two_f_plus_one: exactly", n, F=f)
    assert is_safe(library.byzantine(names(n), 2 * f + 1, f)) == exactly == (n % 3 == 1)


@pytest.mark.parametrize(("kind", "share"), [("dissemination", 1), ("masking", 2)])
@pytest.mark.parametrize("n", range(2, 8))
def test_byzantine_systems(kind, share, n):
    for f in range((n - 1) // share + 1):
        system = getattr(library, kind)(names(n), f)
        assert is_safe(system)
        size = next(iter(system.classes.values())).need
        assert says(f"{kind}: least", n, f=f, q=size)
        assert not says(f"{kind}: least", n, f=f, q=size - 1)


@pytest.mark.parametrize("n", range(1, 8))
def test_opaque(n):
    for f in range(n // 5 + 1):
        system = library.opaque(names(n), f)
        assert is_safe(system)
        assert says("opaque: least", n, f=f, q=next(iter(system.classes.values())).need)
