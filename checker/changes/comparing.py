"""Compare two versions of a model or an implementation: behaviour, claims and proofs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.checker.changes.claims import Claims, ClaimsRequest, Fate, StatementChange, compare_statements
from assay.checker.changes.difference import difference
from assay.checker.changes.observation import Observation, ObservationRequest, observe
from assay.checker.changes.outline import say_the_same
from assay.checker.changes.proofs import ProofsRequest, lost, prove
from assay.checker.changes.report import Comparison
from assay.checker.changes.reviewing import review
from assay.checker.changes.versions import Version
from assay.checker.engine.limits import Limits
from assay.checker.errors import ModelError, UsageError
from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import Level
from assay.checker.findings.subject import Subject, subject_of

__all__ = ["ComparisonOptions", "compare", "compared_claims", "observed"]

STATEMENTS = 60.0
"""Default limit, in seconds of processor time, of comparing claims."""


@dataclass(frozen=True)
class ComparisonOptions:
    """Options of a comparison.

    Attributes
    ----------
    instance : str
        The instance of the models.
    settings : mapping from name to text
        Settings that override it, in both versions.
    limits : Limits
        Limits of exploring each version.
    prove : bool
        Whether both are also proved for any size.
    levels : mapping from rule to Level
        Severity levels that the project chose.
    """

    instance: str = "default"
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    prove: bool = False
    levels: Mapping[str, Level] = field(default_factory=dict)


def compare(
    former: Version, latter: Version, options: ComparisonOptions, *, command: str, subject: Subject | None = None
) -> Comparison:
    """Compare two versions, each observed in a process of its own.

    Claims are compared by `assay.proofs`, which must be installed.

    Parameters
    ----------
    former, latter : Version
        The versions.
    options : ComparisonOptions
        The options.
    command : str
        The command that repeats the comparison.
    subject : Subject, optional
        What findings are about; by default the user's name of the new version.

    Raises
    ------
    ModelError
        If one of them is malformed, or its process dies.
    UsageError
        If one is a model and the other an implementation.
    """
    began = time.perf_counter()
    subject = subject or subject_of(latter.words)
    old, new = observed(former, options), observed(latter, options)
    _demand_one_kind(old, new)
    claims = compared_claims((former, old), (latter, new), options)
    is_proved = options.prove and not new.outline.is_of_nodes  # nodes are code, about which nothing is proved
    proofs = _lost_proofs(subject, former, latter, options.limits) if is_proved else ()
    return Comparison(
        before=former.words,
        after=latter.words,
        subject=subject,
        old=old,
        new=new,
        difference=difference(old.behaviour, new.behaviour),
        seconds=time.perf_counter() - began,
        command=command,
        review=(*review(subject, old, new, claims), *proofs),
        levels=options.levels,
        notes=claims.notes,
    )


def observed(version: Version, options: ComparisonOptions) -> Observation:
    """Observe a version in a process of its own, under the limits of a comparison.

    Raises
    ------
    ModelError
        If it is malformed, or its process dies.
    """
    limits = options.limits
    request = ObservationRequest(
        version.reference, options.instance, options.settings, limits.states, limits.seconds, limits.memory
    )
    return observe(request, version.root)


def _demand_one_kind(old: Observation, new: Observation) -> None:
    if old.outline.is_of_nodes != new.outline.is_of_nodes:
        kinds = ["an implementation" if each.outline.is_of_nodes else "a model" for each in (old, new)]
        raise UsageError(
            f"{old.name} is {kinds[0]}, and {new.name} is {kinds[1]}: they are no versions of one thing",
            help="assay check --implementation tells whether an implementation refines its model",
        )


def compared_claims(
    former: tuple[Version, Observation], latter: tuple[Version, Observation], options: ComparisonOptions
) -> Claims:
    """Compare what two versions of a model claim; no solver is asked if they make identical statements.

    Parameters
    ----------
    former, latter : tuple of Version and Observation
        The versions, and what was observed of them.
    options : ComparisonOptions
        The options.

    Returns
    -------
    Claims
        Empty for implementations: their claims are code, whose digests are among the observations.
    """
    (before, old), (after, new) = former, latter
    if say_the_same(old.outline, new.outline) or new.outline.is_of_nodes:
        return Claims()
    request = ClaimsRequest(
        before.reference,
        after.reference,
        str(before.root),
        str(after.root),
        options.instance,
        options.settings,
        STATEMENTS if options.limits.seconds is None else options.limits.seconds,
        options.limits.memory,
    )
    try:
        return compare_statements(request)
    except ModelError as error:  # both versions have been loaded already, so this is a limit
        return Claims((StatementChange(after.words, None, Fate.UNKNOWN, error.message),))


def _lost_proofs(subject: Subject, former: Version, latter: Version, limits: Limits) -> tuple[Finding, ...]:
    before, after = (
        prove(ProofsRequest(version.reference, memory=limits.memory), version.root) for version in (former, latter)
    )
    return tuple(lost(subject, before, after))
