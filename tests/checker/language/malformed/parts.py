"""Containers inside of values, and sequences that are computed: each class one way to be wrong, with its error."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from assay.checker.language import *


class Node(Sort):
    """A node."""


@record
class Note:
    """A message that carries containers."""

    log: Seq[Node, 2]
    seen: Set[Node]
    by: Map[Node, bool]


@record
class Kept:
    """A record that carries a map of sets."""

    held: Map[Node, Set[Node]]


class Base(Model):
    """What the others change."""

    default = {"Node": 2}
    flag: bool
    log: Seq[Node, 2]
    nodes: Set[Node]
    by: Map[Node, bool]
    bag: Bag[Node, 2]
    notes: Set[Note]
    pairs: Set[tuple[Node, Seq[Node, 2]]]
    sets: Set[Set[Node]]
    voters: Set[Node] | None = None

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class SetThatChangesAsElement(Base):
    @action
    def act(self) -> None:
        self.sets.add(self.nodes)
#                     ^ a Set[Node] that could be changed later cannot be part of a value
#                       help: frozen(self.nodes), unless one of its items is meant
#                       instead: self.sets.add(frozen(self.nodes))


class ListThatChangesInATuple(Base):
    @action
    def act(self, n: Node) -> None:
        self.pairs.add((n, self.log))
#                          ^ a Seq[Node, 2] that could be changed later cannot be part of a value
#                            help: frozen(self.log), unless one of its items is meant
#                            instead: self.pairs.add((n, frozen(self.log)))


class SetThatChangesAsAnOptional(Base):
    @action
    def act(self, n: Node) -> None:
        self.voters = {n}
#                     ^ a set of Node that could be changed later cannot be part of a value
#                       help: frozen({n}), unless one of its items is meant
#                       instead: self.voters = frozen({n})


class FrozenAsAVariable(Base):
    @action
    def act(self) -> None:
        self.nodes = frozen(self.nodes)
#                    ^ what is frozen cannot be changed later
#                      help: copy it: set(...), list(...)
#                      instead: self.nodes = set(self.nodes)


class ChangesAPart(Base):
    @action
    def act(self, n: Node) -> None:
        for note in self.notes:
            note.log.append(n)
#           ^ a Seq[Node, 2] has no method 'append' in the language
#             help: what is part of a value does not change: make a new one, and assign that


class ChangesAPartThatItShares(Base):
    @action
    def act(self, n: Node, note: Note) -> None:
        require(note in self.notes)
        self.log = note.log
#                  ^ log is changed in place in this action, too, and what is part of a value does not change
#                    help: copy it: list(...)
#                    instead: self.log = list(note.log)
        self.log.append(n)


class ChangesAMapThatItShares(Base):
    @action
    def act(self, n: Node, note: Note) -> None:
        require(note in self.notes)
        self.by = note.by
#                 ^ by is changed in place in this action, too, and what is part of a value does not change
#                   help: copy it: dict(...)
#                   instead: self.by = dict(note.by)
        self.by[n] = True


class ChangesAnEntryOfAMapOfSetsThatItShares(Base):
    held: Map[Node, Set[Node]]
    kept: Kept | None

    @action
    def act(self, n: Node) -> None:
        require(self.kept is not None)
        self.held = dict(self.kept.held)
#                   ^ held is changed in place in this action, too, and what is part of a value does not change
#                     help: copy it: {k: set(...[k]) for k in Node}
#                     instead: self.held = {k: set(self.kept.held[k]) for k in Node}
        self.held[n].add(n)


class ChangesAPartByAName(Base):
    @action
    def act(self, n: Node, note: Note) -> None:
        require(note in self.notes)
        seen = note.seen
        self.nodes = seen
#                    ^ nodes is changed in place in this action, too, and what is part of a value does not change
#                      help: copy it: set(...)
#                      instead: self.nodes = set(seen)
        self.grow(n)

    def grow(self, n: Node) -> None:
        self.nodes.add(n)


class ListAsASetField(Base):
    @action
    def act(self, n: Node) -> None:
        self.notes.add(Note([n], [n], self.by))
#                                ^ expected a Set[Node], found a list of Node
#                                  help: what can be run over becomes a set by set(...)
#                                  instead: self.notes.add(Note([n], set([n]), self.by))


class SetAsAListField(Base):
    @action
    def act(self, n: Node) -> None:
        self.notes.add(Note(self.nodes, {n}, self.by))
#                           ^ expected a Seq[Node, 2], found a Set[Node]
#                             help: a set has no order; write [a, b], a slice, or [... for ... in ...] over what has an order
#                             instead: self.notes.add(Note([n], {n}, self.by))


class PartOfAMap(Base):
    @action
    def act(self, n: Node) -> None:
        self.notes.add(Note([n], {n}, {m: True for m in self.nodes}))
#                                                       ^ this is not all of Node, and a map has a value at every key
#                                                         help: for m in Node
#                                                         instead: self.notes.add(Note([n], {n}, {m: True for m in Node}))


class ListOfASet(Base):
    @action
    def act(self) -> None:
        self.log = [n for n in self.nodes]
#                              ^ a Set[Node] has no order, and a list has one
#                                help: write a set: {...}, or run over what has an order: an Order, range(...), sorted(...)
#                                instead: self.nodes = {n for n in self.nodes}


class ZipsSets(Base):
    @invariant
    def claim(self) -> bool:
        return all(a == b for a, b in zip(self.nodes, self.log, strict=False))
#                                         ^ zip takes what has an order, found a Set[Node]
#                                           help: a sequence has one, an Order, range(...), and sorted(...) of numbers or elements of an Order
#                                           instead: return all(a in Node and i < 9 for i, a in zip(range(2), self.log, strict=False))


class ZipsStrictly(Base):
    @invariant
    def claim(self) -> bool:
        return all(a == b for a, b in zip(self.log, self.log, strict=True))
#                                                                    ^ strict=True has no place here
#                                                                      help: require that the lengths are equal
#                                                                      instead: return all(a == b for a, b in zip(self.log, self.log))


class EnumeratesIntoOneName(Base):
    @invariant
    def claim(self) -> bool:
        return all(x in Node for i, j, x in enumerate(self.log))
#                                ^ enumerate gives 2 items at a time
#                                  help: name each: for i, x in enumerate(...)
#                                  instead: return all(x in Node for i, x in enumerate(self.log))


class AddsAListToASet(Base):
    @action
    def act(self) -> None:
        self.log = self.log + self.nodes
#                             ^ + joins sequences and adds numbers, found a Set[Node]
#                               help: sets are joined by |


class UnpacksASet(Base):
    @action
    def act(self, n: Node) -> None:
        self.log = [n, *self.nodes]
#                      ^ * takes a sequence here, found a Set[Node]
#                        help: sets have no order


class LeastOfASetByKey(Base):
    @invariant
    def claim(self) -> bool:
        return max(self.notes, key=lambda note: len(note.log)) in self.notes
#              ^ in a Set[Note] several elements may have the same key, and none of them is the first
#                help: take any, in an action: choose(note for note in self.notes if len(note.log) == max(len(note.log) for note in self.notes)); ask about each, in a property: all(... for note in self.notes if len(note.log) == max(len(note.log) for note in self.notes))
#                instead: return all(note in self.notes for note in self.notes if len(note.log) == max(len(note.log) for note in self.notes))


class KeyThatIsNoLambda(Base):
    @invariant
    def claim(self) -> bool:
        return max([1, 2], key=len) == 2
#                              ^ a key is a lambda of one parameter here
#                                help: key=lambda entry: entry.term
#                                instead: return max([1, 2], key=lambda n: n) == 2


class FirstOfASet(Base):
    @invariant
    def claim(self) -> bool:
        return next((n for n in self.nodes), None) is None
#                   ^ a Set[Node] has no order, so none of its elements is the first
#                     help: choose(x for x in ... if ...) takes any, in an action


class SortsByAKey(Base):
    @invariant
    def claim(self) -> bool:
        return sorted([2, 1], key=lambda n: n) == [2, 1]
#                                 ^ key= is not part of the language here
#                                   help: sort numbers, or the elements of an Order


class SortsBackwards(Base):
    @invariant
    def claim(self) -> bool:
        return sorted([2, 1], reverse=self.flag) == [2, 1]
#                                     ^ reverse= is True or False here
#                                       help: sorted(xs, reverse=True) if ... else sorted(xs)
#                                       instead: return (sorted([2, 1], reverse=True) if self.flag else sorted([2, 1])) == [2, 1]


class CopyOfAMapByName(Base):
    @action
    def act(self, n: Node) -> None:
        old = dict(self.by)
#             ^ dict(...) has no place here
#               help: a map is copied where it is assigned: self.m = dict(self.other)
        self.flag = old[n]


class PairsOfItemsAsAValue(Base):
    @invariant
    def claim(self) -> bool:
        return zip(self.log, self.log) == []
#              ^ zip(...) has no place here
#                help: run over it, for a, b in zip(self.log, self.log); or make a list of it: list(zip(self.log, self.log))
#                instead: return all(a == b for a, b in zip(self.log, self.log))


class NameOfASequenceInTheState(Base):
    @action
    def act(self, n: Node) -> None:
        old = self.log
#             ^ this name would be the container in the state itself, not a copy
#               help: copy it: list(self.log)
#               instead: old = list(self.log)
        self.log.append(n)
        self.flag = n in old


class NameOfABagInTheState(Base):
    @action
    def act(self, n: Node) -> None:
        old, seen = self.bag, set(self.nodes)
#                   ^ this name would be the container in the state itself, not a copy
#                     help: bags have no copies: use it where it is
        self.flag = n in old and n in seen


class OneOfAListAndASet(Base):
    @invariant
    def claim(self) -> bool:
        return len(self.log if self.flag else self.nodes) < 3
#                  ^ one branch is a Seq[Node, 2], the other a Set[Node]
#                    help: both must be sets, or both lists


class OneOfTwoListsThatMayRaise(Base):
    @invariant
    def claim(self) -> bool:
        return len([self.log[0]] if self.flag else self.log) < 3
#                  ^ a sequence that may raise is not chosen inside an expression, where both are looked at
#                    help: guard each of its items, as in [x for x in ... if ...] or self.q[:1]
#                    instead: return len(self.log[:1] if self.flag else self.log) < 3


class ItemsOfOneOfTwoSharedLists(Base):
    others: Seq[Node, 2]

    @action
    def act(self) -> None:
        self.others = self.log if self.flag else self.log[1:]
#                     ^ this would make two variables share one container
#                       help: copy it: list(self.log)
#                       instead: self.others = list(self.log) if self.flag else self.log[1:]


class SetInATupleOfNoStatedType(Base):
    @action
    def act(self, n: Node) -> None:
        pair = ({n}, n)
#               ^ expected a single value, found a set of Node
#                 help: frozen({n}), where that is to be a part of the value
#                 instead: pair = (frozen({n}), n)


class AddsToASetOfARecord(Base):
    @action
    def act(self, n: Node) -> None:
        for note in self.notes:
            note.seen.add(n)
#           ^ a Set[Node] has no method 'add' in the language
#             help: what is part of a value does not change: make a new one, and assign that


class AssignsAnEntryOfARecord(Base):
    @action
    def act(self, n: Node) -> None:
        for note in self.notes:
            note.by[n] = True
#           ^ a Map[Node, bool] has no entries to assign to
#             help: what is part of a value does not change: make a new one, and assign that


class CopiesAListOfARecord(Base):
    @action
    def act(self) -> None:
        note = choose(self.notes)
        self.log = note.log.copy()
#                  ^ a Seq[Node, 2] has no method 'copy' whose value could be used
#                    help: copy it: list(note.log)
#                    instead: self.log = list(note.log)


class CopiesAComputedList(Base):
    @action
    def act(self) -> None:
        self.log = self.log[1:].copy()
#                  ^ a list of Node has no method 'copy' whose value could be used
#                    help: copy it: list(self.log[1:])
#                    instead: self.log = list(self.log[1:])


class TakesFromAComputedList(Base):
    @action
    def act(self) -> None:
        n = len(self.log) + self.log[1:].pop()
#                           ^ a list of Node has no method 'pop' whose value could be used
#                             help: it has count, index


class CopiesAMap(Base):
    @invariant
    def claim(self, n: Node) -> bool:
        return self.by.copy()[n]
#              ^ a Map[Node, bool] has no method 'copy' whose value could be used
#                help: it is copied where it is assigned: self.m = dict(self.by)
#                instead: return self.by[n]


class CopiesABag(Base):
    @action
    def act(self, n: Node) -> None:
        require(n in self.bag.copy())
#                    ^ a Bag[Node, 2] has no method 'copy' whose value could be used
#                      help: it is copied where it is assigned: self.bag = Bag(self.bag)
#                      instead: require(n in self.bag)


class JoinsMaps(Base):
    @action
    def act(self) -> None:
        require(any((self.by | self.by)[n] for n in Node))
#                    ^ expected a set, found a Map[Node, bool]
#                      help: a map is joined entry by entry: {k: ... for k in K}
#                      instead: self.by = {k: self.by[k] or k in self.nodes for k in Node}
