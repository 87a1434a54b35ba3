"""How a world of a cluster is packed into 64-bit words.

There is a field for the local state of each node, each channel, each budget, the history, the cut, and the envelope
that was delivered last, each by number. Whole words follow: bits or counts for the envelopes on a set or bag network,
and bits for everything ever sent. How many local states there are is not known in advance: when a layout is full, the
search starts again with a wider one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

__all__ = ["Field", "Full", "Sizes", "WorldLayout", "demand_room"]

_WORD = 64  # bits


class Full(Exception):
    """Raised when the layout has no room for another value."""


def demand_room(count: int, room: int) -> None:
    """Raise `Full` if there is more of something than the layout has room for."""
    if count > room:
        raise Full


@dataclass(frozen=True)
class Sizes:
    """How many values of each part a layout has room for.

    Attributes
    ----------
    locals : tuple of int
        Local states of each node.
    queues : tuple of int
        Contents of each channel.
    envelopes : int
        Different envelopes.
    copies : int
        Copies of each envelope on a bag; 1 on a set.
    histories : int
        Histories; 0 if no client is observed.
    budgets : tuple of int
        The value of each budget.
    cuts : int
        Cuts of the network.
    in_words : bool
        Whether there are bits for the envelopes in flight, as on a set or bag.
    ghosts : bool
        Whether there are bits for all that was ever sent.
    remembers_last : bool
        Whether the envelope that was delivered last has a field.
    """

    locals: tuple[int, ...]
    queues: tuple[int, ...] = ()
    envelopes: int = 64
    copies: int = 1
    histories: int = 0
    budgets: tuple[int, ...] = ()
    cuts: int = 0
    in_words: bool = True
    ghosts: bool = False
    remembers_last: bool = False

    def at_least(self, needed: Sizes) -> Sizes:
        """Return sizes with room for what is needed, and at least twice that for parts that still grow.

        States consist of whole words, so bits that would be unused are given to the local states.
        """
        roomy = replace(
            needed,
            locals=tuple(map(_roomy, self.locals or (0,) * len(needed.locals), needed.locals)),
            queues=tuple(_roomy(0, queues) for queues in needed.queues),
            # Envelopes take a bit or more each, not the logarithm: an eighth more, and what fills the last word.
            envelopes=max(self.envelopes, -(-needed.envelopes * 9 // 8 // _WORD) * _WORD),
            copies=max(self.copies, needed.copies),
            histories=_roomy(self.histories, needed.histories) if needed.histories else 0,
        )
        return replace(roomy, locals=tuple(size << WorldLayout(roomy).spare_bits for size in roomy.locals))


def _roomy(there: int, needed: int) -> int:
    """Return the present size if it suffices, otherwise the next power of two from twice the need."""
    return there if needed <= there else 1 << (2 * needed - 1).bit_length()


@dataclass(frozen=True)
class Field:
    """A bit field of a word."""

    word: int
    shift: int
    mask: int


@dataclass(frozen=True)
class WorldLayout:
    """The places of all parts of a world, for given sizes."""

    sizes: Sizes

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields: nodes, channels, budgets, then the history, the cut and the last envelope if there are any."""
        sizes = self.sizes
        most = [*sizes.locals, *sizes.queues, *(budget + 1 for budget in sizes.budgets)]
        most += [size for size in (sizes.histories, sizes.cuts and sizes.cuts + 1, self._lasts) if size]
        found: list[Field] = []
        free = [1]  # bit 0 of the first word is set in every state
        for values in most:
            width = max((values - 1).bit_length(), 1)
            word = next((word for word, used in enumerate(free) if used + width <= _WORD), len(free))
            free += [0] * (word + 1 - len(free))
            found.append(Field(word, free[word], (1 << width) - 1))
            free[word] += width
        return tuple(found)

    @property
    def spare_bits(self) -> int:
        """The bits by which the field of each node may grow without another word."""
        free = _WORD * self.net - 1 - sum(field.mask.bit_length() for field in self.fields)
        return free // len(self.sizes.locals) if self.net == 1 else 0

    @property
    def _lasts(self) -> int:
        return self.sizes.envelopes + 1 if self.sizes.remembers_last else 0

    @property
    def channels_from(self) -> int:
        """The field of the first channel."""
        return len(self.sizes.locals)

    @property
    def budgets_from(self) -> int:
        """The field of the first budget."""
        return self.channels_from + len(self.sizes.queues)

    @property
    def history(self) -> int:
        """The field of the history, or -1."""
        return self.budgets_from + len(self.sizes.budgets) if self.sizes.histories else -1

    @property
    def cut(self) -> int:
        """The field of the cut, or -1."""
        return self.budgets_from + len(self.sizes.budgets) + bool(self.sizes.histories) if self.sizes.cuts else -1

    @property
    def last(self) -> int:
        """The field of the envelope that was delivered last, or -1."""
        return len(self.fields) - 1 if self.sizes.remembers_last else -1

    @cached_property
    def net(self) -> int:
        """The first word of the envelopes."""
        return 1 + max(field.word for field in self.fields)

    @property
    def count_bits(self) -> int:
        """The bits for the copies of an envelope: a divisor of 64, so that no count spans two words."""
        bits = self.sizes.copies.bit_length()
        return 1 << (bits - 1).bit_length()

    @property
    def net_words(self) -> int:
        """The number of words for envelopes in flight."""
        return -(-self.sizes.envelopes * self.count_bits // _WORD) if self.sizes.in_words else 0

    @property
    def ghost(self) -> int:
        """The first word of the envelopes that were ever sent, or -1 if these are not kept."""
        return self.net + self.net_words if self.sizes.ghosts else -1

    @property
    def ghost_words(self) -> int:
        """The number of words for the envelopes that were ever sent."""
        return -(-self.sizes.envelopes // _WORD) if self.sizes.ghosts else 0

    @cached_property
    def words(self) -> int:
        """The number of words of a state."""
        return self.net + self.net_words + self.ghost_words

    def place(self, envelope: int) -> tuple[int, int]:
        """Return the word and the shift of an envelope in flight."""
        each = _WORD // self.count_bits
        return self.net + envelope // each, envelope % each * self.count_bits

    def ghost_place(self, envelope: int) -> tuple[int, int]:
        """Return the word and the shift of an envelope among those that were ever sent."""
        return self.ghost + envelope // _WORD, envelope % _WORD
