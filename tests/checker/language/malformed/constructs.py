"""Constructs of Python that are not part of the language."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

import dataclasses
from typing import Annotated

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN = range(2)


class Base(Model):
    """What the others change."""

    default = {"Node": 3}
    flag: bool
    count: Annotated[int, Range(0, 3)] = 0
    color: Color = Color.RED
    nodes: Set[Node]
    leader: Node | None
    colors: Map[Node, Color] = everywhere(Color.RED)
    queue: Seq[Node, 2]

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class While(Base):
    @action
    def act(self) -> None:
        while self.flag:
#       ^ `while` is not part of the language
#         help: loop over a sort, a set or range(...)
#         instead: for n in Node:
            self.flag = False


class Try(Base):
    @action
    def act(self) -> None:
        try:
#       ^ `try` is not part of the language
#         help: say with require when an action can happen
            self.flag = True
        except ValueError:
            pass


class With(Base):
    @action
    def act(self) -> None:
        with open("x"):
#       ^ `with` is not part of the language
#         help: an action is one atomic step: do without files, locks and the like
            pass


class Lambda(Base):
    @action
    def act(self) -> None:
        self.flag = (lambda: True)()
#                    ^ a lambda is not part of the language
#                      help: define a function
#                      instead: self.flag = True


class FString(Base):
    @action
    def act(self) -> None:
        require(f"{self.flag}" == "True")
#               ^ an f-string is not part of the language
#                 help: use an Enum for names


class Text(Base):
    @action
    def act(self) -> None:
        require(self.color == "red")
#                             ^ 'red' is not a value of the language
#                               help: use an Enum for names


class Float(Base):
    @action
    def act(self) -> None:
        require(self.count < 0.5)
#                            ^ 0.5 is not a value of the language
#                              help: numbers are whole


class DictionaryDisplay(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors = {n: Color.RED}
#                     ^ a map is assigned by a comprehension over all its keys
#                       help: {k: ... for k in Node}
#                       instead: self.colors = {k: Color.RED for k in Node}


class DictionaryAsValue(Base):
    @invariant
    def claim(self) -> bool:
        return {1: True}[1]
#              ^ a dictionary written out is not part of the language
#                help: a Map has a value for every key: {k: ... for k in K}


class Walrus(Base):
    @invariant
    def claim(self) -> bool:
        return (x := self.flag) or x
#               ^ := is not part of the language
#                 help: assign the name before; in a comprehension, write the value out each time
#                 instead: x = self.flag
#                 instead: return x or x


class Delete(Base):
    @action
    def act(self, n: Node) -> None:
        del self.flag
#       ^ `del` is not part of the language
#         help: assign what is left of it, or what stands for none


class AssertWithAValue(Base):
    @action
    def act(self) -> None:
        assert self.flag, self.count
#                         ^ what an assertion says is a text between quotes
#                           help: assert x <= y, "x is beyond y"
#                           instead: assert self.flag, "count"


class AssertInAnInitialState(Base):
    @initial
    def start(self) -> None:
        self.flag = True
        assert self.flag
#       ^ an assertion is about states that are reached, and here is none yet
#         help: make it an invariant


class AssertInAnAxiom(Base):
    @axiom
    def enough(self) -> bool:
        assert len(Node) > 0
#       ^ an assertion is about states that are reached, and here is none yet
#         help: make it an invariant
        return True


class AssertInAHelperThatGivesASet(Base):
    def others(self, n: Node) -> set[Node]:
        assert n in self.nodes
#              ^ a helper that gives a set takes and names simple values only
#                help: name this before the call
        return {m for m in self.nodes if m != n}

    @action
    def act(self, n: Node) -> None:
        self.nodes = self.others(n)


class Raise(Base):
    @action
    def act(self) -> None:
        raise ValueError
#       ^ `raise` is not part of the language
#         help: use require
#         instead: require(False)


class NestedFunction(Base):
    @action
    def act(self) -> None:
        def inner():
#       ^ a function inside a method is not part of the language
#         help: define it at the top of the module or in the class
            return True

        self.flag = inner()


class NestedClass(Base):
    @action
    def act(self) -> None:
        class Inner:
#       ^ a class inside a method is not part of the language
#         help: define it at the top of the module
            pass


class ImportInside(Base):
    @action
    def act(self) -> None:
        import math
#       ^ `import` inside a method is not part of the language
#         help: import at the top of the module


class FromImportInside(Base):
    @action
    def act(self) -> None:
        from math import floor
#       ^ `import` inside a method is not part of the language
#         help: import at the top of the module


counter = 0


class Global(Base):
    @action
    def act(self) -> None:
        global counter
#       ^ `global` is not part of the language
#         help: all state is in the variables of the model
        counter = 1


class Async(Base):
    @action
    async def act(self) -> None:
#   ^ act is a coroutine or generator; an action is one atomic step
#     help: do without async, await and yield
        self.flag = True


class Yield(Base):
    @action
    def act(self) -> None:
#   ^ act is a coroutine or generator; an action is one atomic step
#     help: do without async, await and yield
        self.flag = True
        yield


class AsyncComprehension(Base):
    @invariant
    async def claim(self) -> bool:
#   ^ claim is a coroutine or generator; an invariant is evaluated at once
#     help: do without async, await and yield
        return True


def pair(first_, second):
    return first_ == second


class StarredArguments(Base):
    @invariant
    def claim(self) -> bool:
        return pair(*(self.leader, self.leader))
#              ^ * and ** are not part of the language
#                help: write the arguments out
#                instead: return pair(self.leader, self.leader)


class DoubleStarredArguments(Base):
    @invariant
    def claim(self) -> bool:
        return pair(**{})
#              ^ * and ** are not part of the language
#                help: write the arguments out


class SliceWithStep(Base):
    @action
    def act(self) -> None:
        self.queue = self.queue[::2]
#                    ^ a slice with a step is not part of the language
#                      help: [x for i, x in enumerate(self.queue) if i % 2 == 0]
#                      instead: self.queue = [x for i, x in enumerate(self.queue) if i % 2 == 0]


class SlicesBackwardsFromAPlace(Base):
    @action
    def act(self) -> None:
        self.queue = self.queue[1::-1]
#                    ^ a slice with a step is not part of the language
#                      help: [x for i, x in enumerate(self.queue) if i % 2 == 0]
#                      instead: self.queue = self.queue[::-1]


class LooksBehindAPlace(Base):
    @action
    def act(self, n: Node) -> None:
        require(n in self.queue[1:])
        self.count = self.queue.index(n, 1)
#                    ^ index takes what is looked for, and nothing else, here
#                      help: look in a slice, and add what it leaves out: 1 + self.queue[1:].index(...)
#                      instead: self.count = 1 + self.queue[1:].index(n)


class NumbersTwoSequences(Base):
    @invariant
    def claim(self) -> bool:
        return all(i < 9 for i, n in enumerate(self.queue, self.queue, 1))
#                                    ^ enumerate takes one sequence here, and where to start
#                                      help: enumerate(self.log, 1)
#                                      instead: return all(i < 9 for i, n in enumerate(self.queue, 1))


class NumbersFromAVariable(Base):
    @invariant
    def claim(self) -> bool:
        return all(i < 9 for i, n in enumerate(self.queue, self.count))
#                                                          ^ what enumerate starts at is a number that is written out, or a constant of the model
#                                                            help: add it where the number is used: i + start
#                                                            instead: return all(i + self.count < 9 for i, n in enumerate(self.queue))


class Division(Base):
    @action
    def act(self) -> None:
        self.count = self.count / 2
#                    ^ / is not part of the language
#                      help: possible are +, -, *, //, %, **
#                      instead: self.count = self.count // 2


class PowerThatVaries(Base):
    @action
    def act(self) -> None:
        self.count = 2**self.count
#                       ^ an exponent is a number that is written out, or a constant of the class or module
#                         help: choose among powers: 1 if k == 0 else 2 if k == 1 else 4; or make the power itself a parameter
#                         instead: self.count = 1 if self.count == 0 else 2 if self.count == 1 else 4


class PowerInPlaceThatVaries(Base):
    @action
    def act(self) -> None:
        self.count **= self.count
#                      ^ an exponent is a number that is written out, or a constant of the class or module
#                        help: choose among powers: 1 if k == 0 else 2 if k == 1 else 4; or make the power itself a parameter
#                        instead: self.count **= 2


class PowerOfATruthValue(Base):
    @action
    def act(self) -> None:
        self.count = self.flag**2
#                    ^ the base of ** must be an int, found a bool
#                      help: 1 if ... else 0
#                      instead: self.count = self.count**2


class PowerByATruthValue(Base):
    @action
    def act(self) -> None:
        self.count = 2**self.flag
#                       ^ the exponent of ** must be an int, found a bool
#                         help: 1 if ... else 0
#                         instead: self.count = 2**1


class DivisionInPlace(Base):
    @action
    def act(self) -> None:
        self.count /= 2
#       ^ /= is not part of the language
#         help: possible are +=, -=, *=, //=, %=, **=
#         instead: self.count //= 2


class NegativePower(Base):
    @action
    def act(self) -> None:
        self.count = 2**-3
#                       ^ a power with a negative exponent is a fraction
#                         help: divide: 1 // 2 ** 3
#                         instead: self.count = 1 // 2 ** 3


class HighPower(Base):
    @action
    def act(self) -> None:
        self.count = self.count**65
#                                ^ the exponent of what varies is at most 64
#                                  help: write smaller powers, and their product
#                                  instead: self.count = self.count**2 * self.count**3


class PowerBeyondStates(Base):
    @action
    def act(self) -> None:
        self.count = 2**2000
#                    ^ the power has more than 1,024 bits
#                      help: no state holds such numbers: write a smaller one
#                      instead: self.count = 2**2


class Invert(Base):
    @action
    def act(self) -> None:
        self.count = ~self.count
#                    ^ ~ is not part of the language
#                      help: possible are not and -
#                      instead: self.count = -self.count


class UnaryPlus(Base):
    @action
    def act(self) -> None:
        self.count = +self.count
#                    ^ unary + is not part of the language
#                      help: leave it out
#                      instead: self.count = self.count


class AddsToASet(Base):
    @action
    def act(self) -> None:
        self.nodes += {n for n in Node}
#       ^ this operator does not change a set
#         help: possible are |=, -=, &= and ^=
#         instead: self.nodes |= {n for n in Node}


class TakesAnOptionalForItsTruth(Base):
    @invariant
    def claim(self) -> bool:
        return any((self.leader or n) == n for n in Node)
#                   ^ expected True or False, found a Node | None
#                     help: compare it; for a default, write x if x is not None else ...
#                     instead: return any((self.leader if self.leader is not None else n) == n for n in Node)


class AssignsASlice(Base):
    @action
    def act(self) -> None:
        self.queue[0:1] = []
#       ^ a slice cannot be assigned to
#         help: assign the whole of it: self.queue = self.queue[:1] + self.queue[2:]
#         instead: self.queue = self.queue[1:]


class SumsFromAStart(Base):
    @invariant
    def claim(self) -> bool:
        return sum((1 for n in self.nodes), 1) > 0
#              ^ sum takes one argument here
#                help: add what it starts with: 1 + sum(...)
#                instead: return 1 + sum(1 for n in self.nodes) > 0


class SumsFromACondition(Base):
    @invariant
    def claim(self) -> bool:
        return sum((1 for n in self.nodes), 1 if self.flag else 2) > 0
#              ^ sum takes one argument here
#                help: add what it starts with: (1 if self.flag else 2) + sum(...)
#                instead: return (1 if self.flag else 2) + sum(1 for n in self.nodes) > 0


class DividesTwice(Base):
    @invariant
    def claim(self) -> bool:
        return divmod(self.count, 2) == (0, 0)
#              ^ divmod(...) has no place here
#                help: write n // m, and n % m
#                instead: return (self.count // 2, self.count % 2) == (0, 0)


class Maps(Base):
    @invariant
    def claim(self) -> bool:
        return len(set(map(str, self.nodes))) > 0
#                      ^ map(...) has no place here
#                        help: a comprehension makes one of another: {self.next[n] for n in self.nodes}
#                        instead: return len({self.colors[n] for n in self.nodes}) > 0


class Filters(Base):
    @invariant
    def claim(self) -> bool:
        return len(set(filter(None, self.nodes))) > 0
#                      ^ filter(...) has no place here
#                        help: a comprehension keeps some: {n for n in self.nodes if n in self.seen}
#                        instead: return len({n for n in self.nodes if n == self.leader}) > 0


class ReplacesFields(Base):
    @invariant
    def claim(self) -> bool:
        return dataclasses.replace(self.leader) == self.leader
#              ^ dataclasses.replace(...) has no place here
#                help: make the record anew, with all of its fields


class Print(Base):
    @action
    def act(self) -> None:
        print(self.flag)
#       ^ print() as a statement does nothing in a model
#         help: possible are require, methods that change a container of the state, and your own functions


class PrintAsValue(Base):
    @invariant
    def claim(self) -> bool:
        return print(self.flag)
#              ^ print() is not part of the language
#                help: possible are all, any, bool, choose, enumerate, first, frozen, implies, isinstance, last, len, list, max, min, next, pred, range, reversed, set, some, sorted, succ, sum, values_of, zip and your own functions


class SortsASort(Base):
    @invariant
    def claim(self) -> bool:
        return sorted(self.nodes) == []
#              ^ a Node has no order, or one without ends, and sorted needs one with
#                help: sort the elements of an Order, or numbers of a Range whose bounds are numbers


def endless(n):
    return endless(n)
#          ^ endless calls itself; recursion has no bound
#            help: use any, all or a comprehension


class Recursion(Base):
    @invariant
    def claim(self) -> bool:
        return all(endless(n) for n in Node)


class GeneratorAsValue(Base):
    @action
    def act(self) -> None:
        names = (n for n in Node)
#               ^ a generator has no place here
#                 help: make a set of it: {n for n in Node}
#                 instead: names = {n for n in Node}
        self.nodes = set(names)


class ListComprehensionAsValue(Base):
    @action
    def act(self) -> None:
        names = [n for n in Node]
#                           ^ a class Node has no order, and a list has one
#                             help: write a set: {...}, or run over what has an order: an Order, range(...), sorted(...)
#                             instead: names = {n for n in Node}
        self.nodes = set(names)


class ListOfGenerator(Base):
    @action
    def act(self) -> None:
        self.queue = list(n for n in Node)
#                                    ^ a class Node has no order, and a list has one
#                                      help: write a set: {...}, or run over what has an order: an Order, range(...), sorted(...)
#                                      instead: self.queue = list(n for n in self.queue)


class BreakInLoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.nodes.add(n)
            if self.flag:
                break
#               ^ which rounds come before this would depend on the order of the loop, and a set or sort has none
#                 help: choose before it: n = choose(n for n in ... if ...); or run over what has an order: sorted(...), an Order


class AsksWhetherNumbersAreTrue(Base):
    level: Map[Node, Range[0, 2]] = everywhere(0)

    @invariant
    def claim(self) -> bool:
        return any(self.level.values())
#                  ^ any asks whether values are true, and these are each a Range[0, 2]
#                    help: compare them: any(x > 0 for x in self.level.values())
#                    instead: return any(x > 0 for x in self.level.values())


class ReturnInLoop(Base):
    @action
    def act(self) -> None:
        for n in self.nodes:
            if n in self.queue:
                self.queue.append(n)
                return
#               ^ which rounds come before this would depend on the order of the loop, and a set or sort has none
#                 help: choose before it: n = choose(n for n in ... if ...); or run over what has an order: sorted(...), an Order


class BreakInElseOfInnerLoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            for m in self.queue:
                if m == n:
                    break
                self.nodes.add(m)
            else:
                break
#               ^ which rounds come before this would depend on the order of the loop, and a set or sort has none
#                 help: choose before it: n = choose(n for n in ... if ...); or run over what has an order: sorted(...), an Order


class ReturnsAValueInLoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            if n in self.nodes:
                return True
#               ^ an action returns nothing; what it does is change the state
#                 help: assign to a variable


class UsesTheElementThatBroke(Base):
    @action
    def act(self) -> None:
        for n in self.queue:
            if n in self.nodes:
                break
        self.nodes.add(n)
#                      ^ n has a value on some paths only
#                        help: give it one before the branch or loop


class ChangesTheSequenceThatItLeaves(Base):
    @action
    def act(self) -> None:
        for n in self.queue:
#       ^ the loop changes queue while it runs over it
#         help: assign what becomes of the whole sequence: self.queue = [n for n in self.queue if ...]
            if n in self.nodes:
                self.queue.remove(n)
                break


class SearchInAnActionThatMayRaise(Base):
    @action
    def act(self) -> None:
        for n in Node:
#       ^ a round of this loop may raise, behind one that leaves it
#         help: use any(...) or all(...), which look at all
            if n == self.queue[0]:
                self.flag = True
                break


class ElseOfLoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.nodes.add(n)
        else:
            self.flag = True
#           ^ else after a loop that nothing leaves is always executed
#             help: put it after the loop


class LoopInProperty(Base):
    @invariant
    def claim(self) -> bool:
        for n in Node:
#       ^ a loop computes no value here, unless it returns one: if ...: return False
#         help: use any, all, sum, min, max or a comprehension
            known = n in self.nodes
        return known


class RequireInProperty(Base):
    @invariant
    def claim(self) -> bool:
        require(self.flag)
#       ^ require has no place where a value is computed: only actions are enabled or not
#         help: use implies, or if
#         instead: if self.flag:
#         instead:     return True
        return True


class RequireAsValue(Base):
    @invariant
    def claim(self) -> bool:
        return require(self.flag)
#              ^ require has no place inside an expression
#                help: require is a statement of an action; everywhere and anything are values of whole variables


class ExtremeByKeyWithoutAnOrder(Base):
    @invariant
    def claim(self) -> bool:
        return min((self.count for n in Node), key=lambda c: -c) == 0
#                                       ^ a class Node has no order, and a list has one
#                                         help: write a set: {...}, or run over what has an order: an Order, range(...), sorted(...)


class AnyOfASet(Base):
    @invariant
    def claim(self) -> bool:
        return any(self.nodes)
#                  ^ any asks whether values are true, and these are each a Node
#                    help: any(... for x in self.nodes)
#                    instead: return any(n in self.nodes for n in Node)


class StarredTarget(Base):
    @action
    def act(self) -> None:
        first_, *rest = self.queue
#               ^ * is not part of the language
#                 help: take slices, in a line each: first_ = self.queue[0], rest = self.queue[1:]
#                 instead: first_, rest = self.queue[0], self.queue[1:]


class Nothing(Base):
    @action
    def act(self) -> None:
        self.flag
#       ^ this statement does nothing
#         help: return it, assign it, or require it
#         instead: require(self.flag)


class MatchOnSequence(Base):
    @action
    def act(self) -> None:
        match self.leader:
            case [first_, *_]:
#                ^ a Node | None is no tuple
#                  help: possible are the patterns of its own values
                self.flag = True


class TypeAlias(Base):
    @action
    def act(self) -> None:
        flag: bool
#       ^ a declaration without a value is not part of the language
#         help: give the name a value
#         instead: flag: bool = True
        self.flag = True


class StringMethod(Base):
    @invariant
    def claim(self) -> bool:
        return "x".isalpha()
#              ^ 'x' is not a value of the language
#                help: use an Enum for names


class LambdaHelper(Base):
    helper = lambda self: self.flag
#            ^ a lambda is not part of the language
#              help: define a function

    @invariant
    def claim(self) -> bool:
        return self.helper()



def with_stars(*flags):
    return True


class HelperWithStars(Base):
    @invariant
    def claim(self) -> bool:
        return with_stars(self.flag)
#              ^ with_stars has parameters with * or **
#                help: write its parameters out


def no_value(flag):
#< no_value does not return a value on every path
#  help: end each path with return
    if flag:
        return True


class HelperWithoutValue(Base):
    @invariant
    def claim(self) -> bool:
        return no_value(self.flag)


class PropertyWithoutValue(Base):
    @invariant
    def claim(self) -> bool:
        self.flag
#       ^ this statement does nothing
#         help: return it, assign it, or require it


class ActionWithValue(Base):
    @action
    def act(self) -> None:
        return self.flag
#       ^ an action returns nothing; what it does is change the state
#         help: assign to a variable
#         instead: self.flag = self.flag


class SuperOutside(Base):
    @action
    def act(self) -> None:
        super(Base, self).toggle()
#       ^ super takes no arguments here
#         help: super().method(...)
#         instead: super().toggle()


class AlternativesThatBindInsideOfAPattern(Base):
    pair: tuple[tuple[bool, bool], bool] = ((False, True), False)

    @action
    def act(self) -> None:
        match self.pair:
            case ((True, x) | (x, True), _):
#                 ^ an alternative binds a name inside another pattern, or under a guard
#                   help: write a case for each
#                   instead: case ((True, x), _):
                self.flag = x
            case _:
                self.flag = True
