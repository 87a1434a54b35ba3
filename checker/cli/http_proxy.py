"""``assay run round_robin --backend http``: the balancer as an HTTP reverse proxy, under load and faults."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.checker.cli import units
from assay.checker.cli.form import deliver
from assay.checker.cli.output import destination
from assay.checker.errors import InputError, UsageError
from assay.checker.outputs import JSON_VERSION, as_json
from assay.checker.report.parts import STYLE
from assay.checker.verdicts import Verdict, exit_status
from rich.text import Text

if TYPE_CHECKING:
    from assay.impl.http_proxy.trial import Plan, Trial

__all__ = ["run"]

_PROTOCOL = "round_robin"


def run(
    protocol: str,
    nodes: int | None,
    requests: int | None,
    faults: str,
    duration: str,
    seed: int,
    folder: str | None,
    form: str,
    output: str | None,
) -> int:
    """Try the proxy and report."""
    from assay.impl.http_proxy.trial import Plan, carry_out

    if protocol != _PROTOCOL:
        raise UsageError(f"--backend http runs {_PROTOCOL}, and not {protocol}")
    chosen = Plan(
        Path(folder) if folder else Path(tempfile.mkdtemp(prefix="assay-proxy-")),
        backends=_at_least_one("nodes", nodes, 3),
        requests=_at_least_one("requests", requests, 2000),
        faults=_faults(faults),
        seed=seed,
        deadline=units.duration("--duration", duration),
    )
    with destination(output) as file:
        try:
            trial = asyncio.run(carry_out(chosen))
        except OSError as error:
            raise InputError(f"the proxy cannot be tried: {error}") from None
        verdict = Verdict.HOLDS if trial.is_as_claimed else Verdict.VIOLATED
        command = shlex.join(_words(chosen))
        deliver(_json(chosen, trial, verdict, command) if form == "json" else [*_text(trial, verdict, command)], file)
        return exit_status([verdict])


def _at_least_one(name: str, value: int | None, default: int) -> int:
    if value is not None and value < 1:
        raise UsageError(f"--{name} {value}: expected a number from 1")
    return default if value is None else value


def _faults(text: str) -> Sequence[str]:
    from assay.impl.http_proxy.trial import FAULTS

    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FAULTS:
            raise UsageError(f"--faults {name}: with --backend http there is {', '.join(FAULTS)}")
    return names


def _words(plan: Plan) -> list[str]:
    words = ["assay", "run", _PROTOCOL, "--backend", "http", "--nodes", str(plan.backends)]
    words += ["--requests", str(plan.requests), "--duration", f"{plan.deadline:g}s", "--seed", str(plan.seed)]
    return [*words, "--faults", ",".join(plan.faults)] if plan.faults else words


def _text(trial: Trial, verdict: Verdict, command: str) -> Iterator[Text]:
    yield Text("round_robin as an HTTP reverse proxy", style="bold")
    shares = ", ".join(f"{name} {count}" for name, count in sorted(trial.by.items()))
    yield Text(f"  {trial.sent:,} requests in {trial.seconds:.1f} s; answered by {shares or 'nobody'}")
    if trial.done:
        yield Text(f"  faults: {', '.join(f'{count} x {fault}' for fault, count in sorted(trial.done.items()))}")
    for status, count in sorted(trial.refused.items()):
        yield Text(f"  not answered by a backend: {count}, {f'status {status}' if status else 'connection lost'}")
    for what, keys in (("lost", trial.lost), ("executed twice", trial.twice)):
        if keys:
            yield Text(f"  {what}: {', '.join(keys[:10])}{', ...' if len(keys) > 10 else ''}", style=STYLE[verdict])
    yield Text(_sentence(trial), style=STYLE[verdict])
    yield Text(f"  reproduce: {command}")


def _sentence(trial: Trial) -> str:
    if trial.is_as_claimed:
        return f"as claimed: all {trial.sent:,} requests were answered, and each had its effect once"
    return (
        f"violated: of {trial.sent:,} requests {trial.sent - trial.answered:,} were not answered, "
        f"{len(trial.lost):,} had no effect, {len(trial.twice):,} more than one"
    )


def _json(plan: Plan, trial: Trial, verdict: Verdict, command: str) -> str:
    record: dict[str, Any] = {
        "version": JSON_VERSION,
        "protocol": _PROTOCOL,
        "backend": "http",
        "verdict": verdict.value,
        "backends": plan.backends,
        "sent": trial.sent,
        "answered": trial.answered,
        "refused": {str(status): count for status, count in trial.refused.items()},
        "lost": trial.lost,
        "twice": trial.twice,
        "faults": dict(trial.done),
        "by": dict(trial.by),
        "seconds": round(trial.seconds, 3),
        "command": command,
    }
    return as_json(record)
