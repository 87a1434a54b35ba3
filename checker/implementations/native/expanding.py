"""The successors of packed states: deliveries, timers, crashes, recoveries, and faults of the network.

What a handler does is looked up, never computed. An outcome consists of a difference to add to the state (the node's
new local state, spent budgets, more copies of envelopes) and of bits to set (envelopes on a set network). If an entry
is missing, everything that the state needs is requested, and the state is expanded again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.abi import STATUS_ERROR, STATUS_FULL
from assay.checker.engine.native.intrinsics import inlined, int32s, int64s, pointer_to, trailing_zeros, uint64s
from assay.checker.implementations.native import abi
from assay.checker.implementations.native.faulting import channel_faults, cuts, has_budget, network_faults
from assay.checker.implementations.native.packed import ask, context_of, field_of, paired, set_field
from numba import cfunc, types

__all__ = ["build_expand"]

_ONE = np.uint64(1)


@inlined
def _see(x: Any, out: Any, at: int, outcome: int) -> bool:
    """Append the events of clients to the history; return whether the result is in the tables."""
    sightings = np.int64(int32s(x[abi.SIGHTINGS])[outcome])
    if sightings == 0:
        return True
    history = field_of(x, out, at, x[abi.HISTORY_FIELD])
    # Entries are numbers from 1, and 0 for a missing one, so that zeroed memory is an empty table.
    after = np.int64(int32s(x[abi.HISTORIES])[history * x[abi.HISTORY_STRIDE] + sightings])
    if after == 0:
        ask(x, abi.MISSING_HISTORY, history, sightings, 0)
        return False
    set_field(x, out, at, x[abi.HISTORY_FIELD], after - 1)
    return True


@inlined
def _send(x: Any, out: Any, at: int, outcome: int, cut: int) -> bool:
    """Append messages to channels, or add copies to a bag; return whether the results are in the tables and fit."""
    number = outcome * x[abi.CUTS] + cut
    first = np.int64(int32s(x[abi.PUSH_FIRST])[number])
    last = first + np.int64(int32s(x[abi.PUSH_COUNT])[number])
    pushes = int32s(x[abi.PUSHES])
    known = True
    for i in range(first, last):
        place = np.int64(pushes[2 * i])
        what = np.int64(pushes[2 * i + 1])
        if x[abi.KIND] == abi.FIFO:
            field = x[abi.CHANNELS_FROM] + place
            queue = field_of(x, out, at, field)
            after = paired(int64s(int64s(x[abi.QUEUE_PUSH])[place]), queue, what)
            if after == 0:
                ask(x, abi.MISSING_PUSH, place, queue, what)
                known = False
            else:
                set_field(x, out, at, field, after - 1)
        else:
            bits = x[abi.COUNT_BITS]
            word = at + x[abi.NET] + place // (64 // bits)
            shift = np.uint64(place % (64 // bits) * bits)
            most = (_ONE << np.uint64(bits)) - _ONE
            count = (out[word] >> shift) & most
            if count + np.uint64(what) > most:
                ask(x, abi.FULL_COUNT, place, 0, 0)
                known = False
            else:
                out[word] += np.uint64(what) << shift
    return known


@inlined
def _outcome(x: Any, states: Any, base: int, out: Any, n: int, outcome: int, cut: int) -> Any:
    """Write the state after an outcome, without the messages and the events of clients."""
    words = x[abi.WORDS]
    pattern = (outcome * x[abi.CUTS] + cut) * words
    added = uint64s(x[abi.ADDED])
    bits = uint64s(x[abi.SET_BITS])
    at = n * words
    # One addition modulo 2^64 changes all fields of a word. An outcome holds the difference of each field, shifted to
    # its place; since the new value of every field fits it, the carries and borrows between fields cancel out.
    for word in range(words):
        out[at + word] = (states[base + word] + added[pattern + word]) | bits[pattern + word]
    return at


@inlined
def _entry(x: Any, node: int, local: int, event: int) -> Any:
    """Return the table entry of a call."""
    entries, stride = int64s(x[abi.ENTRIES])[node], int64s(x[abi.STRIDES])[node]
    is_in_rows = stride != 0
    found = np.int64(int32s(entries)[local * stride + event]) if is_in_rows else paired(int64s(entries), local, event)
    if found == abi.UNKNOWN:
        ask(x, abi.MISSING_CALL, node, local, event)
    return found


@inlined
def _room(x: Any, call: int) -> Any:
    """Return the number of outcomes of a call."""
    return np.int64(int32s(x[abi.CALL_COUNT])[call])


@inlined
def _take(x: Any, out: Any, at: int, envelope: int, field: int, rest: int) -> None:
    """Remove an envelope: from a channel, leaving `rest`, or one copy from a bag; record it as last if needed."""
    if x[abi.KIND] == abi.BAG:
        bits = x[abi.COUNT_BITS]
        out[at + x[abi.NET] + envelope // (64 // bits)] -= _ONE << np.uint64(envelope % (64 // bits) * bits)
    elif x[abi.KIND] == abi.FIFO:
        set_field(x, out, at, field, rest)
    if x[abi.LAST_FIELD] >= 0:
        set_field(x, out, at, x[abi.LAST_FIELD], envelope + 1)


@inlined
def _perform(
    x: Any,
    states: Any,
    base: int,
    out: Any,
    actions: Any,
    n: int,
    call: int,
    action: int,
    cut: int,
    envelope: int,
    field: int,
    rest: int,
) -> Any:
    """Write each outcome of a call, for which the buffer has room; envelope -1 stands for none."""
    first = np.int64(int32s(x[abi.CALL_FIRST])[call])
    for outcome in range(first, first + _room(x, call)):
        if not has_budget(x, states, base, np.int64(int32s(x[abi.OUTCOME_BUDGET])[outcome])):
            continue
        at = _outcome(x, states, base, out, n, outcome, cut)
        if envelope >= 0:
            _take(x, out, at, envelope, field, rest)
        seen = _see(x, out, at, outcome)
        sent = _send(x, out, at, outcome, cut)
        if seen and sent:
            actions[n] = action
            n += 1
    return n


@inlined
def _spontaneous(
    x: Any, states: Any, base: int, out: Any, actions: Any, n: int, capacity: int, node: int, cut: int
) -> Any:
    """Write the spontaneous steps of a node: timer, crash, recovery. Return -1 if the buffer is full."""
    local = field_of(x, states, base, node)
    first = np.int64(int32s(int64s(x[abi.SPONTANEOUS_FIRST])[node])[local])
    last = first + np.int64(int32s(int64s(x[abi.SPONTANEOUS_COUNT])[node])[local])
    events = int32s(int64s(x[abi.SPONTANEOUS])[node])
    for i in range(first, last):
        event = np.int64(events[i])
        if not has_budget(x, states, base, np.int64(int32s(int64s(x[abi.EVENT_BUDGET])[node])[event])):
            continue
        call = _entry(x, node, local, event)
        if call > 0:
            if n + _room(x, call) > capacity:
                return -1
            action = int32s(int64s(x[abi.EVENT_ACTION])[node])[event]
            n = _perform(x, states, base, out, actions, n, call, action, cut, -1, 0, 0)
    return n


@inlined
def _deliver(
    x: Any,
    states: Any,
    base: int,
    out: Any,
    actions: Any,
    n: int,
    capacity: int,
    envelope: int,
    cut: int,
    field: int,
    rest: int,
) -> Any:
    """Write the successors by the delivery of an envelope. Return -1 if the buffer is full."""
    node = np.int64(int32s(x[abi.ENVELOPE_NODE])[envelope])
    event = np.int64(int32s(x[abi.ENVELOPE_EVENT])[envelope])
    call = _entry(x, node, field_of(x, states, base, node), event)
    if call <= 0:
        return n
    if n + _room(x, call) > capacity:
        return -1
    action = int32s(int64s(x[abi.EVENT_ACTION])[node])[event]
    return _perform(x, states, base, out, actions, n, call, action, cut, envelope, field, rest)


@inlined
def _deliveries(x: Any, states: Any, base: int, out: Any, actions: Any, n: int, capacity: int, cut: int) -> Any:
    """Write the successors by the delivery of each envelope that has an effect and passes the cut."""
    nodes, net_words, bits = x[abi.NODES], x[abi.NET_WORDS], x[abi.COUNT_BITS]
    active_at = int64s(x[abi.ACTIVE])
    passes = uint64s(x[abi.PASSES])
    each = (_ONE << np.uint64(bits)) - _ONE
    # Delivering an envelope to which its node would not react is no step: masks skip these, 64 at a time.
    for word in range(net_words):
        present = states[base + x[abi.NET] + word] & passes[cut * net_words + word]
        if present == 0:
            continue
        active = np.uint64(0)
        for node in range(nodes):
            active |= uint64s(active_at[node])[field_of(x, states, base, node) * net_words + word]
        present &= active
        while present != 0:
            place = trailing_zeros(present) // bits
            present &= ~(each << np.uint64(place * bits))
            envelope = word * (64 // bits) + place
            n = _deliver(x, states, base, out, actions, n, capacity, envelope, cut, 0, 0)
            if n < 0:
                return n
    return n


@inlined
def _channels(x: Any, states: Any, base: int, out: Any, actions: Any, n: int, capacity: int, cut: int) -> Any:
    """Write the successors by deliveries and faults on each channel that is not empty."""
    passes = uint64s(x[abi.PASSES])
    for channel in range(x[abi.CHANNELS]):
        field = x[abi.CHANNELS_FROM] + channel
        queue = field_of(x, states, base, field)
        if queue == 0:
            continue
        envelope = np.int64(int32s(int64s(x[abi.QUEUE_FIRST])[channel])[queue])
        rest = np.int64(int32s(int64s(x[abi.QUEUE_REST])[channel])[queue]) - 1
        if rest < 0:
            ask(x, abi.MISSING_REST, channel, queue, 0)
            continue
        if passes[cut * x[abi.CHANNELS] + channel] != 0:
            n = _deliver(x, states, base, out, actions, n, capacity, envelope, cut, field, rest)
            if n < 0:
                return n
        if n + 2 > capacity:
            return -1
        n = channel_faults(x, states, base, out, actions, n, channel, rest)
    return n


@inlined
def _expand_one(x: Any, states: Any, base: int, out: Any, actions: Any, n: int, capacity: int) -> Any:
    cut = field_of(x, states, base, x[abi.CUT_FIELD]) if x[abi.CUTS] > 1 else np.int64(0)
    for node in range(x[abi.NODES]):
        n = _spontaneous(x, states, base, out, actions, n, capacity, node, cut)
        if n < 0:
            return n
    if x[abi.KIND] == abi.FIFO:
        n = _channels(x, states, base, out, actions, n, capacity, cut)
    else:
        n = _deliveries(x, states, base, out, actions, n, capacity, cut)
        if n >= 0:
            n = network_faults(x, states, base, out, actions, n, capacity)
    return cuts(x, states, base, out, actions, n, capacity, cut) if n >= 0 else n


def _expand(states: Any, count: int, out: Any, actions: Any, ends: Any, capacity: int, status: Any) -> Any:
    x = context_of(status)
    x[abi.MISSING_COUNT] = 0
    done = np.int64(0)
    for i in range(count):
        n = _expand_one(x, states, i * x[abi.WORDS], out, actions, done, capacity)
        # A state whose expansion lacks an entry is expanded again as a whole once the caller has supplied it.
        if n < 0 or x[abi.MISSING_COUNT] != 0:
            status[0] = STATUS_ERROR if x[abi.MISSING_COUNT] != 0 else STATUS_FULL
            status[1] = i
            return done
        done = n
        ends[i] = done
    return done


def build_expand() -> Any:
    """Compile the function that expands states, whose signature is that of a model's."""
    words, numbers, indices = pointer_to(types.uint64), pointer_to(types.int64), pointer_to(types.int32)
    signature = types.int64(words, types.int64, words, indices, numbers, types.int64, numbers)
    return cfunc(signature, error_model="numpy")(_expand)
