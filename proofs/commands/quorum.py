"""``assay quorum``: verify a quorum configuration, or a change of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from assay.checker.cli import units
from assay.checker.errors import UsageError
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.proofs.quorums.configurations import Configuration
    from assay.proofs.quorums.report import QuorumReport
    from rich.text import Text

__all__ = ["quorum"]

Form = Literal["text", "json", "svg", "html"]


def quorum(
    file: str,
    /,
    *,
    against: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    settings: Annotated[
        tuple[str, ...], Parameter(name="--set", consume_multiple=True, negative=(), show_default=False)
    ] = (),
    unknown_nodes: Literal["absent", "anything"] | None = None,
    fail_under: Annotated[
        tuple[str, ...], Parameter(name="--fail-under", consume_multiple=True, negative=(), show_default=False)
    ] = (),
    certificate: str | None = None,
    failure: str | None = None,
    read_fraction: str | None = None,
    sets_up_to: str | None = None,
    trees: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    format_: Annotated[Form, Parameter(name="--format")] = "text",
    output: Annotated[str | None, Parameter(name=("--output", "-o"))] = None,
    time_limit: str = "60s",
) -> int:
    """Verify the quorum configuration in FILE: is it safe, what does it survive, what does it cost?

    Exit status: 0 if it is safe and as demanded, 1 if not, 2 for bad input, 3 if it is not known.

    Parameters
    ----------
    file
        A configuration file, or a directory with the files of several nodes.
    against
        The configuration to change to: is the change safe in one step, and if not, in which?
    as_
        The format, if its content does not tell: zookeeper, etcd, mongodb, ...
    settings
        What the format has no place for, such as the write concern: --set write=QUORUM.
    unknown_nodes
        What to make of nodes that nothing describes; by default both, and they must agree.
    fail_under
        Fail unless so many failures are survived, of nodes (f) or by label: --fail-under f=1,zone=1.
    certificate
        Write the obligations to this directory as SMT-LIB 2, and have cvc5 check them if it is installed.
    failure
        The probability that a node is down, for the availability: 0.01 or 1/100.
    read_fraction
        The share of reads among all operations, for the load: 0.9.
    sets_up_to
        List all minimal outages and splitting sets of up to so many nodes (or zones, ...): 3. By default the
        smallest. The JSON report has the sets, the others how many of each size.
    trees
        Show what the files were read as, with the file and line of each part.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    time_limit
        Stop after this time: 30s, 5m. What is not proved by then is unknown.
    """
    from assay.checker.cli.form import deliver
    from assay.checker.cli.output import destination
    from assay.checker.cli.supervision import supervised
    from assay.proofs.quorums.analyse import Questions, analyse
    from assay.proofs.quorums.resolution import UnknownNodes

    given, limit = _settings(settings), units.duration("--time-limit", time_limit)
    with destination(output, file, against) as place:
        with supervised(limit):
            subject = _read(file, as_, given)
        questions = Questions(
            None if unknown_nodes is None else UnknownNodes(unknown_nodes),
            _demands(fail_under),
            None if failure is None else _share("--failure", failure),
            _shares(subject, read_fraction),
            None if certificate is None else Path(certificate),
            None if sets_up_to is None else _count("--sets-up-to", sets_up_to),
            limit,
        )
        with supervised(limit):
            new = None if against is None else _read(against, as_, given)
        report = _within(limit, lambda keep: analyse(subject, questions, against=new, keep=keep))
        deliver(_rendered(report, format_, trees), place)
        return int(report.status)


def _within(limit: float, analysis: Callable[[Callable[[QuorumReport], None]], QuorumReport]) -> QuorumReport:
    """Return the report or, if the analysis had to be ended from outside, what it had decided by then."""
    from assay.checker.cli.supervision import TimeIsUpError, supervised
    from assay.proofs.quorums.report import Missing

    kept: list[QuorumReport] = []
    try:
        with supervised(limit):
            return analysis(kept.append)
    except TimeIsUpError as error:
        if not kept:
            raise
        return replace(kept[-1], missing=(*kept[-1].missing, Missing("everything else", error.message)))


def _read(path: str, as_: str | None, settings: dict[str, str]) -> Configuration:
    from assay.proofs.quorums.formats.reading import read_configuration

    return read_configuration(Path("-" if path == "/dev/stdin" else path), as_=as_, settings=settings)


def _rendered(report: QuorumReport, form: Form, trees: bool) -> str | list[Text]:
    match form:
        case "json":
            from assay.proofs.quorums.rendering import machine

            return machine.encode(report)
        case "svg":
            from assay.proofs.quorums.rendering.svg import picture

            return picture(report)
        case "html":
            from assay.proofs.quorums.rendering.page import page

            return page(report, trees=trees)
        case "text":
            from assay.proofs.quorums.rendering.text import render

            return list(render(report, trees=trees))


def _settings(texts: Sequence[str]) -> dict[str, str]:
    return dict(_pair("--set", text, "write=QUORUM") for text in texts)


def _demands(texts: Sequence[str]) -> dict[str, int]:
    demands = {}
    for text in ",".join(texts).split(",") if texts else ():
        name, value = _pair("--fail-under", text, "f=1,zone=1")
        if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
            raise UsageError(f"--fail-under {text}: expected a whole number of failures")
        demands[name] = int(value)
    return demands


def _count(option: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip(), re.ASCII):
        raise UsageError(f"{option} {text}: expected a whole number such as 3")
    return int(text)


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise UsageError(f"{option} {text}: expected {example}")
    return name.strip(), value.strip()


def _share(option: str, text: str) -> Fraction:
    """Return a number between 0 and 1."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,18}|/[0-9]{1,9})?", text.strip(), re.ASCII):
        raise UsageError(f"{option} {text}: expected a number such as 0.01 or 1/100")
    try:
        share = Fraction(text.strip())
    except ZeroDivisionError:
        raise UsageError(f"{option} {text}: division by zero") from None
    if not 0 <= share <= 1:
        raise UsageError(f"{option} {text}: expected a number between 0 and 1")
    return share


def _shares(subject: Configuration, read_fraction: str | None) -> dict[str, float]:
    if read_fraction is None:
        return {}
    classes = set(subject.system.classes)
    if classes != {"read", "write"}:
        raise UsageError(f"--read-fraction is about the classes read and write, not {', '.join(sorted(classes))}")
    share = float(_share("--read-fraction", read_fraction))
    return {"read": share, "write": 1 - share}
