"""Steps of the network: loss, duplication, cuts and healing; and the budgets of faults."""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.intrinsics import inlined, int32s, int64s, trailing_zeros
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.packed import ask, field_of, set_field

__all__ = ["channel_faults", "cuts", "has_budget", "network_faults"]

_ONE = np.uint64(1)


@inlined
def copy_state(x: Any, states: Any, base: int, out: Any, n: int) -> Any:
    words = x[abi.WORDS]
    for word in range(words):
        out[n * words + word] = states[base + word]
    return n * words


@inlined
def has_budget(x: Any, states: Any, base: int, budget: int) -> Any:
    """Return whether a budget is not used up yet."""
    if budget >= abi.BUDGETLESS:
        return budget == abi.BUDGETLESS
    used = field_of(x, states, base, int64s(x[abi.BUDGET_FIELD])[budget])
    return used < int64s(x[abi.BUDGET_MOST])[budget]


@inlined
def spend(x: Any, states: Any, base: int, budget: int) -> None:
    if budget < abi.BUDGETLESS:
        field = int64s(x[abi.BUDGET_FIELD])[budget]
        set_field(x, states, base, field, field_of(x, states, base, field) + 1)


@inlined
def network_faults(x: Any, states: Any, base: int, out: Any, actions: Any, n: int, capacity: int) -> Any:
    """Write the loss, and the duplication, of each envelope."""
    net_words, bits = x[abi.NET_WORDS], x[abi.COUNT_BITS]
    loses = x[abi.LOSS] >= 0 and has_budget(x, states, base, x[abi.LOSS])
    copies = x[abi.COPY] >= 0 and has_budget(x, states, base, x[abi.COPY])
    if not (loses or copies):
        return n
    each = (_ONE << np.uint64(bits)) - _ONE
    for word in range(net_words):
        present = states[base + x[abi.NET] + word]
        while present != 0:
            place = trailing_zeros(present) // bits
            shift = np.uint64(place * bits)
            count = (present >> shift) & each
            present &= ~(each << shift)
            if n + 2 > capacity:
                return -1
            if loses:
                at = copy_state(x, states, base, out, n)
                out[at + x[abi.NET] + word] -= _ONE << shift
                spend(x, out, at, x[abi.LOSS])
                actions[n] = x[abi.LOSS_ACTION]
                n += 1
            if copies:
                if count == each:
                    ask(x, abi.FULL_COUNT, word * (64 // bits) + place, 0, 0)
                else:
                    at = copy_state(x, states, base, out, n)
                    out[at + x[abi.NET] + word] += _ONE << shift
                    spend(x, out, at, x[abi.COPY])
                    actions[n] = x[abi.COPY_ACTION]
                    n += 1
    return n


@inlined
def channel_faults(x: Any, states: Any, base: int, out: Any, actions: Any, n: int, channel: int, rest: int) -> Any:
    """Write the loss, and the duplication, of the first message of a channel, for which the buffer has room."""
    field = x[abi.CHANNELS_FROM] + channel
    if x[abi.LOSS] >= 0 and has_budget(x, states, base, x[abi.LOSS]):
        at = copy_state(x, states, base, out, n)
        set_field(x, out, at, field, rest)
        spend(x, out, at, x[abi.LOSS])
        actions[n] = x[abi.LOSS_ACTION]
        n += 1
    if x[abi.COPY] >= 0 and has_budget(x, states, base, x[abi.COPY]):
        queue = field_of(x, states, base, field)
        after = np.int64(int32s(int64s(x[abi.QUEUE_COPY])[channel])[queue])
        if after == 0:
            ask(x, abi.MISSING_COPY, channel, queue, 0)
        else:
            at = copy_state(x, states, base, out, n)
            set_field(x, out, at, field, after - 1)
            spend(x, out, at, x[abi.COPY])
            actions[n] = x[abi.COPY_ACTION]
            n += 1
    return n


@inlined
def cuts(x: Any, states: Any, base: int, out: Any, actions: Any, n: int, capacity: int, cut: int) -> Any:
    """Write each cut that may begin, or the end of the present one."""
    if x[abi.CUTS] == 1:
        return n
    if n + x[abi.CUTS] > capacity:
        return -1
    if cut != 0:
        at = copy_state(x, states, base, out, n)
        set_field(x, out, at, x[abi.CUT_FIELD], 0)
        actions[n] = x[abi.HEAL_ACTION]
        return n + 1
    if has_budget(x, states, base, x[abi.CUT]):
        for side in range(1, x[abi.CUTS]):
            at = copy_state(x, states, base, out, n)
            set_field(x, out, at, x[abi.CUT_FIELD], side)
            spend(x, out, at, x[abi.CUT])
            actions[n] = x[abi.CUT_ACTION]
            n += 1
    return n
