"""A proof for all pairs at once: no quorum of a well-connected federation fits into half of it.

Let ``x`` be 1 on the atoms that a quorum satisfies, and 0 elsewhere. Each atom ``i`` in the quorum asks for others:
``scale * x[i] <= sum(b[i, j] * x[j])``. Multiplied by ``x[i]`` and summed, ``x' B x >= scale * sum(x)``. And of two
disjoint quorums, one has at most half of any measure ``mu``: ``2 (mu x)^2 <= mu(all) * (mu x)``. If, for some
``c >= 0``, the matrix ::

    P = 2 * scale * I + c * (2 mu mu' - mu(all) diag(mu)) - (B + B')

is positive definite, no ``x`` other than 0 satisfies both, since every ``x[i]`` equals its square. The idea is that of
Cheeger's inequality, and of bounds on independent sets by eigenvalues (Hoffman; Haemers 1995).

Floating-point arithmetic only proposes ``mu``, ``c`` and a Cholesky factor. That ``P`` is positive definite is then
proved in integers: what is left of ``P`` after subtracting the square of the rounded factor is strictly diagonally
dominant.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.atoms import Atoms, Integers
from assay.proofs.quorums.minimal import greatest_quorum
from assay.proofs.quorums.systems import Federation
from assay.proofs.quorums.trees import names

__all__ = ["expands", "is_positive_definite", "sweep"]

SCALE = 2**38
FINE = 2**10
"""The units of the matrix, and of the measure and the Cholesky factor. A proof needs products below ``2**62``, and
``SCALE * FINE**2`` leaves a factor of 16 for the entries."""

MOST_ATOMS = 1_500
"""The time grows as the cube of the number of atoms: this many take a few seconds."""

SHARES = (1.05, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0)
"""The values to try for ``c``, as multiples of the least one that compensates the largest eigenvalue."""


def expands(core: Federation, atoms: Atoms, deadline: Deadline) -> bool:
    """Tell whether it is proved that no two quorums of the federation are disjoint; False means *not proved*."""
    if len(atoms.atoms) > MOST_ATOMS or (demands := _demands(core, atoms)) is None:
        return False
    both = demands + demands.T
    for measure in _measures(both):
        if deadline.passed:
            return False
        for share in SHARES:
            matrix = _matrix(both, measure, share)
            if matrix is not None and is_positive_definite(matrix):
                return True
    return False


def _demands(core: Federation, atoms: Atoms) -> Integers | None:
    """Return ``b``; None if an atom has no member with a tree."""
    # Entries are upper bounds, which keeps the inequality of every quorum valid: fractions are rounded up, and of the
    # members of a group, one of which is in the quorum, the largest entry is taken.
    per_tree = -(-(SCALE * atoms.rows) // atoms.needs[:, None])
    found = np.zeros((len(atoms.atoms), len(atoms.atoms)), dtype=np.int64)
    for number, atom in enumerate(atoms.atoms):
        inside = [core.trees[name] for name in names(atom) if name in core.trees]
        if not inside:
            return None
        found[number] = per_tree[sorted({atoms.row_of[tree] for tree in inside})].max(axis=0)
    return found


def _measures(both: Integers) -> Iterator[Integers]:
    """Yield the measures to try: the leading eigenvector, and the uniform one."""
    count = len(both)
    _, vectors = np.linalg.eigh(both.astype(np.float64))
    leading = np.abs(vectors[:, -1])
    yield np.maximum(1, np.rint(leading / leading.max() * FINE)).astype(np.int64)
    yield np.full(count, FINE, dtype=np.int64)


def _matrix(both: Integers, measure: Integers, share: float) -> Integers | None:
    """Return ``P`` for a multiple of the ``c`` that balances the largest eigenvalue; None if it might overflow."""
    total, real = int(measure.sum()), measure.astype(np.float64)
    square = float(real @ real)
    excess = float(real @ both @ real) / square - 2 * SCALE
    weight = 2 * square - total * float((real**3).sum()) / square
    c = round(share * max(excess, 0.0) / weight) if weight > 0 else 0
    largest = c * (2 * int(measure.max()) ** 2 + total * int(measure.max())) + 4 * SCALE + int(both.max())
    # NumPy's integers wrap around silently, which a proof must not rest on.
    if largest * FINE**2 >= 2**62:
        return None
    half = c * (2 * np.outer(measure, measure) - np.diag(total * measure))
    found: Integers = 2 * SCALE * np.eye(len(both), dtype=np.int64) + half - both
    return found


def is_positive_definite(matrix: Integers) -> bool:
    """Tell whether it is proved that a symmetric integer matrix is positive definite; False means *not proved*.

    Its entries, times ``FINE**2``, must fit into 62 bits. Every number that the proof rests on is an integer.
    """
    # The floating-point factor is a guess; rounded to integers it is exact. The matrix is its square, which is positive
    # semidefinite, plus a rest, and the rest only has to be diagonally dominant. Half of the least eigenvalue is left
    # out of the factor, to make up for the rounding.
    count = len(matrix)
    least = float(np.linalg.eigvalsh(matrix.astype(np.float64))[0]) if count else 1.0
    if least <= 0:
        return False
    try:
        factor = np.linalg.cholesky(matrix.astype(np.float64) - least / 2 * np.eye(count))
    except np.linalg.LinAlgError:
        return False
    rounded = np.rint(factor * FINE).astype(np.int64)
    if any(sum(int(x) * int(x) for x in row) >= 2**62 for row in rounded):
        return False
    rest = matrix * FINE**2 - rounded @ rounded.T
    diagonal = np.diag(rest)
    others = [sum(abs(int(x)) for x in row) - abs(int(d)) for row, d in zip(rest, diagonal, strict=True)]
    return all(int(d) > other for d, other in zip(diagonal, others, strict=True))


def sweep(core: Federation, atoms: Atoms, deadline: Deadline) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return two disjoint quorums, if cutting the federation where it is least connected separates them.

    Atoms are ordered by an eigenvector, and both sides of fewer than 128 evenly spaced cuts are searched for a quorum.
    """
    if len(atoms.atoms) > MOST_ATOMS or (demands := _demands(core, atoms)) is None or len(demands) < 3:
        return None
    _, vectors = np.linalg.eigh((demands + demands.T).astype(np.float64))
    nodes = list(core.trees)
    # The second eigenvector separates loosely connected halves (Fiedler), and where it fails the third may succeed.
    for which in (-2, -3):
        place = dict.fromkeys(nodes, 0.0)
        for value, atom in zip(vectors[:, which], atoms.atoms, strict=True):
            place.update(dict.fromkeys(names(atom), float(value)))
        ordered = sorted(nodes, key=place.__getitem__)
        step = max(1, len(ordered) // 64)
        for cut in range(step, len(ordered), step):
            if deadline.passed:
                return None
            first = greatest_quorum(core, ordered[:cut])
            if first and (second := greatest_quorum(core, ordered[cut:])):
                return first, second
    return None
