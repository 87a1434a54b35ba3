"""What a model compiler hands to the native explorer: compiled C functions, by address."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Program"]


@dataclass(frozen=True)
class Program:
    """A model compiled to C functions over packed states.

    A state is `words` 64-bit words, and bit 0 of its first word is always 1. Every function takes raw
    pointers, sets ``status[0]`` to one of `assay.checker.engine.native.abi`'s ``STATUS_*``, and on an error
    ``status[1]`` to the index of the state and ``status[2]`` to the action or predicate.

    Attributes
    ----------
    words : int
        64-bit words a state.
    actions, predicates, step_predicates : int
        How many there are. A mask of predicates has a word for each 64 of them, and at least one.
    expand : int
        Address of ``int64 (uint64 *states, int64 count, uint64 *out, int32 *actions, int64 *ends, int64
        capacity, int64 *status)``: writes the successors of each state, in `ends` their number after it,
        and returns their number in all. Where those of a state do not fit, it completes the states before
        it, and says so in `status`; likewise where it sees the alarm, which is optional.
    inspect, within, terminal : int
        Addresses of ``int64 (uint64 *states, int64 count, uint64 *masks, int64 *status)``; 0 where the
        model has none. One mask a state: the predicates that fire; nonzero inside the state constraint;
        nonzero where stopping is fine.
    steps : int
        Address of ``int64 (uint64 *before, int64 count, uint64 *after, int64 *ends, uint64 *masks,
        int64 *status)``, or 0: for each successor the step predicates that fire. On an error ``status[1]`` is
        the successor.
    taken : int
        As `steps`, but a mask is nonzero where the step constraints let a step lead on; 0 where the model has none.
    context : int
        What every function finds in ``status[abi.CONTEXT]``.
    """

    words: int
    actions: int
    predicates: int
    step_predicates: int
    expand: int
    inspect: int = 0
    within: int = 0
    terminal: int = 0
    steps: int = 0
    taken: int = 0
    context: int = 0

    @property
    def mask_words(self) -> int:
        """Words of a mask that `inspect` writes."""
        return max(-(-self.predicates // 64), 1)

    @property
    def step_mask_words(self) -> int:
        """Words of a mask that `steps` writes."""
        return max(-(-self.step_predicates // 64), 1)
