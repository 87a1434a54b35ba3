"""The context that the functions of a cluster and their caller share: an array of 64-bit integers, by position.

The functions are compiled once for all clusters; what differs between two clusters is read from here. Addresses are
stored as integers, a field of the packed state as its word, its shift and its mask.
"""

from __future__ import annotations

# Requests of a function to its caller, which answers them and calls the function again.
(
    MISSING_CALL,  # the outcomes of a handler: node, local, event
    MISSING_HISTORY,  # a history after what clients saw: history, sightings
    MISSING_PUSH,  # a channel after a message: channel, queue, envelope
    MISSING_COPY,  # a channel whose first message is doubled: channel, queue
    MISSING_REST,  # a channel without its first message: channel, queue
    MISSING_VALUE,  # the value of a predicate: its number, and the state
    MISSING_EDGE,  # whether the model takes a step: from, to
    FULL_COUNT,  # a count of equal envelopes does not fit: a wider layout is needed
) = range(8)

MOST_MISSING = 1 << 10
"""The most requests at a time; what is left out is asked for again when the state is expanded again."""

UNKNOWN, IDLE = 0, -1
"""Entries of the table of calls: one that is not made yet, and one without effect. Calls are numbered from 1."""

SET, BAG, FIFO = range(3)

(
    WORDS,
    NODES,
    KIND,
    FIELDS,
    # fields of the state that are not there are -1
    HISTORY_FIELD,
    LAST_FIELD,
    CUT_FIELD,
    CHANNELS_FROM,
    CHANNELS,
    # the envelopes: the first word, the number of words, the bits of an envelope
    NET,
    NET_WORDS,
    COUNT_BITS,
    GHOST,
    # by node: addresses of its tables; of calls, rows of a stride, or a hash table where the stride is 0
    ENTRIES,
    STRIDES,
    ACTIVE,
    SPONTANEOUS_FIRST,
    SPONTANEOUS_COUNT,
    SPONTANEOUS,
    EVENT_BUDGET,
    EVENT_ACTION,
    # by envelope
    ENVELOPE_NODE,
    ENVELOPE_EVENT,
    # by cut: what passes, as masks of envelopes, or a word for each channel
    CUTS,
    PASSES,
    # calls and their outcomes
    CALL_FIRST,
    CALL_COUNT,
    ADDED,
    SET_BITS,
    SIGHTINGS,
    OUTCOME_BUDGET,
    PUSH_FIRST,
    PUSH_COUNT,
    PUSHES,
    # histories
    HISTORIES,
    HISTORY_STRIDE,
    # channels: of each the first envelope and the rest of a queue, and the queue after one more
    QUEUE_FIRST,
    QUEUE_REST,
    QUEUE_PUSH,
    QUEUE_COPY,
    # budgets: the field of each, and how much of it there is
    BUDGET_FIELD,
    BUDGET_MOST,
    # faults of the network: -1 where there is none, the number of its budget, or BUDGETLESS
    LOSS,
    COPY,
    CUT,
    LOSS_ACTION,
    COPY_ACTION,
    CUT_ACTION,
    HEAL_ACTION,
    # what is missing
    MISSING,
    MISSING_COUNT,
    MISSING_WIDTH,
    # predicates
    PREDICATES,
    PREDICATE_TABLES,
    CONSTRAINT,
    ABSTRACTION,
    # edges of the model
    EDGES,
    SIZE,
) = range(58)

# A hash table of values by key: of a predicate; or of pairs (steps of the model, what is appended to channels), whose
# keys are of one word.
(
    MASK,  # of the words of a state
    PROJECTIONS,  # for each node what a local state stands for, 0 where the node is not read
    KEY,  # room for one
    KEYS,
    VALUES,  # 0 where a slot is empty
    SLOTS,  # a power of two
    TABLE_SIZE,
) = range(7)

BUDGETLESS = 1 << 30
"""The budget of a fault that may happen any number of times; the numbers of budgets are all below."""

NEVER = BUDGETLESS + 1
"""The budget of a fault that may not happen at all."""
