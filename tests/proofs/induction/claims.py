"""Models written out in tests, and what is proved of them without any exploration beside the proof."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.proofs.induction.certificates import certificates_of, write_certificates
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.results import ProofResult

HEADER = """
from enum import Enum
from typing import Self
from assay.checker.language import Function, Map, Model, Nat, Order, Parameter, Perm, Range, Relation, Seq, Set, Bag
from assay.checker.language import Sort
from assay.checker.language import action, anything, axiom, choose, constraint, everywhere, first, implies
from assay.checker.language import frozen, initial, invariant, lemma, require, step_invariant


class Node(Sort):
    pass


class Item(Sort):
    pass


class Round(Order):
    pass


class Color(Enum):
    RED, GREEN = range(2)


class M(Model):
"""


def specified(folder: Path, body: str) -> Specification:
    """Return the model with a body."""
    path = folder / f"model_{hashlib.sha256(body.encode()).hexdigest()[:12]}.py"
    path.write_text(HEADER + body)
    return load(f"{path}:M").specification


def proved(folder: Path, body: str, **options: object) -> ProofResult:
    """Return what is proved of the model with a body; the solver is alone, unless the options say otherwise."""
    given: dict[str, object] = {"screening": 0, "workers": 1, **options}
    return prove_model(specified(folder, body), ProofOptions(**given))  # type: ignore[arg-type]


def certified(result: ProofResult, folder: Path) -> int:
    """Write the certificates of a proof, and return how many there are."""
    name, verdict = result.specification.name, result.verdict
    return write_certificates(name, verdict, certificates_of(result), str(folder))


def open_claims(result: ProofResult) -> list[str]:
    """Return the names of the obligations that were not proved."""
    return [obligation.claim.name for obligation in result.failed]
