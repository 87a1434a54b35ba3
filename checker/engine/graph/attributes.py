"""The attributes that a state graph has in ``graph.graph``, however it was built."""

from __future__ import annotations

from typing import Any

from assay.checker.engine.limits import Stop
from assay.checker.engine.trace import Failed
from assay.checker.language.execution.instance import Instance

__all__ = ["describe"]


def describe(
    instance: Instance, stop: Stop | None = None, cut: int = 0, failure: Failed | None = None
) -> dict[str, Any]:
    """Return the attributes of an instance's state graph.

    Returns
    -------
    dict
        ``model``: the name of the model. ``parameters``: the settings of the instance, by name. ``instance``:
        the `Instance` itself. ``complete``: whether every reachable state is a node, and every step an edge.
        ``stop``: the `Stop` that says why not, or None. ``cut``: how many steps and initial states lead outside the
        state constraints, where nothing is explored. ``failure``: where the model's own code fails, or None. The
        graph adds ``initial``: its initial states.
    """
    return {
        "model": instance.specification.name,
        "parameters": instance.settings(),
        "instance": instance,
        "complete": stop is None and failure is None and not cut,
        "stop": stop,
        "cut": cut,
        "failure": failure,
    }
