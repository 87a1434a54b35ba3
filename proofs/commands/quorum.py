"""``assay quorum``: verify a quorum configuration, or a change of one."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Literal

from assay.checker.cli import units
from assay.checker.cli.exported import Exported, is_exported
from assay.checker.cli.modes import Mode, demand_effect, demand_format
from assay.checker.cli.options import Flag, Settings, Several, Typed
from assay.proofs.commands import quorum_options as options
from cyclopts import Parameter

if TYPE_CHECKING:
    from assay.checker.cli.output import Destination
    from assay.proofs.quorums.configurations import Configuration
    from assay.proofs.quorums.questions import Topic
    from assay.proofs.quorums.report import QuorumReport
    from rich.text import Text

__all__ = ["MODES", "quorum"]

Form = Literal["text", "json", "markdown", "svg", "html"] | Exported

_EVERY = "against as set unknown-nodes fail-under certificate only trees format output time-limit"

_ABOUT = {
    "safe": "",
    "survival": "sets-up-to",
    "splitting": "sets-up-to",
    "sizes": "",
    "latency": "failure",
    "availability": "failure",
    "load": "read-fraction",
}
"""What is answered, by the words of --only, and the options that are about it alone."""

_WHOLE = Mode.of("without --only", " ".join((_EVERY, *_ABOUT.values())))

MODES = (_WHOLE, *(Mode.of(f"with --only {word}", f"{_EVERY} {options}") for word, options in _ABOUT.items()))


def quorum(
    file: str,
    /,
    *,
    against: str | None = None,
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    settings: Settings = (),
    unknown_nodes: Literal["absent", "anything"] | None = None,
    fail_under: Several = (),
    certificate: str | None = None,
    failure: str | None = None,
    read_fraction: str | None = None,
    only: Several = (),
    sets_up_to: str | None = None,
    trees: Flag = False,
    format_: Annotated[Form, Parameter(name="--format")] = "text",
    output: Annotated[str | None, Parameter(name=("--output", "-o"))] = None,
    time_limit: str = "60s",
    typed: Typed,
) -> int:
    """Verify the quorum configuration in FILE: is it safe, what does it survive, what does it cost?

    Exit status: 0 if it is safe and as demanded, 1 if not, 2 for bad input, 3 if it is not known.

    Parameters
    ----------
    file
        A configuration file, a directory with the files of several nodes, or - for standard input.
    against
        The configuration to change to: is the change safe in one step, and if not, in which?
    as_
        The format, if its content does not tell: zookeeper, etcd, kafka-kraft, kafka-topic, mongodb, cassandra,
        postgresql, patroni, redis-sentinel, elasticsearch, consul, clickhouse-keeper, cometbft, stellar-core,
        stellar-network, assay.
    settings
        What the format has no place for: --set write=QUORUM. Of mongodb write-concern; cassandra write, read, serial,
        write-dc, read-dc, data-centres, repaired, keyspace; kafka-topic acks, replication-factor,
        min-insync-replicas; postgresql standbys, standbys-asked; patroni standbys; redis-sentinel sentinels;
        elasticsearch masters; cometbft threshold; stellar-network inactive.
    unknown_nodes
        What to make of nodes that nothing describes; by default both, and they must agree.
    fail_under
        Fail unless this many failures are survived, of nodes (f) or by label: --fail-under f=1,zone=1.
    certificate
        Write the obligations to this directory as SMT-LIB 2, and have cvc5 check them if it is installed.
    failure
        The probability that a node is down, for the availability: 0.01 or 1/100.
    read_fraction
        The share of reads among all operations, for the load: 0.9.
    only
        Answer only this: safe, survival, splitting, sizes, latency, availability, load; several with commas.
        Whether it is safe is always reported, and first.
    sets_up_to
        List all minimal outages and splitting sets of up to this many nodes (or zones, ...): 3. By default the
        smallest. The JSON report has the sets, the others how many of each size.
    trees
        Show what the files were read as, with the file and line of each part.
    format_
        The form of the report.
    output
        Write the report to this file instead of standard output.
    time_limit
        Stop after this time: 30s, 5m. What is not proved within it is unknown.
    """
    from assay.checker.cli.output import destination
    from assay.proofs.commands.supervision import supervised
    from assay.proofs.quorums.analyse import analyse
    from assay.proofs.quorums.questions import Questions, Topic
    from assay.proofs.quorums.resolution import UnknownNodes

    topics = options.topics(only)
    demand_effect(typed, _mode(topics) if only else _WHOLE, MODES)
    demand_format("--trees", typed, format_, ("text", "markdown", "html"))
    given, limit = options.settings(settings), units.duration("--time-limit", time_limit)
    asked = Questions(
        None if unknown_nodes is None else UnknownNodes(unknown_nodes),
        options.demands(fail_under),
        None if failure is None else options.share("--failure", failure),
        certificate=None if certificate is None else Path(certificate),
        topics=topics,
        sets_up_to=None if sets_up_to is None else options.count("--sets-up-to", sets_up_to),
    )
    with destination(output, file, against) as place:
        telling = _Telling(format_, trees, place)
        began = monotonic()
        with telling.in_any_case(), supervised(limit, telling.last_words):
            subject = _read(file, as_, given)
            new = None if against is None else _read(against, as_, given)
            left = max(0.0, limit - (monotonic() - began))
            shares = options.shares(subject, read_fraction) if Topic.LOAD in topics else {}
            asked = replace(asked, shares=shares, time_limit=left)
            analyse(subject, asked, against=new, keep=telling.keep)
        return telling.end()


def _mode(topics: Collection[Topic]) -> Mode:
    words = [word for word in _ABOUT if word in {topic.value for topic in topics}] or ["safe"]
    return Mode.of(f"with --only {','.join(words)}", " ".join((_EVERY, *(_ABOUT[word] for word in words))))


class _Telling:
    """Delivers the report: the verdict at once if it is text for standard output, everything else at the end.

    However the analysis ends, what it has decided is reported.
    """

    def __init__(self, form: Form, trees: bool, place: Destination | None) -> None:
        self.form = form
        self.trees = trees
        self.place = place
        self.known: QuorumReport | None = None
        self.has_begun = False

    def keep(self, report: QuorumReport) -> None:
        """Keep the report so far; the first one has the verdict."""
        self.known = report
        if not self.has_begun and self.form == "text" and self.place is None:
            from assay.checker.cli.form import deliver
            from assay.proofs.quorums.rendering.text import opening

            self.has_begun = True
            deliver(list(opening(report, trees=self.trees)), None)
            sys.stdout.flush()

    @contextmanager
    def in_any_case(self) -> Iterator[None]:
        """Catch what ends the block early, if something was decided by then."""
        from assay.proofs.commands.supervision import TimeIsUpError

        try:
            yield
        except TimeIsUpError as error:
            if not self._cut(error.message):
                raise
        except KeyboardInterrupt:
            if not self._cut("interrupted"):
                raise

    def last_words(self, why: str) -> int | None:
        """Report what is known in a process that is about to end, and return its status; None if nothing is."""
        return self.end() if self._cut(why) else None

    def end(self) -> int:
        """Deliver the report, or the part after the opening, and return the exit status."""
        from assay.checker.cli.form import again, deliver, deliver_page, deliver_survey

        assert self.known is not None
        if is_exported(self.form) or self.form == "markdown":
            from assay.proofs.reports.surveys import of_quorums

            survey = of_quorums(self.known, again())
            if self.form == "markdown":
                deliver_page(survey, _rendered(self.known, "text", self.trees), self.place)
            else:
                deliver_survey(survey, self.form, self.place)
        else:
            deliver(self._rest(self.known), self.place)
        return int(self.known.status)

    def _cut(self, why: str) -> bool:
        from assay.proofs.quorums.report import Missing

        if self.known is None:
            return False
        self.known = replace(self.known, missing=(*self.known.missing, Missing("everything else", why)))
        return True

    def _rest(self, report: QuorumReport) -> str | list[Text]:
        if self.has_begun:
            from assay.proofs.quorums.rendering.text import rest

            return list(rest(report, trees=self.trees))
        return _rendered(report, self.form, self.trees)


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
        case _:  # text; the formats for other programs are surveys, and were delivered by the caller
            from assay.proofs.quorums.rendering.text import render

            return list(render(report, trees=trees))
