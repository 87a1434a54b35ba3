"""A model under two quorum configurations: some nodes have the old one, some the new one."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.cli.configured import Configured
from assay.checker.cli.registry import quorum_mixer, quorum_reader
from assay.checker.cli.request import CheckRequest
from assay.checker.engine.limits import Limits
from assay.checker.engine.trace import Trace
from assay.checker.language.introspection.specification import semantics_of
from assay.checker.language.loader import NamedModel
from assay.checker.properties.check import Engine, Options
from assay.checker.properties.result import CheckResult, PropertyResult
from assay.checker.report.values import Renderer
from assay.checker.upgrades.answers import ClaimVerdict, Phase, Upgrade, UpgradeRequest, UpgradeStep
from assay.checker.verdicts import Verdict

__all__ = ["upgrade_quorums"]


def upgrade_quorums(request: UpgradeRequest, model: NamedModel, as_: str | None) -> Upgrade:
    """Check a model under the quorums of both configurations and, if that fails, of each alone.

    Raises
    ------
    AssayError
        If a configuration cannot be read, or its quorums do not fit the model.
    """
    specification, files = model.specification, (request.before.reference, request.after.reference)
    options = {"as_": as_, "settings": request.settings, "seconds": request.seconds}
    both = quorum_mixer()(specification, files, **options)
    result = _checked(request, model, both)
    mixed = _phase("mixed", result)
    alone = [
        _phase(name, _checked(request, model, quorum_reader()(specification, file, **options)))
        for name, file in zip(("before", "after"), files, strict=True)
        if mixed.violated
    ]
    sizes = {both.sort: str(len(both.nodes)), **request.settings}
    return Upgrade("quorums", sizes, both.names_shown, mixed, tuple(alone), result.warnings)


def _checked(request: UpgradeRequest, model: NamedModel, configured: Configured) -> CheckResult:
    limits = Limits(request.states, None, request.seconds, request.memory)
    options = Options(Engine.AUTO, limits, keep_going=True, broken_axioms="report")
    return CheckRequest(options, request.instance, request.settings, configured).run(model).result


def _phase(name: str, result: CheckResult) -> Phase:
    stop = "" if result.exploration.stop is None else result.exploration.stop.detail
    return Phase(name, tuple(_claims(result)), result.exploration.distinct, result.exploration.depth, stop)


def _claims(result: CheckResult) -> Iterator[ClaimVerdict]:
    with result.instance.active():
        for each in result.properties:
            yield _claim(each)


def _claim(result: PropertyResult) -> ClaimVerdict:
    is_shown = result.verdict is Verdict.VIOLATED and result.trace is not None
    trace = tuple(_steps(result.trace)) if is_shown and result.trace is not None else ()
    semantics = semantics_of(result.subject)
    worded = semantics.claim.format(result.name), semantics.violation.format(result.name)
    return ClaimVerdict(result.name, result.kind.value, result.verdict, result.note, trace, *worded)


def _steps(trace: Trace) -> Iterator[UpgradeStep]:
    renderer = Renderer(trace.instance)
    before = None
    for step in trace:
        if before is None:
            yield UpgradeStep("initial state", tuple(f"{name} = {value}" for name, value in renderer.state(step.state)))
        else:
            words = renderer.call(step.call) if step.call else "nothing happens"
            yield UpgradeStep(words, tuple(map(str, renderer.changes(before, step.state))))
        before = step.state
