"""The control block that the kernel and its caller share: an array of 64-bit integers, by position.

The kernel is compiled once for all models, so everything that differs between two runs is read from here.
Addresses are stored as integers.
"""

from __future__ import annotations

# What a function of a compiled model leaves in status[0].
STATUS_DONE, STATUS_FULL, STATUS_ERROR = range(3)

# What the kernel returns: why it came back.
(
    PAUSED,  # the budget of this slice is spent
    EXHAUSTED,  # every stored state is expanded
    DEPTH_REACHED,  # the next level is beyond max depth
    STATES_REACHED,  # a new state would be one more than max states
    NEED_ROOM,  # log and table must hold at least NEEDED more states
    NEED_BUFFER,  # the successors of one state do not fit
    STOPPED,  # something that ends the search was found
    FAULT,  # the model has no meaning here: see FAULT_*
    CONTINUE,  # inside the kernel only
) = range(9)

# Which function of the model a fault comes from.
FAULT_EXPAND, FAULT_INSPECT, FAULT_WITHIN, FAULT_TERMINAL, FAULT_STEPS = range(5)

RECENT_STATES = 1 << 10
"""Successors that the kernel remembers, to pass over a repetition without a look at the table."""

NONE = 0xFFFFFFFF
"""The parent of an initial state; therefore a run stores at most NONE - 1 states."""

(
    WORDS,
    # functions of the model
    EXPAND,
    INSPECT,
    WITHIN,
    TERMINAL,
    STEPS,
    # the log: states in breadth-first order, and the parent of each
    LOG,
    PARENTS,
    LOG_CAPACITY,
    # the table: an entry is (tag | id + 1), and 0 is empty
    TABLE,
    TABLE_SIZE,
    ID_MASK,
    # successors of a batch
    SUCCESSORS,
    ACTIONS,
    ENDS,
    CAPACITY,
    CANDIDATES,
    PLACES,
    TAGS,
    MASKS,
    OUTSIDE,
    STATUS,
    RECENT,
    # work: initial states in the successor buffer, states a batch, states a slice; limits
    SEEDS,
    BATCH,
    BUDGET,
    MAX_STATES,
    MAX_DEPTH,
    # counts
    DISTINCT,
    EXPANDED,
    GENERATED,
    DEPTH,
    LEVEL_END,
    FIRED,
    DISCOVERED,
    NEEDED,
    # findings: masks, then for each predicate where it first fired, as the parent's id and the state
    STOP_ON,
    STOP_ON_STEPS,
    CHECK_DEADLOCK,
    STOP_ON_DEADLOCK,
    FOUND,
    FOUND_PARENT,
    FOUND_STATE,
    FOUND_STEPS,
    STEP_PARENT,
    STEP_STATE,
    DEADLOCK,
    # a fault: which function, the parent's id and the state, the action or predicate
    FAULT_KIND,
    FAULT_PARENT,
    FAULT_STATE,
    FAULT_INDEX,
    # the second pass over a finished search
    EDGES,
    EDGE_TARGETS,
    EDGE_ACTIONS,
    EDGE_INDPTR,
    FIELDS,
) = range(56)
