"""Refuse, with the reason, what inference has nothing to say about: models for given sizes, hints that nothing uses."""

from __future__ import annotations

from collections.abc import Sequence

from assay.checker.errors import ModelError
from assay.proofs.encoding.problem import Problem, Unencodable, translated
from assay.proofs.inference.grammar import Grammar

__all__ = ["demand_unbounded", "demand_used"]


def demand_unbounded(problem: Problem, barriers: Sequence[str]) -> None:
    """Refuse a model that can be proved only for given sizes, which needs no inferred lemmas.

    A model with nested containers is refused too: the grammar has no atoms for them.
    """
    if problem.theory.inside:
        type_ = next(iter(problem.theory.inside))
        is_quantified = type_ in problem.theory.quantified
        reason = f"it is about all values of {type_}" if is_quantified else f"it has a {type_} inside of a value"
        raise ModelError(
            f"lemmas of {problem.specification.name} are not inferred: {reason}",
            help="write the lemmas, and prove the model with them: assay prove, without --infer",
        )
    if problem.theory.instance is None:
        return
    why = barriers[0] if barriers else "sizes are set"
    raise ModelError(
        f"lemmas of {problem.specification.name} are not inferred for given sizes: {why}",
        help="leave out --set for sorts; what has no translation for any sizes, assay prove names",
    )


def demand_used(grammar: Grammar) -> None:
    """Refuse a hint that no lemma could use: about something else than elements, or without a translation."""
    for hint in grammar.hints:
        for parameter in hint.parameters:
            if parameter.type not in grammar.types:
                raise ModelError(
                    f"no lemma can use the hint {hint.name}: its parameter {parameter.name} is {parameter.type}, and "
                    "lemmas are about elements of sorts, and quorums",
                    location=hint.location,
                    help=f"write a hint for each value of {parameter.name} that matters, without the parameter",
                )
        try:
            translated(grammar.theory, hint)
        except Unencodable as error:
            raise ModelError(
                f"no lemma can use the hint {hint.name}: {error.construct} has no translation for any sizes",
                location=error.location or hint.location,
                help=error.remedy or "say it with quantifiers, or leave the hint out",
            ) from None
