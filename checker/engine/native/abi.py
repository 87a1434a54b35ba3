"""The control block that the kernel and its caller share: an array of 64-bit integers, each at a fixed index.

The kernel is compiled once for all models, so it reads everything that differs between two runs from here. Addresses
are stored as integers.
"""

from __future__ import annotations

# What a function of a compiled model leaves in status[0].
# STATUS_ASKED: it saw the alarm in status[ALARM] and returned before it had completed the state (of `STEPS`: the
# successor) in status[1].
STATUS_DONE, STATUS_FULL, STATUS_ERROR, STATUS_ASKED = range(4)

ALARM = 3
"""The index in a status of the word that another thread sets to call the kernel back to Python."""

CONTEXT = 4
"""The index in a status of the address of data that the functions of a program share; 0 if there is none."""

# What the kernel returns: the reason it came back.
(
    PAUSED,  # the alarm went off
    SEEDED,  # the caller's states are stored
    EXHAUSTED,  # every stored state is expanded
    DEPTH_REACHED,  # the next level is beyond max depth
    STATES_REACHED,  # a new state would be one more than max states
    NEED_ROOM,  # log and table must hold at least NEEDED more states
    NEED_BUFFER,  # the successors of one state do not fit
    STOPPED,  # something that ends the search was found
    FAILURE,  # machine code has no answer here: see FAILURE_*
    ASKED,  # the alarm went off while a batch was judged: nothing of the batch is stored or counted
    CONTINUE,  # inside the kernel only
) = range(11)

# Which function of a compiled model has no answer.
FAILURE_EXPAND, FAILURE_INSPECT, FAILURE_WITHIN, FAILURE_TERMINAL, FAILURE_STEPS, FAILURE_TAKEN = range(6)

RECENT_STATES = 1 << 10
"""How many recent successors the kernel remembers, so that it can skip a repetition without looking at the table. A
power of two, because bits of the hash choose the seat."""

REBUILD_WINDOW = 256
"""How many states have their slots prefetched together when the table is filled again; the buffers of a batch always
have room for this many."""

NONE = 0xFFFFFFFF
"""The parent of an initial state. No state can have this id, so a run stores at most this many states."""

TAKEN = -1
"""The value of SEEDS once the seeds are stored, until the kernel has returned SEEDED."""

(
    WORDS,
    # functions of the model
    EXPAND,
    INSPECT,
    WITHIN,
    TERMINAL,
    STEPS,
    TAKEN_STEPS,
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
    # work: how many states the caller put into the successor buffer, the state that they are successors of (NONE for
    # initial states), and whether everything but the properties of states is already judged; states per batch; limits
    SEEDS,
    SEEDS_OF,
    JUDGED,
    BATCH,
    MAX_STATES,
    MAX_DEPTH,
    # counts
    DISTINCT,
    EXPANDED,
    INSPECTED,
    GENERATED,
    CUT,
    DEPTH,
    LEVEL_END,
    FIRED,
    DISCOVERED,
    NEEDED,
    EXCESS,
    ENDED,
    # findings: the words of a mask of predicates; then for each, where it first fired: the parent's id, and the state
    MASK_WORDS,
    STEP_MASK_WORDS,
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
    # a failure: which function, the parent's id and the state, the action or predicate
    FAILURE_KIND,
    FAILURE_PARENT,
    FAILURE_STATE,
    FAILURE_INDEX,
    # the second pass over a finished search
    EDGES,
    EDGE_TARGETS,
    EDGE_ACTIONS,
    EDGE_INDPTR,
    EDGE_LACKING,
    EDGE_OUTSIDE,  # the target of a step to a state that is not stored, plus one; 0 where such steps are left out
    FIELDS,
) = range(66)
