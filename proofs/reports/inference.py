"""The part of a report about inferred lemmas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.checker.report.run import number, plural, seconds
from assay.checker.verdicts import Verdict
from rich.text import Text

if TYPE_CHECKING:
    from assay.proofs.inference.results import Inference

__all__ = ["fragment_of", "imports_of", "inferred_lines", "inferred_record", "remedy_of", "work_of"]


def inferred_lines(found: Inference, model: str) -> Iterator[Text]:
    """Yield the lemmas as Python source for the class of the model, and the candidates that remain open."""
    if found.methods or found.removals:
        if imports := imports_of(found):
            yield Text()
            yield Text("what they need, to be imported in the module:", style="bold")
            yield Text()
            yield from map(Text, imports)
        yield Text()
        yield Text(_heading(found, model), style="bold")
        if found.removals:
            yield Text()
            yield from (Text(f"    {line}") for line in found.removals)
        for method in found.methods:
            yield Text()
            yield from (Text(f"    {line}".rstrip()) for line in method.splitlines())
    if found.near:
        yield Text()
        yield Text("true in every reachable state that was seen, false in the counterexample, and not proved:")
        yield from (Text(f"    {text}") for text in found.near)


def _heading(found: Inference, model: str) -> str:
    if found.proof.verdict is Verdict.HOLDS:
        return f"lemmas, to be pasted into {model} in place of its own:"
    return f"lemmas of {model} so far, true in every reachable state that was seen; they do not prove it:"


def remedy_of(found: Inference) -> str:
    """Return what to do where the lemmas are not enough; empty where they are, or where a property is false."""
    if found.proof.verdict is not Verdict.UNKNOWN or found.proof.interrupted:
        return ""
    return "say what is missing in a predicate with @hint, which lemmas may use: assay help inference"


def imports_of(found: Inference) -> list[str]:
    """Return the imports that the lemmas need in addition to those of the model's module."""
    return [_import(name, thing) for name, thing in sorted(found.imports.items())]


def _import(name: str, thing: Any) -> str:
    own: str = thing.__name__
    module = LANGUAGE if thing.__module__.startswith(f"{LANGUAGE}.") else thing.__module__
    return f"from {module} import {own}" + ("" if own == name else f" as {name}")


LANGUAGE = "assay.checker.language"


def work_of(found: Inference) -> str:
    """Return a line of statistics."""
    counts = found.counts
    parts = [
        plural(len(found.methods), "lemma"),
        f"from {plural(counts.examples, 'counterexample')} to induction",
        f"{number(counts.candidates)} candidates",
        f"{number(counts.banned)} taken back",
        f"held against {number(found.states)} reachable states",
        seconds(found.seconds),
    ]
    return "inferred: " + ", ".join(parts) + (f"; {found.ended}" if found.ended else "")


def fragment_of(found: Inference) -> str:
    """Return whether all obligations of a proof, taken together, are in EPR; if not, what leads out of it."""
    proof = found.proof
    if proof.verdict is not Verdict.HOLDS:
        return ""
    if not proof.cycle:
        relations = f", with relations for {', '.join(proof.relational)}" if proof.relational else ""
        return f"all obligations together are in EPR{relations}"
    why = "" if found.confined else "; the model is outside of it by itself, with any lemmas"
    return f"the obligations together are not in EPR: {'; '.join(proof.cycle)}{why}"


def inferred_record(found: Inference) -> dict[str, Any]:
    """Return the lemmas and the statistics as data."""
    counts = found.counts
    return {
        "lemmas": list(found.methods),
        "removals": list(found.removals),
        "imports": imports_of(found),
        "counterexamples_to_induction": counts.examples,
        "candidates": counts.candidates,
        "taken_back": counts.banned,
        "states": found.states,
        "levels": found.levels,
        "queries": found.queries,
        "near": list(found.near),
        "ended": found.ended or None,
        "in_epr": not found.proof.cycle if found.proof.verdict is Verdict.HOLDS else None,
        "seconds": round(found.seconds, 6),
    }
