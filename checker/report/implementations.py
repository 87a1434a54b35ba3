"""The report on a check of an implementation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assay.checker.engine.limits import Limits
from assay.checker.immutable import immutable
from assay.checker.implementations.growth import Growth
from assay.checker.implementations.loading import NamedCluster
from assay.checker.implementations.modelling import NearMiss
from assay.checker.implementations.results import ClaimResult, ImplementationResult
from assay.checker.report.folding import folded
from assay.checker.report.parts import LINE, STYLE, Cell, Table, facts
from assay.checker.report.run import number, plural, rate, seconds
from assay.checker.report.values import Renderer
from assay.checker.report.worlds import changed, whole
from assay.checker.verdicts import ExitStatus, Verdict, exit_status
from rich.text import Text

__all__ = ["ImplementationRun", "model_renderer", "render", "why_not"]


@immutable
class ImplementationRun:
    """A check of an implementation, and what the user asked for.

    Attributes
    ----------
    named : NamedCluster
        What was checked.
    result : ImplementationResult
        The result of the check.
    limits : Limits
        The limits it was under.
    command : str
        The command that repeats the check.
    not_checked : str
        What was left out because it depends on chance, in a phrase; empty if nothing does.
    full : bool
        Whether whole worlds are shown.
    """

    named: NamedCluster
    result: ImplementationResult
    limits: Limits
    command: str
    not_checked: str
    full: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict on all claims together."""
        return self.result.verdict

    @property
    def caught(self) -> tuple[str, ...]:
        """The checks that were expected to catch this mutant, and did."""
        expected = self.named.expected
        return () if expected is None else tuple(name for name in expected.by if name in self.result.violated)

    @property
    def status(self) -> ExitStatus:
        """The exit status: a violation is a finding, expected or not."""
        return exit_status([self.verdict])

    @property
    def is_exhaustive(self) -> bool:
        """Whether every reachable world was explored, and no other one depends on chance."""
        return self.result.is_exhaustive and not self.not_checked

    @property
    def settings(self) -> str:
        """The sizes of the cluster, as settings."""
        return " ".join(f"{name}={value}" for name, value in self.named.sizes.items()) or "no parameters"

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        exploration = self.result.exploration
        if self.verdict is Verdict.HOLDS:
            inside = " inside the constraint" if exploration.cut else ""
            worlds = f"all {plural(exploration.worlds, 'world')}{inside}"
            extent = f"{worlds}, but not what chance decides" if self.not_checked else f"exhaustive, {worlds}"
            return f"holds for {self.settings}: {extent}"
        if self.verdict is Verdict.VIOLATED:
            as_expected = ", as expected" if self.caught else ""
            return f"violated{as_expected}: {', '.join(self.result.violated)}"
        undecided = ", ".join(claim.name for claim in self.result.claims if claim.verdict is Verdict.UNKNOWN)
        return f"unknown: {exploration.stop.detail if exploration.stop else undecided}"


def render(run: ImplementationRun) -> Iterator[Text]:
    """Yield the report for a terminal."""
    yield Text.assemble((run.named.name, "bold"), "  implementation")
    yield Text(run.sentence, style=STYLE[run.verdict])
    if run.not_checked:
        yield from _wrapped(f"  not checked: {run.not_checked}")
    yield Text()
    yield from facts(_facts(run))
    yield Text()
    yield from _claims(run).text(indent="  ", heads=False)
    yield Text()
    yield from _coverage(run).text(indent="  ")
    for claim in run.result.claims:
        if claim.verdict is Verdict.VIOLATED and (claim.trace or claim.note):
            yield Text()
            yield from _counterexample(run, claim)
    yield from _growth(run)
    yield from _warnings(run)
    yield Text()
    yield Text(f"again: {run.command}", style="dim")


def _facts(run: ImplementationRun) -> Iterator[tuple[str, str]]:
    e, result = run.result.exploration, run.result
    yield "cluster", run.settings
    yield "nodes", ", ".join(f"{address} {type(node).__name__}" for address, node in result.cluster.nodes.items())
    parts = [plural(e.worlds, "world"), f"{number(e.generated)} generated", f"depth {e.depth}"]
    parts += [f"{number(e.frontier)} left to explore"] if e.frontier else []
    parts += [seconds(e.seconds)]
    if e.seconds >= 0.001:
        parts += [f"{rate(e.generated / e.seconds)} generated/s"]
    yield "worlds", ", ".join(parts)
    yield "calls", f"{plural(e.calls, 'call')} of handlers, {plural(e.evaluations, 'evaluation')} of predicates"
    if result.abstraction is not None:
        yield "model", _model(run)
        never = "never taken" if result.is_exhaustive else "not yet taken"
        yield never, ", ".join(result.never) or "no action of the model"


def _model(run: ImplementationRun) -> str:
    result = run.result
    assert result.abstraction is not None
    sizes = " ".join(f"{name}={value}" for name, value in result.abstraction.instance.settings().items())
    taken = f"{plural(result.states, 'state')} of {result.abstraction.model.name} ({sizes})"
    if result.edges is None:
        return f"{taken}, {plural(len(result.paths), 'step')}"
    all_ = "too many to count" if result.edges.all is None else number(result.edges.all)
    return f"{taken}, {number(result.edges.taken)} of its steps ({all_})"


def _claims(run: ImplementationRun) -> Table:
    rows = (
        (
            Cell(claim.verdict.value, STYLE[claim.verdict]),
            Cell(claim.name, is_code=True),
            Cell(_about(claim), "dim"),
        )
        for claim in run.result.claims
    )
    return Table(("verdict", "claim", ""), tuple(rows))


def _about(claim: ClaimResult) -> str:
    if claim.verdict is Verdict.HOLDS and claim.trace:
        return f"{claim.kind.value}: reached in {plural(len(claim.trace), 'world')}"
    open_ = claim.verdict is Verdict.UNKNOWN and claim.note
    return f"{claim.kind.value}: {claim.note}" if open_ else claim.kind.value


def _coverage(run: ImplementationRun) -> Table:
    rows = (
        (Cell(name, is_code=True), Cell(number(fired)), Cell(number(new)))
        for name, (fired, new) in run.result.exploration.actions.items()
    )
    return Table(("what happened", "how often", "new worlds"), tuple(rows), frozenset({1, 2}))


def _counterexample(run: ImplementationRun, claim: ClaimResult) -> Iterator[Text]:
    heading = f"{claim.name}: {plural(len(claim.trace), 'world')}, none is shorter" if claim.trace else claim.name
    yield Text(heading, style="bold red")
    yield from _trace(run, claim)
    if claim.note:
        yield from _wrapped(f"  {claim.note}")
    if claim.divergence is not None and len(claim.trace) > 1:
        yield Text("  the last step is no step of the model: neither a stutter nor a short enough path", style="red")
        yield from _attempts(run, claim)


def _trace(run: ImplementationRun, claim: ClaimResult) -> Iterator[Text]:
    cluster = run.result.cluster
    before = None
    for index, (step, world) in enumerate(claim.trace):
        said = "the nodes have started" if step is None else str(step)
        yield Text.assemble(f"  {index + 1:>3}  ", (said, "bold"))
        if before is None or run.full:
            rows = [f"{name} = {value}" for name, value in whole(cluster, world)]
        else:
            rows = [*map(str, changed(cluster, before, world))] or ["(no change)"]
        for row in rows:
            yield from _wrapped(f"       {row}")
        if claim.divergence is not None:
            yield from _model_side(run, claim, index)
        before = world


def _model_side(run: ImplementationRun, claim: ClaimResult, index: int) -> Iterator[Text]:
    assert claim.divergence is not None
    renderer = model_renderer(run)
    if renderer is None:
        return
    states = claim.divergence.states
    if index == 0:
        rows = [f"{name} = {value}" for name, value in renderer.state(states[0])]
    else:
        rows = [*map(str, renderer.changes(states[index - 1], states[index]))] or ["(stutters)"]
    for row in rows:
        for line in _wrapped(f"       model: {row}"):
            yield Text(line.plain, style="cyan")


def model_renderer(run: ImplementationRun) -> Renderer | None:
    """Return what writes states of the model; None if nothing is claimed about a model."""
    abstraction = run.result.abstraction
    return None if abstraction is None else Renderer(abstraction.instance)


def _attempts(run: ImplementationRun, claim: ClaimResult) -> Iterator[Text]:
    renderer = model_renderer(run)
    if renderer is None or claim.divergence is None:
        return
    yield Text("  the nearest actions of the model:", style="dim")
    for attempt in claim.divergence.attempts:
        yield from _wrapped(f"    {renderer.call(attempt.call)}: {why_not(attempt)}")


def why_not(attempt: NearMiss) -> str:
    """Return why an action of the model is not the step: the first guard that is false, or where it leads elsewhere."""
    if attempt.guard is not None:
        place = attempt.guard.location
        return f"{Path(place.file).name}:{place.line}: {attempt.guard.text} {attempt.guard.missed.value[1]}"
    return f"leads elsewhere in {', '.join(attempt.differs)}"


def _wrapped(line: str) -> Iterator[Text]:
    indent = len(line) - len(line.lstrip()) + 2
    yield from map(Text, folded(line, indent=indent, width=LINE))


def _growth(run: ImplementationRun) -> Iterator[Text]:
    if run.result.exploration.stop is None or not run.result.exploration.growth:
        return
    yield Text()
    yield Text("what had the most values by then:", style="dim")
    for each in run.result.exploration.growth:
        yield from _wrapped(f"  {_grown(each)}")


def _grown(grown: Growth) -> str:
    """Return a line on how many values something took, how fast new ones came, and whether they still did."""
    name = grown.attribute if grown.address is None else f"{grown.address}.{grown.attribute}"
    amount = f"up to {number(grown.values)}" if grown.address is None else plural(grown.values, "value")
    if grown.address is not None and grown.largest is not None:
        amount += f", up to {number(grown.largest)},"
    pace = f"{grown.pace:.2g} a step"
    if grown.goes_on:
        return f"{name}: {amount} at {pace}, and more kept coming: bound it, or the search will not end"
    return f"{name}: {amount} at {pace}, hardly any of them new in the end"


def _warnings(run: ImplementationRun) -> Iterator[Text]:
    for node, message in sorted((n.__name__, m.__name__) for n, m in run.result.exploration.unhandled):
        yield Text()
        yield Text(
            f"warning: {node} has no method for {message}, which it receives, and ignores it "
            "(strict=True makes that an error)",
            style="yellow",
        )
