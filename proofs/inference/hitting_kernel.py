"""The search for minimal hitting sets, compiled by Numba; `hitting` passes it the address of a control block.

A depth-first search branches on the atoms of the first row that is not hit yet. An atom branched on before is forbidden
in the sibling branches, so no set is found twice. The smallest rows come first, as they have the fewest branches. The
others are checked by columns, 64 rows at a time: a set that hits the small rows usually hits nearly all, and the row
that it misses is found in a fraction of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from assay.checker.engine.native.intrinsics import inlined, int64s, pointer_to, trailing_zeros, uint64s
from numba import cfunc, types

__all__ = ["build_hitting"]

(
    ROWS,  # address of the smallest rows
    COUNT,  # how many these are
    WORDS,  # words of a row
    ALLOWED,  # address of the atoms that may be chosen, as a row
    HEAVY,  # address of the heavy ones, of which a set has one at most
    COSTS,  # address of the cost of each atom
    BUDGET,  # what a set may cost at the moment, at first what it costs at least
    BUDGETS,  # what it may cost at most
    MOST,  # how many atoms it may have
    LIMIT,  # how many sets to find
    STEPS,  # how many rows to look at
    FOUND,  # address of the sets: MOST atoms each, the rest -1
    STACK,  # address of 3 rows for each level: chosen, forbidden, to branch on
    NUMBERS,  # address of 3 numbers for each level: row, cost, heavy ones
    RESULT,  # how many sets were found
    KNOWN,  # address of the rows that the rows are differences to
    PLACE,  # address of the row that they are differences from
    KNOWNS,  # how many known rows there are
    COLUMNS,  # address of the known rows by atom: bit i % 64 of word i // 64 of a column is that of row i
    BLOCKS,  # words of a column
) = range(20)

ABSORBING = 24
"""How many of the smallest rows have their supersets dropped, which pays only for the first ones."""

_ONE, _NONE = np.uint64(1), np.uint64(0)


@inlined
def _first_unhit(c: Any, chosen: int, start: int) -> int:
    """Return the first of the smallest rows from `start` on that has none of the atoms that are chosen."""
    rows, stack, words = uint64s(c[ROWS]), uint64s(c[STACK]), c[WORDS]
    row = start
    while row < c[COUNT]:
        hit = _NONE
        for word in range(words):
            hit |= rows[row * words + word] & stack[chosen + word]
        if hit == _NONE:
            break
        row += 1
    c[STEPS] -= row - start
    return row


@inlined
def _missed(c: Any, chosen: int, block: int) -> Any:
    """Return the first known row, from a block on, that differs from the place in none of the atoms that are chosen.

    If there is none, the number of blocks times 64.
    """
    columns, stack, place, words = uint64s(c[COLUMNS]), uint64s(c[STACK]), uint64s(c[PLACE]), c[WORDS]
    found, start = 64 * c[BLOCKS], block
    while block < c[BLOCKS]:
        left = ~_NONE
        if 64 * block + 64 > c[KNOWNS]:
            left = (_ONE << np.uint64(c[KNOWNS] - 64 * block)) - _ONE
        for word in range(words):
            bits = stack[chosen + word]
            while bits != _NONE:
                bit = bits & (~bits + _ONE)
                column = columns[(64 * word + trailing_zeros(bits)) * c[BLOCKS] + block]
                if place[word] & bit != _NONE:
                    left &= column
                else:
                    left &= ~column
                bits ^= bit
        if left != _NONE:
            found = 64 * block + trailing_zeros(left)
            break
        block += 1
    c[STEPS] -= block - start
    return found


@inlined
def _common(c: Any, level: int, row: int) -> None:
    """Of the atoms to branch on, keep those that are in every row, from `row` on, that no chosen atom hits."""
    rows, stack, words = uint64s(c[ROWS]), uint64s(c[STACK]), c[WORDS]
    base = 3 * level * words
    left = _ONE
    while row < c[COUNT] and left != _NONE:
        hit = _NONE
        for word in range(words):
            hit |= rows[row * words + word] & stack[base + word]
        if hit == _NONE:
            left = _NONE
            for word in range(words):
                stack[base + 2 * words + word] &= rows[row * words + word]
                left |= stack[base + 2 * words + word]
        row += 1
        c[STEPS] -= 1


@inlined
def _report(c: Any, level: int) -> None:
    """Write down the atoms that are chosen at a level."""
    stack, found = uint64s(c[STACK]), int64s(c[FOUND])
    base, place = 3 * level * c[WORDS], c[RESULT] * c[MOST]
    for index in range(c[MOST]):
        found[place + index] = -1
    for word in range(c[WORDS]):
        bits = stack[base + word]
        while bits != _NONE:
            found[place] = 64 * word + trailing_zeros(bits)
            bits &= bits - _ONE
            place += 1
    c[RESULT] += 1


@inlined
def _enter(c: Any, level: int) -> bool:
    """Find the first row not hit at a level, and record the atoms to branch on; return whether there are any."""
    rows, stack, allowed, numbers = uint64s(c[ROWS]), uint64s(c[STACK]), uint64s(c[ALLOWED]), int64s(c[NUMBERS])
    known, place = uint64s(c[KNOWN]), uint64s(c[PLACE])
    words, base = c[WORDS], 3 * level * c[WORDS]
    if numbers[3 * level] < c[COUNT]:
        row = _first_unhit(c, base, numbers[3 * level])
        numbers[3 * level] = row
        if row < c[COUNT]:
            if level == c[MOST]:
                return False
            for word in range(words):
                free = allowed[word] & ~stack[base + words + word]
                stack[base + 2 * words + word] = rows[row * words + word] & free
            if level + 1 == c[MOST]:
                _common(c, level, row)
            return True
    # Beyond the smallest rows, the number of a level's row counts blocks of all known rows.
    missed = _missed(c, base, numbers[3 * level] - c[COUNT])
    numbers[3 * level] = c[COUNT] + missed // 64
    if missed == 64 * c[BLOCKS]:
        if numbers[3 * level + 1] == c[BUDGET]:  # cheaper ones were found before
            _report(c, level)
        return False
    if level == c[MOST]:
        return False
    for word in range(words):
        free = allowed[word] & ~stack[base + words + word]
        stack[base + 2 * words + word] = (known[missed * words + word] ^ place[word]) & free
    return True


@inlined
def _next(c: Any, level: int) -> Any:
    """Return the next atom to branch on at a level, which later branches must not choose; -1 if there is none."""
    stack, words = uint64s(c[STACK]), c[WORDS]
    base = 3 * level * words
    for word in range(words):
        bits = stack[base + 2 * words + word]
        if bits != _NONE:
            bit = bits & (~bits + _ONE)
            stack[base + 2 * words + word] = bits ^ bit
            stack[base + words + word] |= bit
            return 64 * word + trailing_zeros(bit)
    return -1


@inlined
def _choose(c: Any, level: int, atom: int) -> bool:
    """Choose an atom at a level for the one below it, if the budget allows it; return whether it does."""
    stack, numbers, words = uint64s(c[STACK]), int64s(c[NUMBERS]), c[WORDS]
    word, bit = atom >> 6, _ONE << np.uint64(atom & 63)
    cost = numbers[3 * level + 1] + int64s(c[COSTS])[atom]
    heavy = numbers[3 * level + 2] + np.int64((uint64s(c[HEAVY])[word] & bit) != _NONE)
    if cost > c[BUDGET] or heavy > 1:
        return False
    base, below = 3 * level * words, 3 * (level + 1) * words
    for index in range(2 * words):
        stack[below + index] = stack[base + index]
    stack[below + word] |= bit
    numbers[3 * level + 3], numbers[3 * level + 4], numbers[3 * level + 5] = numbers[3 * level], cost, heavy
    return True


def _search(c: Any) -> int:
    """Write hitting sets, cheapest first; return 1 if the step limit cut the search off."""
    c[RESULT] = 0
    while c[BUDGET] <= c[BUDGETS] and c[RESULT] < c[LIMIT]:
        _clear(c)
        level = -1
        if _enter(c, 0):
            level = 0
        while level >= 0 and c[RESULT] < c[LIMIT]:
            atom = _next(c, level)
            if atom < 0:
                level -= 1
                continue
            c[STEPS] -= 1
            if c[STEPS] < 0:
                return 1
            if _choose(c, level, atom) and _enter(c, level + 1):
                level += 1
        c[BUDGET] += 1
    return 0


@inlined
def _clear(c: Any) -> None:
    """Choose nothing and forbid nothing at the first level."""
    stack, numbers = uint64s(c[STACK]), int64s(c[NUMBERS])
    for word in range(2 * c[WORDS]):
        stack[word] = _NONE
    for index in range(3):
        numbers[index] = 0


@inlined
def _bits(word: Any) -> Any:
    """Return how many bits of a word are set (Warren, *Hacker's Delight*, figure 5-2)."""
    word = word - ((word >> _ONE) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _size(c: Any, row: int) -> int:
    known, place = uint64s(c[KNOWN]), uint64s(c[PLACE])
    size = 0
    for word in range(c[WORDS]):
        size += _bits(known[row * c[WORDS] + word] ^ place[word])
    return size


def _differ(c: Any) -> int:
    """Fill in the rows: the atoms in which known rows differ from a place, only the smallest sets, in order.

    Returns 0, with none filled in, if a known row does not differ at all. The numbers, which
    sort the rows by counting, have room for each size and one more.
    """
    known, place, rows, numbers = uint64s(c[KNOWN]), uint64s(c[PLACE]), uint64s(c[ROWS]), int64s(c[NUMBERS])
    words, most = c[WORDS], 64 * c[WORDS]
    for size in range(most + 2):
        numbers[size] = 0
    for row in range(c[KNOWNS]):
        size = _size(c, row)
        if size == 0:
            return 0
        numbers[size + 1] += 1
    for size in range(most + 1):
        numbers[size + 1] += numbers[size]
    for row in range(c[KNOWNS]):
        size = _size(c, row)
        to = numbers[size]
        numbers[size] += 1
        if to < c[COUNT]:
            for word in range(words):
                rows[to * words + word] = known[row * words + word] ^ place[word]
    row = 0
    while row < c[COUNT] and row < ABSORBING:
        _absorb(c, row)
        row += 1
    return 1


@inlined
def _absorb(c: Any, row: int) -> None:
    """Drop the later rows that contain a given one: whatever hits it hits them too."""
    rows, words, to = uint64s(c[ROWS]), c[WORDS], row + 1
    for other in range(row + 1, c[COUNT]):
        outside = _NONE
        for word in range(words):
            outside |= rows[row * words + word] & ~rows[other * words + word]
        if outside != _NONE:
            for word in range(words):
                rows[to * words + word] = rows[other * words + word]
            to += 1
    c[COUNT] = to


def build_hitting() -> dict[str, Any]:
    """Compile ``differ`` and ``hitting``, which take the address of a control block."""
    signature = types.int64(pointer_to(types.int64))
    return {
        "differ": cfunc(signature, error_model="numpy")(_differ),
        "hitting": cfunc(signature, error_model="numpy")(_search),
    }
