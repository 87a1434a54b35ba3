"""Types of which some codes stand for no value: such a code is never tried, chosen or counted.

A sequence inside a value has a field for each item, so a code with a gap stands for nothing; and a map to a type with a
single value has a bit for each key that is never 1.
"""

from __future__ import annotations

import pytest
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language import (
    Bag,
    Enum,
    Formula,
    Map,
    Model,
    Nat,
    Perm,
    Range,
    Seq,
    Set,
    Sort,
    action,
    always,
    eventually,
    frozen,
    happens,
    implies,
    invariant,
    record,
    require,
    temporal,
    weak,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict

from tests.checker.engine.test_engines_agree import assert_agreement


class Color(Enum):
    RED, BLUE = range(2)


class Node(Sort):
    """A node."""


class Value(Sort):
    """The only value."""


@record
class Word:
    letters: Seq[Color, 2]


@record
class Row:
    values: Map[Node, Value]


class SingleValue(Model):
    """A record of a map that can only be filled in one way."""

    default = {"Node": 2, "Value": 1}
    rows: Set[Row]

    @action
    def put(self, row: Row) -> None:
        self.rows.add(row)

    @invariant
    def at_most_one(self) -> bool:
        return len(self.rows) <= 1


class Chosen(Model):
    """Containers of words, chosen by actions: each value once, and nothing else."""

    words: Set[Word]
    count: Range[0, 7] = 0

    @action
    def take(self, some: Set[Word]) -> None:
        require(len(some) <= 2)
        self.words = some

    @action
    def take_longer(self, some: Set[Word]) -> None:
        require(all(len(word.letters) == 2 for word in some), len(some) == 1)
        self.words = some

    @action
    def exchange(self, by: Map[bool, Word]) -> None:
        self.words = {by[True], by[False]}

    @action
    def read(self, text: Seq[Word, 2]) -> None:
        self.count = len(text)
        self.words = set(text)

    @action
    def shake(self, bag: Bag[Word, 2]) -> None:
        self.count = len(bag)
        self.words = set(bag)


class Permuted(Model):
    """Sequences of permutations, of which none has the code 0 that stands where there is no item."""

    count: Range[0, 2] = 0
    written: bool = False

    @action
    def compare(self, some: Seq[Perm[Color], 2], other: Seq[Perm[Color], 2]) -> None:
        require(some == other)
        self.count = len(some)

    @action
    def find(self, some: Seq[Perm[Color], 2]) -> None:
        require(some == [frozen([Color.RED, Color.BLUE])])
        self.written = True


@pytest.mark.parametrize("model", [SingleValue, Chosen, Permuted])
def test_explorers_agree(model: type[Model]) -> None:
    instance = instantiate(specify(model))
    with instance.active():
        assert_agreement(instance)


class Talk(Model):
    """Words are told apart by a formula; the action after that is never enabled, so its fairness demands nothing."""

    check_deadlock = False
    fairness = (weak("never", each="number"),)
    last: Word | None
    is_on: bool = False

    @action
    def say(self, word: Word) -> None:
        self.last = word

    @action
    def never(self, number: Range[0, 9]) -> None:
        require(self.is_on)
        self.last = None

    @temporal
    def what_is_said_is_last(self, word: Word) -> Formula:
        return implies(always(eventually(happens(self.say, word=word))), always(eventually(self.last == word)))

    @temporal
    def blue_comes_again(self) -> Formula:
        return always(eventually(self.last == Word([Color.BLUE, Color.BLUE])))


def test_calls_are_not_taken_for_those_of_another_action() -> None:
    """Numbered by their codes, the last words would count as calls of `never`, and loops without them as unfair."""
    instance = instantiate(specify(Talk))
    verdicts = {one.name: one.verdict for one in check(instance).properties if one.kind.is_temporal}
    assert verdicts == {"what_is_said_is_last": Verdict.HOLDS, "blue_comes_again": Verdict.VIOLATED}
    with pytest.raises(Unsupported, match="calls of say are told apart by word, which is or holds a container"):
        check(instance, Options(Engine.NATIVE))


class Numbered(Model):
    """Calls that are told apart by a number without bounds, which is drawn from the state."""

    check_deadlock = False
    ids: Set[Nat] = {1}

    @action(fair="weak", each="i")
    def take(self, i: Nat) -> None:
        require(i in self.ids)
        self.ids.discard(i)

    @eventually
    def all_taken(self) -> bool:
        return len(self.ids) == 0


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_calls_are_not_told_apart_by_more_values_than_can_be_numbered(engine: Engine) -> None:
    with pytest.raises(ModelError, match="calls of take are told apart by i, which has more than 1,000,000 values"):
        check(instantiate(specify(Numbered)), Options(engine))
