"""Levels that a project gives to rules: to one by its identifier, to all of a kind by their three letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assay.checker.errors import UsageError
from assay.checker.findings.finding import Finding
from assay.checker.findings.rules import RULES, Level, Rule
from assay.checker.wording import nearest

__all__ = ["demand_rule", "leveled", "levels"]


def levels(given: Mapping[str, str]) -> Mapping[str, Level]:
    """Return the levels by which a project overrides those of the rules.

    A rule's own identifier goes before its kind, whichever stands first.

    Raises
    ------
    UsageError
        If there is no such rule or level, or the rule's level cannot be lowered.
    """
    chosen: dict[str, Level] = {}
    for name in sorted(given, key=len):
        level = _level(name, given[name])
        if name.upper() in RULES:
            _demand_configurable(RULES[name.upper()], level)
            chosen[name.upper()] = level
            continue
        kind = [rule for rule in RULES.values() if len(name) == 3 and rule.identifier.startswith(name.upper())]
        if not kind:
            raise _unknown(name)
        chosen |= {rule.identifier: level for rule in kind if rule.is_configurable}
    return chosen


def leveled(findings: Iterable[Finding], chosen: Mapping[str, Level]) -> tuple[Finding, ...]:
    """Return the findings at the levels that were chosen, without those that are off."""
    at = (replace(found, level=chosen.get(found.rule.identifier, found.level)) for found in findings)
    return tuple(found for found in at if found.severity is not Level.OFF)


def demand_rule(identifier: str) -> Rule:
    """Return the rule of an identifier, or of a name.

    Raises
    ------
    UsageError
        If there is none; the nearest is named.
    """
    found = RULES.get(identifier.upper()) or next((r for r in RULES.values() if r.name == identifier.lower()), None)
    if found is None:
        raise _unknown(identifier)
    return found


def _level(name: str, value: str) -> Level:
    try:
        return Level(value)
    except ValueError:
        known = [level.value for level in Level]
        raise UsageError(
            f"{name} = {value!r} is no level{nearest(str(value), known)}", help=f"a level is one of {', '.join(known)}"
        ) from None


def _demand_configurable(rule: Rule, level: Level) -> None:
    if not rule.is_configurable and level is not Level.ERROR:
        raise UsageError(
            f"{rule.identifier} ({rule.name}) is always an error: what is unknown, or unread, is never green",
            help=rule.remedy,
        )


def _unknown(name: str) -> UsageError:
    known = [*RULES, *(rule.name for rule in RULES.values())]
    return UsageError(f"there is no rule {name!r}{nearest(name, known)}", help="assay explain lists all rules")
