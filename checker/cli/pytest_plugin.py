"""``pytest --assay``: what `assay gate` verifies, as tests; and a fixture to check a protocol from a test.

Pytest loads this module in every run of every project that has assay installed. So it imports nothing from assay,
and does nothing, until it is asked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from assay.checker.findings.finding import Finding
    from assay.checker.findings.survey import Survey
    from assay.checker.gate.configuration import Configuration
    from assay.checker.gate.requests import Request

__all__ = ["Checker", "GatedItem", "NotAsClaimedError"]


class NotAsClaimedError(Exception):
    """Something is not as claimed, or not known to be; the message is the report."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs a project's gate."""
    group = parser.getgroup("assay", "formally checked protocols")
    group.addoption(
        "--assay", action="store_true", default=False, help="verify what assay.toml or [tool.assay.gate] says, as tests"
    )
    parser.addini("assay", "verify what is gated in every run, as --assay does", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark by which ``-m assay`` selects these tests."""
    config.addinivalue_line("markers", "assay: what assay verifies, collected by --assay")


@pytest.hookimpl(tryfirst=True)  # before -k and -m leave out what is not asked for
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add what is gated to the tests."""
    if config.getoption("--assay") or config.getini("assay"):
        items += _gated(session, config.rootpath)


def _gated(session: pytest.Session, root: Path) -> Iterator[GatedItem]:
    from assay.checker.errors import AssayError
    from assay.checker.gate import lock_file
    from assay.checker.gate.reading import find_configuration
    from assay.checker.gate.requests import Request
    from assay.checker.gate.selection import forgotten, requests

    try:
        configuration = find_configuration(root)
        asked = requests(configuration)
        recorded = lock_file.read_lock(configuration.root / lock_file.NAME) or ()
    except AssayError as error:
        raise pytest.UsageError(_sentence(error)) from None
    if not asked:
        raise pytest.UsageError("--assay: nothing is gated, so nothing would be verified")
    gone = [Request(kind.value, name) for kind, name in forgotten(asked, recorded)]
    for request in (*asked, *gone):
        at = "" if request.instances == ("default",) else f"[{','.join(request.instances)}]"
        name = f"assay {request.words}{at}"
        item = GatedItem.from_parent(session, name=name, configuration=configuration, request=request)
        item.add_marker("assay")
        yield item


class GatedItem(pytest.Item):
    """A test that verifies one thing that is gated: the classes of a file, an implementation, a configuration.

    It fails for what the lock file records and the settings no longer name.

    Parameters
    ----------
    configuration : Configuration
        The settings of the project.
    request : Request
        What is verified.
    """

    def __init__(self, *, configuration: Configuration, request: Request, **rest: Any) -> None:
        super().__init__(**rest)
        self.configuration = configuration
        self.request = request

    def runtest(self) -> None:
        """Verify it, or take the verdict of an earlier run if nothing that this verdict depends on has changed.

        Raises
        ------
        NotAsClaimedError
            If something is wrong, unknown, or different from what was accepted.
        """
        from assay.checker.findings.rules import Level
        from assay.checker.gate.gating import gate

        gating = gate(self.configuration, (self.request.reference,))
        errors = [finding for finding in gating.findings if finding.severity is Level.ERROR]
        if errors:
            raise NotAsClaimedError("\n\n".join(map(_told, errors)))
        if not gating.outcomes and not gating.gone:
            raise NotAsClaimedError("nothing was verified")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> str | Any:
        """Return the counterexample, or the one line of an error, without a traceback through assay."""
        from assay.checker.errors import AssayError

        if isinstance(excinfo.value, NotAsClaimedError):
            return str(excinfo.value)
        if isinstance(excinfo.value, AssayError):
            return _sentence(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the test and its name."""
        from assay.checker.references import split_reference

        return self.configuration.root / split_reference(self.request.reference)[0], None, self.name


@pytest.fixture
def assay_check() -> Checker:
    """Return what checks a model, an implementation or a quorum configuration, and fails with the counterexample."""
    return Checker()


class Checker:
    """Checks protocols from a test.

    Each method raises `NotAsClaimedError` with the report unless all is as claimed: *unknown* fails, too.
    """

    __tracebackhide__ = True

    def model(self, reference: str, *, instance: str = "default", **settings: object) -> None:
        """Check a model: ``assay_check.model("lease.py:Lease", Node=3)``. A broken one must show what it states."""
        from assay.checker.cli.request import CheckRequest
        from assay.checker.language.loader import load
        from assay.checker.properties.check import Options
        from assay.checker.report.surveys import of_checks

        model = load(reference)
        run = CheckRequest(Options(), instance, _texts(settings)).run(model)
        _demand_right(of_checks([run], [], run.command))

    def implementation(self, reference: str, **settings: object) -> None:
        """Check the nodes of an implementation: ``assay_check.implementation("nodes.py", acceptors=3)``."""
        from assay.checker.changes.chance import not_checked
        from assay.checker.engine.limits import Limits
        from assay.checker.implementations.checking import check_cluster
        from assay.checker.implementations.loading import load_cluster
        from assay.checker.report.implementations import ImplementationRun
        from assay.checker.report.surveys import of_implementation

        named = load_cluster(reference, _texts(settings))
        result = check_cluster(named.cluster)
        command = f"assay check {reference} --implementation"
        _demand_right(of_implementation(ImplementationRun(named, result, Limits(), command, not_checked(named))))

    def quorums(self, file: str, *, against: str | None = None, **settings: object) -> None:
        """Check a quorum configuration, or the change from it to another: ``assay_check.quorums("zoo.cfg")``."""
        from assay.checker.cli.registry import quorum_surveyor

        _demand_right(quorum_surveyor()(file, against, _texts(settings)))


def _texts(settings: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in settings.items()}


def _demand_right(survey: Survey) -> None:
    from assay.checker.verdicts import ExitStatus

    __tracebackhide__ = True
    if survey.status is not ExitStatus.AS_CLAIMED:
        errors = [finding for checked in survey.checked for finding in checked.errors]
        raise NotAsClaimedError("\n\n".join([survey.sentence, *map(_told, errors), f"again: {survey.again}"]))


def _told(finding: Finding) -> str:
    steps = [f"{number:3}  {step.words}" for number, step in enumerate(finding.steps, start=1)]
    place = [f"at {finding.location}"] if finding.location is not None else []
    head = f"{finding.rule.identifier} {finding.subject}: {finding.message}"
    return "\n".join([head, *steps, *place, f"help: {finding.remedy}"])


def _sentence(error: Any) -> str:
    return f"{error}" + (f" ({error.help})" if error.help else "")
