"""The readings of a small model: counted by both engines, and proved."""

from __future__ import annotations

from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model

__all__ = ["counted", "proved", "refuted"]


def counted(cls: type[Model], **settings: object) -> int:
    """Return how many states a model has, in which both engines agree, as in all other counts and in verdicts."""
    instance = instantiate(specify(cls), settings)
    found = [check(instance, Options(engine, keep_going=True)) for engine in (Engine.REFERENCE, Engine.NATIVE)]
    reference, native = (_outcome(result) for result in found)
    assert native == reference
    return found[0].exploration.distinct


def _outcome(result: object) -> tuple[object, ...]:
    explored = result.exploration  # type: ignore[attr-defined]
    verdicts = [(p.name, p.verdict) for p in result.properties]  # type: ignore[attr-defined]
    return explored.distinct, explored.generated, explored.depth, verdicts


def proved(cls: type[Model]) -> bool:
    """Return whether a model is proved for any sizes."""
    result = prove_model(specify(cls), ProofOptions(timeout=20.0, search=0.0))
    return result.verdict is Verdict.HOLDS and result.instance is None


def refuted(cls: type[Model]) -> dict[str, str | None]:
    """Return the claims that are not proved, each with the action of its counterexample."""
    result = prove_model(specify(cls), ProofOptions(timeout=20.0, search=0.0))
    assert result.verdict is not Verdict.HOLDS
    failed = [o for o in result.obligations if o.proved is False and o.counterexample is not None]
    return {o.claim.subject: o.counterexample.call and o.counterexample.call[0] for o in failed}
