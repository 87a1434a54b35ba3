"""Warnings that accompany a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checker.engine.exploration import Exploration
from assay.checker.language.kinds import ASSERTIONS

__all__ = ["warnings_about"]


def warnings_about(exploration: Exploration) -> Iterator[str]:
    """Yield what limits an exploration, or was slow in it, a sentence each."""
    if exploration.failure is not None:
        yield "the model's own code fails, too: what is not violated was not decided"
    elif exploration.handed_over and ASSERTIONS not in exploration.found:
        yield (
            f"{exploration.handed_over:,} states were expanded by the interpreter, which is slow: a number is on the "
            "way outside of the range it is packed in"
        )
    if exploration.refused:
        yield f"explored by the reference, which is slow: {exploration.refused}"
    if exploration.distinct == 0 and exploration.stop is None:
        some = "no initial state satisfies the constraints" if exploration.generated else "there is no initial state"
        yield f"nothing was explored: {some}"
    if exploration.cut and exploration.is_exhaustive:
        yield "exhaustive inside the state constraint only; states outside were checked, not explored"
    for order in exploration.order_limits:
        yield f"the greatest {order} of this instance was used: one with more of them may show more"
