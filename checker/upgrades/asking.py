"""Check rolling upgrades in a process of their own, so that this one need not import an explorer."""

from __future__ import annotations

from pathlib import Path

from assay.checker.changes.processes import ask
from assay.checker.upgrades.answers import Upgrade, UpgradeRequest

__all__ = ["upgrade_clusters", "upgrade_models"]


def upgrade_clusters(request: UpgradeRequest) -> Upgrade:
    """Check the rolling upgrade from one version of an implementation to another, in a process of its own.

    Raises
    ------
    AssayError
        If a version is malformed, or the two do not fit together.
    """
    return _asked("assay.checker.upgrades.clusters", request)


def upgrade_models(request: UpgradeRequest) -> Upgrade:
    """Check the rolling upgrade from one version of a model to another, in a process of its own.

    Raises
    ------
    AssayError
        If a version is malformed, or the two do not fit together.
    """
    return _asked("assay.checker.upgrades.models", request)


def _asked(module: str, request: UpgradeRequest) -> Upgrade:
    return ask(
        module,
        request,
        Upgrade,
        subject=f"{request.before.words} -> {request.after.words}",
        root=Path(request.after.root),
        seconds=None if request.seconds is None else 3 * request.seconds,  # the mixture, and each version alone
    )
