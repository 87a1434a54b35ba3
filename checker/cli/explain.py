"""``assay explain RULE``: what a rule objects to, why, and what to do about it."""

from __future__ import annotations

from assay.checker.cli.form import deliver
from assay.checker.findings.levels import demand_rule
from assay.checker.findings.rules import RULES
from assay.checker.report.rules import explanation, overview
from assay.checker.verdicts import ExitStatus

__all__ = ["explain"]


def explain(rule: str | None = None, /) -> int:
    """Explain a rule: what it objects to, why, and what to do about it.

    Parameters
    ----------
    rule
        Its identifier (BEH001) or its name (behaviour-removed). Without one, all rules are listed.
    """
    deliver([*overview(RULES.values())] if rule is None else [*explanation(demand_rule(rule))], None)
    return ExitStatus.AS_CLAIMED
