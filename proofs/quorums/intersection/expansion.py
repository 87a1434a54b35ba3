"""A proof without pairs: in a well-connected federation no quorum fits into half of it.

Each atom ``i`` in a quorum asks for others: ``scale * x[i] <= sum(b[i, j] * x[j])``, where ``x`` is 1 on the atoms
that the quorum satisfies. Multiplied by ``x[i]`` and summed, ``x' B x >= scale * sum(x)``. Of two disjoint
quorums one has at most half of any measure ``mu``: ``2 (mu x)^2 <= mu(all) * (mu x)``. If, for some ``c >= 0``,
the matrix ::

    P = 2 * scale * I + c * (2 mu mu' - mu(all) diag(mu)) - (B + B')

is positive definite, no such ``x`` but 0 satisfies both, since ``x[i]`` is 0 or 1 and so equals its square. The
idea is that of Cheeger's inequality, and of bounds on independent sets by eigenvalues (Hoffman; Haemers 1995).

Floating-point numbers only propose ``mu``, ``c`` and a Cholesky factor. That ``P`` is positive definite is then
shown in integers: ``P`` less the square of the rounded factor is strictly dominated by its diagonal.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from assay.proofs.quorums.deadline import Deadline
from assay.proofs.quorums.intersection.atoms import Atoms, Integers, members
from assay.proofs.quorums.minimal import greatest_quorum
from assay.proofs.quorums.systems import Federation

__all__ = ["expands", "is_positive_definite", "sweep"]

SCALE = 2**38
FINE = 2**10
"""The units of the matrix, of the measure, and of the Cholesky factor: products stay below 2**63."""

MOST_ATOMS = 1_500
SHARES = (1.05, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0)
"""What is tried for ``c``, as shares of the least one that makes up for the largest eigenvalue."""


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
    """Return ``b``, rounded up: an atom that is a group asks for no more than some member of it does."""
    # Rounded up, so that integers ask for no less than the fractions: what is proved for them holds.
    per_tree = -(-(SCALE * atoms.rows) // atoms.needs[:, None])
    found = np.zeros((len(atoms.atoms), len(atoms.atoms)), dtype=np.int64)
    for number, atom in enumerate(atoms.atoms):
        inside = [core.trees[name] for name in members(atom) if name in core.trees]
        if not inside:
            return None
        found[number] = per_tree[sorted({atoms.row_of[tree] for tree in inside})].max(axis=0)
    return found


def _measures(both: Integers) -> Iterator[Integers]:
    """Yield measures to try: by the leading eigenvector, and all alike."""
    count = len(both)
    _, vectors = np.linalg.eigh(both.astype(np.float64))
    leading = np.abs(vectors[:, -1])
    yield np.maximum(1, np.rint(leading / leading.max() * FINE)).astype(np.int64)
    yield np.full(count, FINE, dtype=np.int64)


def _matrix(both: Integers, measure: Integers, share: float) -> Integers | None:
    """Return ``P`` for a multiple of the ``c`` that balances the largest eigenvalue."""
    total, real = int(measure.sum()), measure.astype(np.float64)
    square = float(real @ real)
    excess = float(real @ both @ real) / square - 2 * SCALE
    weight = 2 * square - total * float((real**3).sum()) / square
    c = round(share * max(excess, 0.0) / weight) if weight > 0 else 0
    largest = c * (2 * int(measure.max()) ** 2 + total * int(measure.max())) + 4 * SCALE + int(both.max())
    # Numpy's integers wrap around silently, and a proof must not: what might overflow is not proved.
    if largest * FINE**2 >= 2**62:
        return None
    half = c * (2 * np.outer(measure, measure) - np.diag(total * measure))
    found: Integers = 2 * SCALE * np.eye(len(both), dtype=np.int64) + half - both
    return found


def is_positive_definite(matrix: Integers) -> bool:
    """Tell whether it is proved that a symmetric integer matrix is positive definite; False means *not proved*.

    Its entries, times ``FINE**2``, must fit into 62 bits. Every number that the proof rests on is an integer.
    """
    # The floating-point factor is a guess. Rounded to integers it is exact, and what is left of the matrix after its
    # square must only be diagonally dominant: half of the least eigenvalue is kept back for the rounding.
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
    """Return two disjoint quorums, if cutting the federation where it hangs together least finds them.

    Atoms are ordered by the second eigenvector; each side of some cuts is searched for a quorum.
    """
    if len(atoms.atoms) > MOST_ATOMS or (demands := _demands(core, atoms)) is None or len(demands) < 3:
        return None
    _, vectors = np.linalg.eigh((demands + demands.T).astype(np.float64))
    nodes = list(core.trees)
    # The second eigenvector tells loosely connected halves apart (Fiedler); the third, where it does not.
    for which in (-2, -3):
        place = dict.fromkeys(nodes, 0.0)
        for value, atom in zip(vectors[:, which], atoms.atoms, strict=True):
            place.update(dict.fromkeys(members(atom), float(value)))
        ordered = sorted(nodes, key=place.__getitem__)
        step = max(1, len(ordered) // 64)
        for cut in range(step, len(ordered), step):
            if deadline.passed:
                return None
            first = greatest_quorum(core, ordered[:cut])
            if first and (second := greatest_quorum(core, ordered[cut:])):
                return first, second
    return None
