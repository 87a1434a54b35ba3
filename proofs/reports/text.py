"""The text report on a proof: the obligations, the counterexamples to induction, the violations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.engine.trace import Trace
from assay.checker.errors import Location
from assay.checker.language.model import Kind
from assay.checker.report.parts import STYLE, columns, render_trace
from assay.checker.report.refinements import render_implementation
from assay.checker.report.run import Refused, plural, seconds
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from assay.checker.wording import listed
from assay.proofs.induction.decisions import Means
from assay.proofs.induction.obligations import Claim, ClaimKind
from assay.proofs.induction.results import Counterexample, InstanceExploration, ObligationResult, Refutation
from assay.proofs.reports.inference import fragment_of, inferred_lines, remedy_of, work_of
from assay.proofs.reports.run import ProofRun
from rich.text import Text

__all__ = ["render_proof", "render_proofs"]

SHOWN = 3
"""The most counterexamples to show without ``--full``."""


def render_proof(run: ProofRun, *, full: bool = False) -> Iterator[Text]:
    """Yield the lines of the report on one model."""
    yield from _header(run)
    yield Text()
    yield from _obligations(run, full)
    yield from _examples(run, full)
    for refutation in run.result.refutations:
        yield Text()
        yield from _refutation(refutation, full)
    if run.inferred is not None:
        yield from inferred_lines(run.inferred, run.model.cls.__name__)
    yield Text()
    yield from _conclusion(run)


def render_proofs(runs: Sequence[ProofRun], refused: Sequence[Refused] = ()) -> Iterator[Text]:
    """Yield a table of models, and the errors of those that were refused."""
    heads = ("model", "expected", "verdict", "obligations", "seconds", "EPR", "for")
    rows = [[Text(head, style="dim") for head in heads], *(_row(run) for run in runs)]
    yield from columns(rows, right={3, 4})
    for model in refused:
        yield Text(f"{model.name}: {model.sentence}", style="red")
    for run in runs:
        if run.inferred is not None:
            yield from inferred_lines(run.inferred, run.model.cls.__name__)
    yield Text()
    failed = [run.model.name for run in runs if run.expectation is not Verdict.HOLDS]
    if failed or refused:
        names = [*failed, *(model.name for model in refused)]
        yield Text(f"not as expected: {', '.join(names)}", style="bold red")
    elif runs:
        yield Text(f"as expected: all {plural(len(runs), 'model')}", style="green")
    else:
        yield Text("nothing was proved: there is no model", style="yellow")


def _row(run: ProofRun) -> list[Text]:
    proved, total = run.counts
    return [
        Text(run.model.name),
        Text(str(run.result.expected)),
        Text(run.shown, style="" if run.expectation is Verdict.HOLDS else STYLE[run.verdict]),
        Text(f"{proved}/{total}"),
        Text(f"{run.result.seconds:.2f}"),
        Text("no" if run.result.cycle else "with relations" if run.result.relational else "yes"),
        Text(run.scope, style="dim"),
    ]


def _header(run: ProofRun) -> Iterator[Text]:
    yield Text.assemble((run.model.name, "bold"), f"  {run.model.cls.__name__}")
    if run.model.doc:
        yield Text(f"  {run.model.doc}", style="dim")
    rows = [("for", run.scope), ("assuming", ", ".join(_assumed(run)) or "nothing")]
    rows += [("fragment", run.fragment), ("bounds", f"{run.timeout:g} s each"), ("expected", str(run.result.expected))]
    yield from columns([(Text(name, style="dim"), Text(value)) for name, value in rows], indent="  ")
    for (location, construct), methods in _barriers(run).items():
        place = f"{location}: " if location else ""
        yield Text(f"  {place}{construct} in {listed(methods)} needs sizes", style="yellow")
    for remedy in dict.fromkeys(part.remedy for part in run.result.unencodable if part.remedy):
        yield Text(f"  help: {remedy}", style="dim")


def _barriers(run: ProofRun) -> dict[tuple[Location | None, str], list[str]]:
    """Return what needs sizes, each place once, with the methods that it is a part of: a helper is one of many."""
    found: dict[tuple[Location | None, str], list[str]] = {}
    for part in run.result.unencodable:
        methods = found.setdefault((part.location, part.construct), [])
        if part.method not in methods:
            methods.append(part.method)
    return found


def _assumed(run: ProofRun) -> Iterator[str]:
    yield from run.result.axioms
    yield from (f"{name} before each step (a state constraint)" for name in run.result.constraints)


def _obligations(run: ProofRun, full: bool) -> Iterator[Text]:
    results = run.result.obligations
    shown = [o for o in results if full or not o.proved or o.decision.means is not Means.SIGHT]
    asked = [o for o in results if not o.obligation.supporting and not o.guard]
    if any(o.obligation.supporting for o in results):
        yield from columns([_obligation(o, full) for o in asked], right={3}, indent="  ")
        yield Text("  resting on", style="dim")
        rows = [*_support(results, full), *(_obligation(o, full) for o in shown if o.guard)]
        yield from columns(rows, right={3}, indent="  ")
        return
    yield from columns([_obligation(o, full) for o in shown], right={3}, indent="  ")
    hidden = len(results) - len(shown)
    if hidden:
        yield Text(
            f"  {plural(hidden, 'obligation')} proved on sight: the action changes nothing that the property reads",
            style="dim",
        )


def _support(results: Sequence[ObligationResult], full: bool) -> Iterator[tuple[Text, ...]]:
    """Yield the rows of supporting lemmas: one for each that is proved, and all open obligations of the others."""
    support = [o for o in results if o.obligation.supporting]
    for subject in dict.fromkeys(o.claim.subject for o in support):
        own = [o for o in support if o.claim.subject == subject]
        if full or not all(o.proved for o in own):
            yield from (_obligation(o, full) for o in own if full or not o.proved)
            continue
        spent = sum(o.decision.seconds for o in own)
        words = (Text(plural(len(own), "obligation"), style="dim"), Text(f"{spent:.3f} s"), Text(""))
        yield (Text("proved", style="green"), Text(subject), *words)


def _obligation(result: ObligationResult, full: bool) -> tuple[Text, ...]:
    words = {True: ("proved", "green"), False: ("refuted", "bold red"), None: ("unknown", "yellow")}
    if result.guard:
        words = {True: ("fine", "green"), False: ("fails", "bold red"), None: ("unknown", "yellow")}
    word, style = words[result.proved]
    decision = result.decision
    return (
        Text(word, style=style),
        Text(result.claim.subject),
        Text(result.claim.words + (f" ({case})" if (case := result.claim.case) else ""), style="dim"),
        Text(f"{decision.seconds:.3f} s" if decision.seconds else ""),
        Text("; ".join(filter(None, [_fragment(result) if full else "", decision.note])), style="dim"),
    )


def _fragment(result: ObligationResult) -> str:
    """Return whether the query is in EPR, or the cycle that leads out of it; empty if there was no query."""
    if result.guard or result.obligation.on_sight:
        return ""
    return f"outside of EPR: {', '.join(result.cycle)}" if result.cycle else "EPR"


def _examples(run: ProofRun, full: bool) -> Iterator[Text]:
    for gap in run.result.gaps:
        yield Text()
        yield from _gap(gap)
    found = [o for o in run.result.obligations if o.counterexample is not None]
    for result in found if full else found[:SHOWN]:
        yield Text()
        assert result.counterexample is not None
        yield from _example(result, result.counterexample)
    if len(found) > SHOWN and not full:
        yield Text()
        yield Text(f"{len(found) - SHOWN} more: --full shows them, --only NAME keeps to one", style="dim")


def _example(result: ObligationResult, example: Counterexample) -> Iterator[Text]:
    renderer, claim = Renderer(example.instance), result.claim
    yield Text.assemble("counterexample to induction: ", (claim.subject, "bold red"), f" {_refuted(claim)}")
    title = "initial state" if example.call is None else "a state that satisfies all invariants"
    yield from _state(example, title)
    if example.call is not None:
        yield Text.assemble("  2  ", (renderer.call(example.call), "bold"))
    if example.call is not None and example.after is not None:
        changes = renderer.changes(example.before, example.after)
        yield from (Text(f"       {change}") for change in changes)
        if not changes:
            yield Text("       (no change)", style="dim")
    place = f"  ({example.location})" if example.location else ""
    if example.failure:
        yield Text.assemble("  the model's own code fails: ", (example.failure, "bold red"), (place, "dim"))
    elif claim.kind is not ClaimKind.NEVER:
        yield Text.assemble("  violated: ", (example.part or claim.subject, "bold red"), (place, "dim"))
    yield from _reached(example)


def _state(example: Counterexample, title: str) -> Iterator[Text]:
    settings = ", ".join(f"{name}={value}" for name, value in example.instance.settings().items())
    if settings:
        yield Text(f"  smallest instance: {settings}", style="dim")
    yield Text.assemble("  1  ", (title, "bold"))
    rows = list(Renderer(example.instance).state(example.before))
    width = max((len(name) for name, _ in rows), default=0)
    yield from (Text(f"       {name:<{width}} = {value}") for name, value in rows)


def _gap(example: Counterexample) -> Iterator[Text]:
    """Yield a state in which all lemmas are true, and an invariant is not; there may be no lemmas at all."""
    has_lemmas = bool(example.instance.specification.of(Kind.LEMMA))
    missing = " does not follow from the lemmas" if has_lemmas else " is not true of every state, and there is no lemma"
    yield Text.assemble((example.claim.subject, "bold red"), missing)
    yield from _state(
        example, "a state that satisfies all lemmas" if has_lemmas else "a state that a lemma may exclude"
    )
    place = f"  ({example.location})" if example.location else ""
    yield Text.assemble("  violated: ", (example.failure or example.part, "bold red"), (place, "dim"))
    yield from _reached(example)


def _refuted(claim: Claim) -> str:
    """Return what a counterexample shows about its property or action."""
    match claim.kind:
        case ClaimKind.INITIATION:
            return f"is violated {claim.words}"
        case ClaimKind.DEFINED:
            return "is not defined"
        case ClaimKind.STEP:
            return f"is violated by a step of {claim.action}"
        case ClaimKind.NEVER:
            return "is enabled, and is expected never to be"
    return f"is not preserved by {claim.action}"


def _reached(example: Counterexample) -> Iterator[Text]:
    if example.reachable is None:
        yield Text("  whether the state can be reached was not found out in time", style="yellow")
    elif not example.reachable:
        yield Text(
            "  the state cannot be reached in this instance: a lemma that excludes it would help", style="yellow"
        )
    elif example.call is not None:
        lemma = example.claim.predicate is not None and example.claim.predicate.kind is Kind.LEMMA
        what = "the lemma is false" if lemma and not example.failure else "the protocol is broken, see the trace"
        yield Text(f"  the state can be reached: {what}", style="bold red")


def _refutation(refutation: Refutation, full: bool) -> Iterator[Text]:
    trace: Trace = refutation.trace
    if refutation.failure:
        states = f"{plural(len(trace), 'state')}, then the failure"
        yield Text.assemble(("the model's own code fails", "bold red"), f" in {refutation.source}: {states}")
        yield from render_trace(trace, full=full)
        yield Text(f"  then {refutation.failure}", style="bold red")
        return
    does = "fires, and is expected not to," if refutation.kind is Kind.ACTION else "is violated"
    where = f" {does} in {refutation.source}: {plural(len(trace), 'state')}"
    yield Text.assemble(f"the {refutation.kind.value} ", (refutation.name, "bold red"), where)
    yield from render_trace(trace, full=full)
    if refutation.implementation is not None:
        yield from render_implementation(refutation.implementation)


def _conclusion(run: ProofRun) -> Iterator[Text]:
    yield Text(run.sentence, style=STYLE[run.verdict])
    slowest = run.slowest
    if slowest is not None and slowest.decision.seconds:
        yield Text(
            f"  {seconds(run.result.seconds)} in all; slowest: {slowest.claim.name}, {slowest.decision.seconds:.3f} s"
        )
    if run.inferred is not None:
        yield Text(f"  {work_of(run.inferred)}", style="dim")
        if fragment := fragment_of(run.inferred):
            yield Text(f"  {fragment}", style="dim")
        if remedy := remedy_of(run.inferred):
            yield Text(f"  help: {remedy}", style="yellow")
    for line in _explored([each for each in run.result.explorations if not each.trouble]):  # others are warnings, below
        yield Text(f"  {line}", style="dim")
    for warning in run.result.warnings:
        yield Text(f"  warning: {warning}", style="yellow")
    undecided = [o for o in run.result.failed if o.proved is None]
    if undecided and run.result.cycle:
        yield Text(
            "  help: outside of EPR the solver may not end. Usual cures: a relation instead of a map into an order,\n"
            "        a variable that holds the witness of an `any`, a lemma with its `any` in front,\n"
            "        an `assert` in the action of what the obligation rests on, which is then proved once",
            style="yellow",
        )
    yield Text(f"  not proved: {run.not_proved}", style="dim")
    if run.verdict is not Verdict.HOLDS:
        yield Text(f"  reproduce: {run.command}")


def _explored(explorations: Sequence[InstanceExploration]) -> Iterator[str]:
    """Yield a line for each instance, though it may have been explored again for what is refined."""
    for source in dict.fromkeys(exploration.source for exploration in explorations):
        of = [exploration for exploration in explorations if exploration.source == source]
        most = max(exploration.states or 0 for exploration in of)
        # A search that ended before its first state was counted has found nothing out.
        states = f": {plural(most, 'state')}" if most else ""
        yield f"explored beside the proof: {source} in {seconds(sum(each.seconds for each in of))}{states}"
