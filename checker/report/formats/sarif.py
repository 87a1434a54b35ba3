"""SARIF 2.1.0, the format of code scanning: results with fingerprints, and counterexamples as code flows.

Source
    OASIS, *Static Analysis Results Interchange Format (SARIF) Version 2.1.0* (2020).
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assay.checker.errors import Location
from assay.checker.findings.finding import Finding, Step
from assay.checker.findings.rules import RULES, Level, Rule
from assay.checker.findings.survey import Survey
from assay.checker.report.formats.places import path_of, relative, uri
from assay.checker.verdicts import ExitStatus

__all__ = ["sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FINGERPRINT = "assay/v1"


def sarif(survey: Survey) -> str:
    """Return the findings of a run as a SARIF log."""
    told = (*survey.findings, *survey.unsaid)
    used = [rule for rule in RULES.values() if any(finding.rule is rule for finding in told)]
    index = {rule.identifier: number for number, rule in enumerate(used)}
    driver: dict[str, Any] = {"name": "assay", "rules": [_rule(rule) for rule in used]}
    if (known := _version()) is not None:
        driver["version"] = known
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(survey)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.rule.identifier]) for finding in told],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _version() -> str | None:
    try:
        return version("assay")
    except PackageNotFoundError:
        return None


def _invocation(survey: Survey) -> dict[str, Any]:
    # `executionSuccessful` is about the tool's own execution (SARIF 3.20.14): a run with findings was successful.
    done = survey.status in (ExitStatus.AS_CLAIMED, ExitStatus.FINDING)
    invocation: dict[str, Any] = {
        "commandLine": survey.again,
        "executionSuccessful": done,
        "exitCode": int(survey.status),
    }
    notes = [
        {"level": "error", "message": {"text": f"{checked.subject}: {checked.claim}: {checked.note or 'unknown'}"}}
        for checked in survey.checked
        if checked.status is ExitStatus.UNKNOWN
    ]
    notes += [] if survey.checked else [{"level": "error", "message": {"text": "nothing was checked"}}]
    return {**invocation, "toolExecutionNotifications": notes} if notes else invocation


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.identifier,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.reason},
        "help": {"text": f"What to do: {rule.remedy}."},
        "defaultConfiguration": {"level": _level(rule.level)},
    }


def _level(level: Level) -> str:
    return "none" if level is Level.OFF else level.value


def _result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule.identifier,
        "ruleIndex": index,
        "level": _level(finding.severity),
        "message": {"text": f"{finding.subject}: {finding.message}. What to do: {finding.remedy}."},
        "locations": [_location(finding)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
    }
    if finding.steps:
        flow = [_flow_location(finding, step, number) for number, step in enumerate(finding.steps)]
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    place = path_of(finding)
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.subject.name}]}
    if place is None:
        return logical
    # Code scanning requires a line: a result about a whole file is shown at its first.
    shown = place if place.line else replace(place, line=1)
    return {"physicalLocation": _physical(shown), **logical}


def _physical(place: Location) -> dict[str, Any]:
    artifact = {"uri": uri(place.file)}
    if relative(place.file) is not None:
        artifact["uriBaseId"] = "%SRCROOT%"
    region = {name: value for name, value in (("startLine", place.line), ("startColumn", place.column)) if value}
    return {"artifactLocation": artifact, **({"region": region} if place.line else {})}


def _flow_location(finding: Finding, step: Step, number: int) -> dict[str, Any]:
    place = step.location or path_of(finding)
    location: dict[str, Any] = {"message": {"text": step.words}}
    if place is not None:
        location["physicalLocation"] = _physical(place)
    return {"location": location, "executionOrder": number + 1}
