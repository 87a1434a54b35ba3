"""The hash table of the kernel: exact, open addressing, four bytes per entry.

States are kept in a *log*, in the order in which they were found; the table holds their positions. An entry is ``tag |
id + 1``: the bits that ids leave free hold bits of the hash, so a probe that meets another state hardly ever has to
look at the log. The slot of a hash is ``hash * size >> 64`` (Lemire 2016, *A fast alternative to the modulo
reduction*), so a table can have any size.

A successor costs two cache misses, one for the entry and one for the state it names. A whole batch incurs them
together, so that they overlap: `locate` prefetches all entries, `scout` reads them and prefetches all states, and only
then `settle` compares.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.abi import (
    CANDIDATES,
    DISTINCT,
    ID_MASK,
    LOG,
    PLACES,
    REBUILD_WINDOW,
    RECENT,
    RECENT_STATES,
    SUCCESSORS,
    TABLE,
    TABLE_SIZE,
    TAGS,
)
from assay.checker.engine.native.intrinsics import (
    high_product,
    inlined,
    int64s,
    prefetch,
    uint32s,
    uint64s,
)

__all__ = ["locate", "rebuild", "scout", "settle", "sift", "take_all"]

# Odd constants from splitmix64 and wyhash.
_SEED = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)
_SEATS = np.uint64(RECENT_STATES - 1)


@inlined
def _hash(states: Any, start: int, words: int) -> Any:
    mixed: Any = _SEED
    for i in range(words):
        mixed = mixed ^ states[start + i]
        mixed = high_product(mixed, _FIRST) ^ (mixed * _FIRST)
    return (mixed ^ (mixed >> _HALF)) * _SECOND


@inlined
def _same_state(left: Any, i: int, right: Any, j: int, words: int) -> bool:
    for word in range(words):  # noqa: SIM110 - Numba compiles this loop, and not `all`
        if left[i + word] != right[j + word]:
            return False
    return True


@inlined
def sift(c: Any, words: int, total: int) -> Any:
    """Make candidates of the successors, except for those seen a moment ago; return their number.

    In a breadth-first search most successors are self-loops, or were just reached by the same actions in another order.
    The loop does not branch on which ones those are, because the processor could not predict it: it writes every
    successor as a candidate, and lets the next one overwrite a repetition.
    """
    successors = uint64s(c[SUCCESSORS])
    recent = uint64s(c[RECENT])
    candidates = int64s(c[CANDIDATES])
    places = int64s(c[PLACES])
    tags = uint32s(c[TAGS])
    size = np.uint64(c[TABLE_SIZE])
    count = 0
    for k in range(total):
        mixed = _hash(successors, k * words, words)
        seat = np.int64((mixed >> _HALF) & _SEATS) * words
        differs = np.uint64(0)
        for word in range(words):
            differs |= recent[seat + word] ^ successors[k * words + word]
            recent[seat + word] = successors[k * words + word]
        candidates[count] = k
        places[count] = np.int64(high_product(mixed, size))
        tags[count] = np.uint32(mixed)
        count += differs != 0
    return count


@inlined
def take_all(c: Any, words: int, total: int) -> Any:
    """Make candidates of all successors."""
    successors = uint64s(c[SUCCESSORS])
    candidates = int64s(c[CANDIDATES])
    places = int64s(c[PLACES])
    tags = uint32s(c[TAGS])
    size = np.uint64(c[TABLE_SIZE])
    for k in range(total):
        mixed = _hash(successors, k * words, words)
        candidates[k] = k
        places[k] = np.int64(high_product(mixed, size))
        tags[k] = np.uint32(mixed)
    return total


@inlined
def locate(c: Any, count: int) -> None:
    """Prefetch the cache lines where the candidates' probes start."""
    places = int64s(c[PLACES])
    table = c[TABLE]
    for j in range(count):
        prefetch(table + 4 * places[j])


@inlined
def scout(c: Any, words: int, count: int) -> None:
    """Advance each probe to an entry that is empty or has the tag, and prefetch the state it names."""
    places = int64s(c[PLACES])
    tags = uint32s(c[TAGS])
    table = uint32s(c[TABLE])
    size = c[TABLE_SIZE]
    log = c[LOG]
    id_mask = np.uint64(c[ID_MASK])
    tag_mask = ~id_mask & np.uint64(0xFFFFFFFF)
    for j in range(count):
        place = places[j]
        tag = np.uint64(tags[j])
        entry = np.uint64(table[place])
        while entry != 0 and (entry ^ tag) & tag_mask != 0:
            place += 1
            if place == size:
                place = 0
            entry = np.uint64(table[place])
        places[j] = place
        if entry != 0:
            prefetch(log + 8 * words * (np.int64(entry & id_mask) - 1))


@inlined
def settle(c: Any, words: int, j: int) -> Any:
    """Return the slot of candidate `j`: that of its entry, or the empty one where it belongs."""
    place = int64s(c[PLACES])[j]
    tag = np.uint64(uint32s(c[TAGS])[j])
    k = int64s(c[CANDIDATES])[j]
    table = uint32s(c[TABLE])
    size = c[TABLE_SIZE]
    id_mask = np.uint64(c[ID_MASK])
    tag_mask = ~id_mask & np.uint64(0xFFFFFFFF)
    log = uint64s(c[LOG])
    successors = uint64s(c[SUCCESSORS])
    while True:
        entry = np.uint64(table[place])
        if entry == 0:
            return place
        if (entry ^ tag) & tag_mask == 0:
            id = np.int64(entry & id_mask) - 1
            if _same_state(log, id * words, successors, k * words, words):
                return place
        place += 1
        if place == size:
            place = 0


@inlined
def rebuild(c: Any, words: int) -> int:
    """Enter every state of the log into an empty table; they are known to differ."""
    log = uint64s(c[LOG])
    places = int64s(c[PLACES])
    tags = uint32s(c[TAGS])
    table = uint32s(c[TABLE])
    size = np.uint64(c[TABLE_SIZE])
    id_mask = np.uint64(c[ID_MASK])
    tag_mask = ~id_mask & np.uint64(0xFFFFFFFF)
    distinct = c[DISTINCT]
    for first in range(0, distinct, REBUILD_WINDOW):
        last = min(first + REBUILD_WINDOW, distinct)
        for id in range(first, last):
            mixed = _hash(log, id * words, words)
            place: Any = np.int64(high_product(mixed, size))
            prefetch(c[TABLE] + 4 * place)
            places[id - first] = place
            tags[id - first] = np.uint32(mixed)
        for id in range(first, last):
            place = places[id - first]
            while table[place] != 0:
                place += 1
                if place == np.int64(size):
                    place = 0
            table[place] = np.uint32((np.uint64(tags[id - first]) & tag_mask) | np.uint64(id + 1))
    return 0
