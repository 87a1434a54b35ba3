"""Statements that would not mean in every reading what they mean in Python."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations; import functools, itertools

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Color(Enum):
    RED, GREEN = range(2)


Count = Annotated[int, Range(0, "limit")]
NodeOrColor = Node | None


class Base(Model):
    """What the others change."""

    default = {"Node": 3}
    limit: Parameter[int] = 3
    flag: bool
    count: Range[0, "limit"] = 0
    nodes: Set[Node]
    seen: Set[Node]
    leader: Node | None
    colors: Map[Node, Color] = everywhere(Color.RED)
    held: Map[Node, Set[Node]]
    queue: Seq[Node, 2]
    other: Seq[Node, 2]
    bag: Bag[Node, 2]

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class StaleByALocalName(Base):
    @action
    def act(self) -> None:
        x = 1
        rest = {k for k in range(self.count) if k != x}
        x = 2
        require(len(rest) > 1)
#                   ^ rest was computed before the name that it depends on changed
#                     help: use it before that changes, or compute it after


class StaleInTheNextRound(Base):
    @action
    def act(self) -> None:
        x = 1
        rest = {k for k in range(self.count) if k != x}
        for k in range(3):
            require(len(rest) > 1)
#                       ^ rest was computed before the name that it depends on changed
#                         help: use it before that changes, or compute it after
            x = x + 1


class LoopsOverALocalName(Base):
    @action
    def act(self) -> None:
        k = 0
        for k in range(3):
#           ^ k has a value already, and Python would replace it here
#             help: use another name
#             instead: for other in range(3):
            pass
        self.count = k


class LoopsOverAParameter(Base):
    @action
    def act(self, n: Node) -> None:
        for n in Node:
#           ^ n has a value already, and Python would replace it here
#             help: use another name
            self.seen.add(n)


class CasesOfALocalName(Base):
    @action
    def act(self, n: Node) -> None:
        match self.leader:
            case n:
#                ^ n has a value already, and Python would replace it here
#                  help: use another name
                self.leader = n


class CasesOfALocalNameInAHelper(Base):
    @invariant
    def claim(self) -> bool:
        k = 0
        match self.count:
            case k if k == 1:
#                ^ k has a value already, and Python would replace it here
#                  help: use another name
                return True
            case _:
                return k == 0


class AnotherSetInEachRound(Base):
    @action
    def act(self) -> None:
        some = {0}
        for k in range(3):
            some = {k}
#           ^ what a round does to some depends on what other rounds have done
#             help: a loop accumulates by some = some | {x}, or by some = some - {x}, for an x that tells of its own round only
#             instead: some = some | {k}
        require(len(some) == 1)


class AddsUnlessAnotherIsThereYet(Base):
    @action
    def act(self, m: Node) -> None:
        some: set[Node] = set()
        for n in self.nodes:
            if m not in some:
                some.add(n)
#               ^ what a round does to some depends on what other rounds have done
#                 help: a loop accumulates by some = some | {x}, or by some = some - {x}, for an x that tells of its own round only
        self.nodes = some


class AppendsOnceAndAgain(Base):
    @action
    def act(self, n: Node) -> None:
        log: list[Node] = []
        for m in self.queue:
            if m not in log:
                log.append(m)
#               ^ a round changes log twice, and by turns
#                 help: a loop accumulates by one log = log + [x], or log = [x, *log], for an x that tells of its own round only
            log.insert(0, n)
        self.queue = log


class AppendsByTurns(Base):
    @action
    def act(self, n: Node) -> None:
        log: list[Node] = []
        for m in self.queue:
            log.append(m)
            log.append(n)
#           ^ a round changes log twice, and by turns
#             help: a loop accumulates by one log = log + [x], or log = [x, *log], for an x that tells of its own round only
        self.queue = log


class AppendsWhatAnEarlierRoundMade(Base):
    @action
    def act(self, n: Node) -> None:
        last, log = n, [n]
        for m in self.queue:
            log = log + [last]
#           ^ what a round does to log depends on what other rounds have done
#             help: a loop accumulates by one log = log + [x], or log = [x, *log], for an x that tells of its own round only
#             instead: log = log + [m]
            last = m
        self.queue = log


class BuildsWhatItsLoopMayChange(Base):
    @action
    def act(self, k: Node) -> None:
        kept: set[Node] = set()
        for n in Node:
            if n not in self.nodes:
                kept.add(n)
#               ^ the loop does more than to build kept, and what else it does may make a difference to it
#                 help: build kept in a loop of its own, or by a comprehension
            self.nodes.discard(k)
        self.seen = kept


class BuildsUntilItIsLeft(Base):
    @action
    def act(self, n: Node) -> None:
        log: list[Node] = []
        for m in self.queue:
#       ^ a round of this loop, which builds log, may raise behind one that leaves it
#         help: find the end before: stop = next((i for i, x in enumerate(xs) if ...), len(xs)), and build log in a loop over xs[:stop]
            if m == self.other[0]:
                break
            log.append(m)
        self.queue = log


class AppendsHowFarASumHasCome(Base):
    numbers: Seq[Range[0, 2], 2]

    @invariant
    def claim(self) -> bool:
        total = 0
        sums: list[int] = []
        for k in self.numbers:
            total += k
            sums.append(total)
#           ^ what a round appends to sums depends on what the rounds before it have made of total
#             help: write what a round has before it as a slice: [sum(xs[:i + 1]) for i in range(len(xs))]
        return len(sums) < 3


class BuildsAListInNoOrder(Base):
    @action
    def act(self) -> None:
        log: list[Node] = []
        for n in Node:
#                ^ a class Node has no order, and a list has one
#                  help: write a set: {...}, or run over what has an order: an Order, range(...), sorted(...)
            log.append(n)
        self.queue = log


class ChoosesWhatALoopBuilds(Base):
    @action
    def act(self) -> None:
        kept: set[Node] = set()
        for m in self.nodes:
            n = choose(n for n in Node)
#               ^ choose has no place in a loop that builds kept
#                 help: choose before it; or, of what has no order, write a set: {choose(v for v in V) for n in N}
            kept.add(n)
        self.nodes = kept


class SharesASetInRounds(Base):
    @action
    def act(self) -> None:
        some = {n for n in Node if n in self.seen}
        for n in Node:
#       ^ some stands for one set outside of this loop, and for another in it
#         help: use another name inside
            self.held[n] = some


class SharesOneContainer(Base):
    @action
    def act(self) -> None:
        some = {n for n in Node if n in self.seen}
        self.held = {n: some for n in Node}
#                       ^ every key would share one container
#                         help: copy it for each: set(...)
#                         instead: self.held = {n: set(some) for n in Node}


class ReplacesItselfBySets(Base):
    @action
    def act(self) -> None:
        self.held = everywhere(set())
        self.held = {n: {m for m in Node if n in self.held[m]} for n in Node}
#                       ^ the entries of held are computed from held itself, which may have changed in this action
#                         help: assign held once, as the first change of it, and outside of loops


class EverywhereASet(Base):
    @action
    def act(self) -> None:
        self.held = everywhere(self.seen)
#                              ^ everywhere takes a single value here, or what is empty, not a Set[Node]
#                                help: {k: ... for k in Node}
#                                instead: self.held = {k: set(self.seen) for k in Node}


class GivenAwayToAnEntry(Base):
    @action
    def act(self, n: Node, k: Node) -> None:
        some = {m for m in Node if m in self.seen}
        self.held[n] = some
        self.held[k] = set()
        self.nodes = set(some)
#                        ^ some is the container in self.held[n] since it was assigned to it
#                          help: assign a copy: self.held[n] = set(some)


class GivenAwayTwice(Base):
    @action
    def act(self) -> None:
        some = {m for m in Node if m in self.seen}
        self.nodes = some
        self.seen = some if self.flag else set()
#                   ^ some is the container in self.nodes since it was assigned to it
#                     help: assign a copy: self.nodes = set(some)


class GivenAwayInABranch(Base):
    @action
    def act(self, n: Node) -> None:
        some = {m for m in Node if m in self.seen}
        if self.flag:
            self.nodes = some
            self.nodes.add(n)
        self.flag = n in some
#                        ^ some is the container in self.nodes since it was assigned to it
#                          help: assign a copy: self.nodes = set(some)


class GivenAwayInEachBranch(Base):
    @action
    def act(self, n: Node) -> None:
        some = {m for m in Node if m in self.seen}
        if self.flag:
            self.nodes = some
        else:
            self.seen = some
        self.flag = n in some
#                        ^ some is the container in self.nodes since it was assigned to it
#                          help: assign a copy: self.nodes = set(some)


class GivenAwayAndNamed(Base):
    @action
    def act(self) -> None:
        some = {m for m in Node if m in self.seen}
        self.nodes = some
        again = some
#               ^ some is the container in self.nodes since it was assigned to it
#                 help: assign a copy: self.nodes = set(some)


class GivenAwayAndHandedOn(Base):
    def few(self, nodes: set[Node]) -> bool:
        return len(nodes) < 2

    @action
    def act(self) -> None:
        some = {m for m in Node if m in self.seen}
        self.nodes = some
        require(self.few(some))
#                        ^ some is the container in self.nodes since it was assigned to it
#                          help: assign a copy: self.nodes = set(some)


class GivenAwayAndChanged(Base):
    @action
    def act(self, n: Node) -> None:
        some = {m for m in Node if m in self.seen}
        self.nodes = some
        some.add(n)
#       ^ some is the container in self.nodes since it was assigned to it
#         help: change that: self.nodes.add(n)
#         instead: self.nodes.add(n)


class NeverTrue(Base):
    @action
    def act(self) -> None:
        match self.count:
            case True:
#                ^ a Range[0, limit] is never True
#                  help: compare it with a value of its type
                self.flag = True


class AssignsAnEntryInAHelper(Base):
    @invariant
    def claim(self) -> bool:
        x, self.flag = True, False
#          ^ this cannot be assigned to here
#            help: a helper whose value is used assigns names only
        return x


class StopsInALoopInTwoWays(Base):
    @action
    def act(self) -> None:
        for n in self.nodes:
            require(n not in self.seen)
#           ^ another round of this loop may raise where this finds the action disabled, and a set or sort has no order
#             help: require it before the loop: require(all(... for ...))
#             above: require(all(n not in self.seen for n in self.nodes))
#             above: for n in self.nodes:
#             instead: self.flag = True
            self.colors[n] = Color.RED if self.queue[0] == n else Color.GREEN


class WritesAProperty(Base):
    @invariant
    def claim(self) -> bool:
        self.flag = True
#       ^ a property, or a helper whose value is used, does not change the state
#         help: compute a value and return it
        return True


class CallsAnActionInAProperty(Base):
    @invariant
    def claim(self) -> bool:
        self.nodes.add(self.leader)
#       ^ a property, or a helper whose value is used, does not change the state
#         help: compute a value and return it
        return True


class CallsAnActionForItsValue(Base):
    @invariant
    def claim(self) -> bool:
        return self.start()

    @action
    def start(self) -> None:
        self.flag = True
#       ^ a property, or a helper whose value is used, does not change the state
#         help: compute a value and return it


class WritesAfter(Base):
    @step_invariant
    def claim(self, after: Base) -> bool:
        after.flag = True
#       ^ a property, or a helper whose value is used, does not change the state
#         help: compute a value and return it
        return True


class AssignsToAnotherSelf(Base):
    @action
    def act(self) -> None:
        self = None
#       ^ self is the state
#         help: assign to its variables


class AssignsToAParameter(Base):
    @action
    def act(self, n: Node) -> None:
        n = self.leader
#       ^ n is a parameter or the variable of a loop, which is not assigned to
#         help: use another name
#         instead: other = self.leader


class AssignsToAConstant(Base):
    @action
    def act(self) -> None:
        self.limit = 4
#       ^ limit is a parameter of the instance; it does not change
#         help: make it a variable: leave out Parameter


class AssignsToAMethod(Base):
    @action
    def act(self) -> None:
        self.toggle = True
#       ^ AssignsToAMethod has no variable 'toggle'
#         help: it has flag, count, nodes, seen, leader, colors, held, queue, other, bag


class AssignsToAnUnknown(Base):
    @action
    def act(self) -> None:
        self.flags = True
#       ^ AssignsToAnUnknown has no variable 'flags'; did you mean 'flag'?
#         help: it has flag, count, nodes, seen, leader, colors, held, queue, other, bag


@record
class Vote:
    node: Node


class AssignsToAField(Base):
    vote: Vote | None

    @action
    def act(self, n: Node) -> None:
        require(self.vote is not None)
        self.vote.node = n
#       ^ a Vote does not change
#         help: make a new one, and assign that


class NamesAMapOfSetsThatIsReplaced(Base):
    @action
    def act(self, n: Node) -> None:
        held = self.held
#              ^ held is a map in self.held, which is given another map in this action
#                help: index it where it is used, or assign its entries one by one
        self.held = {k: {k} for k in Node}
        self.held[n] = set(held[n])


class NamesAMapThatIsReplaced(Base):
    @action
    def act(self, n: Node) -> None:
        colors = self.colors
#                ^ colors is a map in self.colors, which is given another map in this action
#                  help: index it where it is used, or assign its entries one by one
        self.colors = everywhere(Color.RED)
        colors[n] = Color.GREEN


class NamesAMapOrAnother(Base):
    other_colors: Map[Node, Color] = everywhere(Color.RED)

    @action
    def act(self, n: Node) -> None:
        if self.flag:
            color = self.colors
        else:
            color = self.other_colors
        self.flag = color[n] == Color.RED
#                   ^ color is one map or another, by branch
#                     help: use a name for each, inside the branches


class NamesTheMapsOfAMapThatMayChange(Base):
    rows: Map[Node, Map[Node, Map[Node, bool]]]
    at: Node = anything()

    @action
    def act(self, n: Node) -> None:
        for k, row in self.rows[self.at].items():
#           ^ the map that row is in is selected by what may change
#             help: loop over its keys, and index it
            self.at = n
            self.flag = row[k]


class NamesAnotherMapInEachRound(Base):
    other_colors: Map[Node, Color] = everywhere(Color.RED)

    @action
    def act(self, n: Node) -> None:
        color = self.colors
        for m in self.queue:
#       ^ color stands for one map outside of this loop, and for another in it
#         help: use another name inside
            color[m] = Color.GREEN
            color = self.other_colors


class AValueAndThenASet(Base):
    @action
    def act(self, n: Node) -> None:
        found = self.flag
        for m in self.queue:
#       ^ found stands for one thing outside of this loop, and for another in it
#         help: use another name inside
            if found:
                self.flag = False
            found = {x for x in Node if x != m}


class ChangesWhatItsElementsAreFoundBy(Base):
    @action
    def act(self, n: Node, m: Node) -> None:
        x = n
        for i, found in enumerate(self.queue[len(self.held[x]) :]):
#                       ^ the loop changes x, by which its own elements are found
#                         help: give x another name before the loop, and use that here: before = x
#                         above: x = n; before = x
#                         instead: for i, found in enumerate(self.queue[len(self.held[before]) :]):
            self.flag = found == n
            x = m


class PassesAMap(Base):
    @invariant
    def claim(self) -> bool:
        return all_red(self.colors)
#                      ^ a map cannot be passed to a helper
#                        help: let the helper read it from self


def all_red(colors):
    return all(colors[n] is Color.RED for n in Node)


class NamesASet(Base):
    @action
    def act(self, n: Node) -> None:
        nodes = self.nodes
#               ^ this name would be the container in the state itself, not a copy
#                 help: copy it: set(self.nodes)
        nodes.add(n)


class SharesASet(Base):
    @action
    def act(self) -> None:
        self.nodes = self.seen
#                    ^ this would make two variables share one container
#                      help: copy it: set(self.seen)
#                      instead: self.nodes = set(self.seen)


class SharesAnEntry(Base):
    @action
    def act(self, n: Node) -> None:
        self.held[n] = self.nodes
#                      ^ this would make two variables share one container
#                        help: copy it: set(self.nodes)
#                        instead: self.held[n] = set(self.nodes)


class SharesASequence(Base):
    @action
    def act(self) -> None:
        self.queue = self.other
#                    ^ this would make two variables share one container
#                      help: copy it: list(self.other)
#                      instead: self.queue = list(self.other)


class ChangesASnapshot(Base):
    @action
    def act(self, n: Node) -> None:
        nodes = set(self.nodes)
        require(both(nodes, self.seen))
        nodes.add(n)
#       ^ nodes may have another name by now, or be part of a value, which this would change, too
#         help: assign another one: nodes = nodes | {n}
#         instead: nodes = nodes | {n}
        self.nodes = nodes


def both(nodes: set[Node], others: set[Node]) -> bool:
    return nodes == others


class ChangesALocalSetByRemove(Base):
    @action
    def act(self, n: Node) -> None:
        nodes = set(self.nodes)
        nodes.remove(n)
#       ^ a local container is not changed by remove
#         help: discard changes it: nodes.discard(n)
#         instead: nodes.discard(n)
        self.nodes = nodes


class ChangesASnapshotInPlace(Base):
    @action
    def act(self, n: Node) -> None:
        nodes = set(self.nodes)
        nodes &= {n}
#       ^ a local set or sequence is not changed in place
#         help: assign what it becomes: nodes = nodes & {n}
#         instead: nodes = nodes & {n}


class StaleSnapshot(Base):
    @action
    def act(self, n: Node, k: Node) -> None:
        self.nodes.discard(k)
        rest = {m for m in self.nodes if m != n}
        self.nodes.add(n)
        self.seen = rest
#                   ^ rest was computed before the state that it depends on changed
#                     help: compute it before the action first changes that, or use it before the next change


class BoundOnOneBranch(Base):
    @action
    def act(self, n: Node) -> None:
        if self.flag:
            chosen = n
        self.leader = chosen
#                     ^ chosen has a value on some paths only
#                       help: give it one before the branch or loop


class BoundInALoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            last = n
        self.leader = last
#                     ^ last has a value on some paths only
#                       help: give it one before the branch or loop


class LoopVariableAfterTheLoop(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.nodes.add(n)
        self.leader = n
#                     ^ n has a value on some paths only
#                       help: give it one before the branch or loop


class ChangesTheTypeOfALocal(Base):
    @action
    def act(self, n: Node) -> None:
        chosen = n
        chosen = 1
#       ^ chosen is a Node so far, this makes it an int
#         help: use another name
#         instead: other = 1


class ChangesTheTypeInALoop(Base):
    @action
    def act(self) -> None:
        chosen = None
        for n in Node:
            if n in self.nodes:
                chosen = n
#               ^ chosen is None so far, this makes it a Node
#                 help: say what it may be where it is made: chosen: Node | None = None


class OrdersWhatIsNone(Base):
    @action
    def act(self, n: Node) -> None:
        best = None
        for k in range(self.count):
            if best is None or k > best:
#                                  ^ best is None here, which has no order
#                                    help: say what it may be where it is made: best: int | None = None
                best = k


class NoneOfNothing(Base):
    @action
    def act(self, n: Node) -> None:
        best: Nodes | None = None
#             ^ Nodes | None is no type: name 'Nodes' is not defined
#               help: name a type that the module defines or imports
#               instead: best: Node | None = None
        require(best is None)


class OrderDependentAssignment(Base):
    @action
    def act(self) -> None:
        for n in self.nodes:
            self.leader = n
#           ^ leader would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class OrderDependentLocal(Base):
    @action
    def act(self) -> None:
        total = 0
        for n in Node:
            total = 2 * total + (1 if n in self.seen else 0)
#           ^ total would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
        self.count = total


class AccumulatesInTwoWays(Base):
    @action
    def act(self) -> None:
        for n in Node:
            if n in self.seen:
                self.count += 1
            else:
                self.count *= 2
#               ^ count would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
#                 instead: self.count += 2


class AccumulatesInTwoWaysByName(Base):
    @action
    def act(self) -> None:
        most = 0
        for n in Node:
            most = max(most, len(self.held[n]))
#           ^ most would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
#             instead: most += 1
            if n in self.seen:
                most += 1
        self.count = most


class TwoValues(Base):
    @action
    def act(self) -> None:
        for n in Node:
            if n in self.seen:
                self.flag = True
            else:
                self.flag = False
#               ^ flag would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class AccumulatesWhatItReads(Base):
    @action
    def act(self) -> None:
        for n in self.seen:
            self.count += 1 if self.count < len(self.held[n]) else 0
#           ^ count would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class ReadsWhatItAccumulates(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.count += 1
            if self.count < 2:
#              ^ the loop reads count, which it changes: the outcome would depend on its order
#                help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
                self.nodes.add(n)


class LargestOfItself(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.count = max(self.count, len(self.held[n]) - self.count)
#           ^ count would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class WhoHasTheMost(Base):
    @action
    def act(self) -> None:
        most = 0
        for n in Node:
            if len(self.held[n]) > most:
                most = len(self.held[n])
#               ^ most would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
                self.leader = n
        self.count = most


class OneOrTheOtherByIf(Base):
    @action
    def act(self) -> None:
        best = 0
        for k in {self.count, 2}:
            if k > best:
                best = k
#               ^ the loop reads best, which it changes: the outcome would depend on its order
#                 help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
            if k == best:
                self.flag = True


class LargestOrSmallestByIf(Base):
    @action
    def act(self) -> None:
        best: int | None = None
        for k in {self.count, 2}:
            if best is None or k > best:
                best = k
#               ^ best would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
            if best is None or k < best:
                best = k


class FirstThatIsLike(Base):
    @action
    def act(self) -> None:
        best: int | None = None
        for k in {self.count, 2}:
            best = k if best is None or k == best else best
#           ^ best would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class LastThatIsMore(Base):
    @action
    def act(self) -> None:
        best: int | None = None
        for k in {self.count, 2}:
            best = k if best is None or k > self.count else best
#           ^ best would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class LastThatIsMoreByIf(Base):
    @action
    def act(self) -> None:
        best: int | None = None
        for k in {self.count, 2}:
            if best is None or k > self.count:
                best = k
#               ^ best would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class LargestOfWhatMayRaise(Base):
    @action
    def act(self) -> None:
        most = 0
        for n in Node:
            if len(self.held[n]) > most and self.queue[0] == n:
                most = len(self.held[n])
#               ^ most would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class MayRaiseOnceDecided(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.flag = self.flag or self.queue[self.count] == n
#           ^ flag would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop


class AccumulatesAtAnEntryThatItChanges(Base):
    heir: Map[Node, Node] = anything()

    @action
    def act(self, m: Node) -> None:
        for n in Node:
            self.heir[self.heir[n]] = m
#                     ^ the loop reads heir, which it changes: the outcome would depend on its order
#                       help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)


class PutsAndTakes(Base):
    @action
    def act(self) -> None:
        for n in Node:
            if n in self.seen:
                self.bag.add(n)
            else:
                self.bag.remove(n)
#               ^ bag would depend on the order in which the loop runs, and a set or sort has none
#                 help: in a loop, only add to it, or only take from it; or compute it at once, without the loop


class IntersectsAndReads(Base):
    @action
    def act(self) -> None:
        for n in Node:
            if n in self.nodes:
#                   ^ the loop reads nodes, which it changes: the outcome would depend on its order
#                     help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
                self.nodes &= {n}


class OrderDependentAppend(Base):
    @action
    def act(self) -> None:
        for n in Node:
            self.queue.append(n)
#           ^ queue would depend on the order in which the loop runs, and a set or sort has none
#             help: make it a set or a bag, or loop over what has an order: an Order, range(...), sorted(...)
#             instead: self.bag.add(n)


class AddsAndDiscards(Base):
    @action
    def act(self, m: Node) -> None:
        for n in Node:
            if n in self.seen:
                self.nodes.add(n)
            else:
                self.nodes.discard(m)
#               ^ nodes would depend on the order in which the loop runs, and a set or sort has none
#                 help: in a loop, only add to it, or only take from it; or compute it at once, without the loop


class ReadsWhatItChanges(Base):
    @action
    def act(self) -> None:
        for n in Node:
            if len(self.nodes) < 2:
#                  ^ the loop reads nodes, which it changes: the outcome would depend on its order
#                    help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
                self.nodes.add(n)


class ChangesWhatItRunsOver(Base):
    @action
    def act(self) -> None:
        for n in self.nodes:
#       ^ the loop changes nodes while it runs over it
#         help: loop over the sort and ask for membership, or update the whole set at once
#         instead: for n in Node:
            self.nodes.discard(n)


class ChangesTheQueueItRunsOver(Base):
    @action
    def act(self) -> None:
        for n in self.queue:
#       ^ the loop changes queue while it runs over it
#         help: assign what becomes of the whole sequence: self.queue = [n for n in self.queue if ...]
            self.queue.pop()


class AssignsAListToABag(Base):
    @action
    def act(self) -> None:
        self.bag = Bag([n for n in self.queue])
#                  ^ expected another Bag[Node, 2], found a list of Node
#                    help: Bag() is empty, Bag(other) a copy; add puts in one element at a time
#                    instead: self.bag = Bag()


class SharesABag(Base):
    more: Bag[Node, 2]

    @action
    def act(self) -> None:
        self.bag = self.more
#                  ^ this would make two variables share one container
#                    help: copy it: Bag(self.more)
#                    instead: self.bag = Bag(self.more)


class NamesACopyOfABag(Base):
    @action
    def act(self) -> None:
        bag = Bag(self.bag)
#             ^ a bag is made where it is assigned to a variable of the state
#               help: self.bag = Bag(other)
#               instead: self.bag = Bag(self.bag)


class AssignsAPartOfAMap(Base):
    @action
    def act(self) -> None:
        self.colors = {n: Color.RED for n in self.nodes}
#                                            ^ this is not all of Node, and a map has a value at every key
#                                              help: for n in Node
#                                              instead: self.colors = {n: Color.RED for n in Node}


class FiltersAMap(Base):
    @action
    def act(self) -> None:
        self.colors = {n: Color.RED for n in Node if n in self.nodes}
#                     ^ a map is assigned by a comprehension over all its keys
#                       help: {k: ... if ... else ... for k in Node}
#                       instead: self.colors = {n: Color.RED if n in self.nodes else Color.GREEN for n in Node}


class UnpacksTooFew(Base):
    @action
    def act(self, n: Node, m: Node) -> None:
        a, b = (n, m, n)
#       ^ 3 values for 2 targets
#         help: name each value
#         instead: a, b = (n, m)


class UnpacksANode(Base):
    @action
    def act(self, n: Node) -> None:
        a, b = n
#       ^ a Node cannot be unpacked here
#         help: only tuples can, into names


class UnknownMethodOfASet(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.insert(n)
#       ^ a Set[Node] has no method 'insert' in the language
#         help: possible are add, discard, update, difference_update, intersection_update, symmetric_difference_update, remove, clear
#         instead: self.nodes.add(n)


class PopsFromASet(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.pop()
#       ^ a Set[Node] has no method 'pop' in the language
#         help: a set has no first element; choose one: n = choose(self.nodes), then self.nodes.remove(n)
#         instead: m = choose(self.nodes); self.nodes.remove(m)


class RemovesTwoElementsOfASet(Base):
    @action
    def act(self, n: Node, m: Node) -> None:
        self.nodes.remove(n, m)
#       ^ self.nodes.remove takes one argument here
#         help: self.nodes.remove(...)
#         instead: self.nodes.difference_update({n, m})


class RemovesTheSameElementInEachRound(Base):
    @action
    def act(self, n: Node) -> None:
        for m in Node:
            self.nodes.remove(n)
#           ^ the loop reads nodes, which it changes: the outcome would depend on its order
#             help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
#             instead: self.nodes.remove(m)


class UpdatesBySomethingUnknown(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.update()
#       ^ self.nodes.update takes one or more arguments here
#         help: self.nodes.update(a, b)
#         instead: self.nodes.update({n}, self.nodes)


class UnknownMethodOfASequence(Base):
    @action
    def act(self, n: Node) -> None:
        self.queue.sort()
#       ^ a Seq[Node, 2] has no method 'sort' in the language
#         help: assign it: self.queue = sorted(self.queue)


class UnknownMethodOfABag(Base):
    @action
    def act(self, n: Node) -> None:
        self.bag.discard(n)
#       ^ a Bag[Node, 2] has no method 'discard' in the language
#         help: possible are add, remove, clear
#         instead: self.bag.remove(n)


class UnknownMethodOfAMap(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors.pop(n)
#       ^ a Map[Node, Color] has no method 'pop' in the language
#         help: a Map has a value for every key: assign what stands for none, self.colors[k] = None, if its values are Color | None
#         instead: self.colors[n] = Color.RED


class PopsWithTwoArguments(Base):
    @action
    def act(self) -> None:
        self.queue.pop(1, 2)
#       ^ self.queue.pop takes one argument here
#         help: self.queue.pop(...)
#         instead: self.queue.pop(1)


class InsertsWithoutAnItem(Base):
    @action
    def act(self) -> None:
        self.queue.insert(1)
#       ^ insert takes an index and an item
#         help: self.queue.insert(0, x)
#         instead: self.queue.insert(0, choose(Node))


class ExtendsByASet(Base):
    @action
    def act(self) -> None:
        self.queue.extend(self.nodes)
#                         ^ a list is extended by a sequence, found a Set[Node]
#                           help: sets have no order


class PopsInsideAnExpression(Base):
    @action
    def act(self) -> None:
        self.nodes.add(self.queue.pop())
#                      ^ .pop() changes the state; its value cannot be used
#                        help: name it in a line of its own: x = self.queue.pop()
#                        instead: x = self.queue.pop()
#                        instead: self.nodes.add(x)


class AddsTwo(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes.add(n, n)
#       ^ self.nodes.add takes one argument here
#         help: self.nodes.add(...)
#         instead: self.nodes.add(n)


class AddsNothing(Base):
    @action
    def act(self) -> None:
        self.nodes.add()
#       ^ self.nodes.add takes one argument here
#         help: self.nodes.add(...)


class RequiresNothing(Base):
    @action
    def act(self) -> None:
        require()
#       ^ require takes one or more conditions
#         help: require(a, b), or require(all(... for ...))
#         instead: require(self.flag, all(n == n for n in Node))


class CallsNothing(Base):
    @action
    def act(self, n: Node) -> None:
        len(self.nodes)
#       ^ len() as a statement does nothing in a model
#         help: possible are require, methods that change a container of the state, and your own functions


class ForgetsTheParentheses(Base):
    @invariant
    def claim(self) -> bool:
        return self.helper
#              ^ helper is a method, it must be called
#                help: self.helper(...)
#                instead: return self.helper()

    def helper(self) -> bool:
        return True


class AxiomThatReadsState(Base):
    @axiom
    def fact(self) -> bool:
        return not self.flag
#                  ^ the axiom fact reads the state variable flag
#                    help: an axiom is about sorts, quorums and what never changes; make it an invariant


class AxiomThatReadsStateByAHelper(Base):
    @axiom
    def fact(self) -> bool:
        return self.quiet()

    def quiet(self) -> bool:
        return not self.flag
#                  ^ the axiom fact reads the state variable flag
#                    help: an axiom is about sorts, quorums and what never changes; make it an invariant


class AddsToAQuorum(Base):
    @action
    def act(self, n: Node) -> None:
        Node.add(n)
#       ^ a class Node has no method 'add' in the language
#         help: only containers of the state can be changed


class IndexesASet(Base):
    @action
    def act(self) -> None:
        self.leader = self.nodes[0]
#                     ^ a Set[Node] cannot be indexed
#                       help: maps, sequences and tuples can


class SequenceOfASet(Base):
    @action
    def act(self) -> None:
        self.queue = list(self.nodes)
#                         ^ a list of this has no place here: sets and sorts have no order
#                           help: write a set: set(...); or let the action choose an order, by a parameter order: Seq[T, n]
#                           above: def act(self, order: Seq[Node, 2]) -> None:
#                           instead: require(set(order) == self.nodes)
#                           instead: self.queue = order


class SequenceOfASetWithAnOrder(Base):
    numbers: Set[Range[0, 3]]

    @invariant
    def claim(self) -> bool:
        return list(self.numbers) == [1]
#                   ^ a list of this has no place here: sets and sorts have no order
#                     help: write a set: set(...), or sorted(...)
#                     instead: return sorted(self.numbers) == [1]


def count_up(n):
    for i in range(3):
        n = n * 2 + i
#       ^ what a round does to n depends on what other rounds have done
#         help: a loop accumulates by n = n + x, or n = max(n, x), or n = n or x, for an x that tells of its own round only
#         instead: n = n + i * 2
    return n


class HelperThatLoops(Base):
    @invariant
    def claim(self) -> bool:
        return count_up(self.count) > 2


def starts_late(n):
    for i in range(3):
#   ^ a loop computes no value here, unless it returns one: if ...: return False
#     help: use any, all, sum, min, max or a comprehension
        m = n + i
    return n


class HelperWhoseLoopDoesNothing(Base):
    @invariant
    def claim(self) -> bool:
        return starts_late(self.count) > 2


class CallsItsOwnMax(Base):
    @invariant
    def claim(self) -> bool:
        max, most = 1, 0
        for i in range(3):
            most = max(most, i)
#           ^ max is not Python's function here
#             help: use another name for what is called so here
        return most > 0


class RunsOverAnotherName(Base):
    @invariant
    def claim(self) -> bool:
        i, total = 5, 0
        for i in range(3):
#       ^ i is given a value in each round, and has one before the loop
#         help: use another name inside
            total += i
        return total + i == 5


class LooksForWhatMayRaise(Base):
    @invariant
    def claim(self) -> bool:
        found = False
        for n in self.queue:
            found = found or self.queue[1] == n
#           ^ a round of this loop may raise
#             help: use any(...) or all(...), which look at all
        return found


class IntersectsASetInPlaceInAProperty(Base):
    @invariant
    def safe(self) -> bool:
        rest = {n for n in self.nodes}
        rest &= self.seen
#       ^ a local set or sequence is not changed in place
#         help: assign what it becomes: rest = rest & self.seen
#         instead: rest = rest & self.seen
        return len(rest) > 0


class ShadowsASort(Base):
    @action
    def act(self, Node: Node) -> None:
        for n in Node:
#                ^ a Node is no collection
#                  help: possible are sets, sorts, enums, quorums, maps, sequences, bags and range(...)
            self.nodes.add(n)


class AssignsToALoopVariable(Base):
    @action
    def act(self, m: Node) -> None:
        for n in Node:
            n = m
#           ^ n is a parameter or the variable of a loop, which is not assigned to
#             help: use another name
#             instead: other = m
            self.colors[n] = Color.GREEN


class AssignsToAParameterOfAHelper(Base):
    @action
    def act(self, n: Node) -> None:
        self.note(n, n)

    def note(self, n: Node, m: Node) -> None:
        n = m
#       ^ n is a parameter or the variable of a loop, which is not assigned to
#         help: use another name
        self.nodes.add(n)


class SharesByAHelper(Base):
    @action
    def act(self) -> None:
        self.nodes = self.known()
#                    ^ this would make two variables share one container
#                      help: copy it: set(self.known())
#                      instead: self.nodes = set(self.known())

    def known(self) -> set[Node]:
        return self.seen


class SharesByAChoice(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes = {n} if self.flag else self.seen
#                    ^ this would make two variables share one container
#                      help: copy it: set({n} if self.flag else self.seen)
#                      instead: self.nodes = {n} if self.flag else set(self.seen)


class GivesASetAwayTwice(Base):
    @action
    def act(self, n: Node) -> None:
        rest = {m for m in Node if m != n}
        self.nodes = rest
        self.seen = rest
#                   ^ rest is the container in self.nodes since it was assigned to it
#                     help: assign a copy: self.nodes = set(rest)
#                     above: self.nodes = set(rest)


class AssignsAFrozenset(Base):
    @action
    def act(self) -> None:
        self.nodes = frozenset(self.seen)
#                    ^ what is frozen cannot be changed later
#                      help: copy it: set(...), list(...)
#                      instead: self.nodes = set(self.seen)


class AssignsAListToASet(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes = [n]
#                    ^ expected a set, found a list of Node
#                      help: what can be run over becomes a set by set(...)
#                      instead: self.nodes = set([n])


class ReturnsAValueFromACase(Base):
    @action
    def act(self) -> None:
        match self.leader:
            case None:
                return self.flag
#               ^ an action returns nothing; what it does is change the state
#                 help: assign to a variable
        self.flag = True


class CallsAClassmethod(Base):
    @invariant
    def claim(self) -> bool:
        return self.made()
#              ^ made is a classmethod
#                help: make it a method, or a function

    @classmethod
    def made(cls) -> bool:
        return True


class OrderDependentTotal(Base):
    @action
    def act(self) -> None:
        total = 0
        for n in Node:
            total += 1
#           ^ the loop reads total, which it changes: the outcome would depend on its order
#             help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
            if total == 1:
                self.nodes.add(n)


class OrderDependentFlag(Base):
    @action
    def act(self) -> None:
        done = False
        for n in Node:
            if not done:
                self.nodes.add(n)
            done = True
#           ^ the loop reads done, which it changes: the outcome would depend on its order
#             help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)


class OrderDependentLastRound(Base):
    @action
    def act(self, m: Node) -> None:
        last = m
        for n in Node:
            last = n
#           ^ last would depend on the order in which the loop runs, and a set or sort has none
#             help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
        self.nodes.add(last)


class OrderDependentBranch(Base):
    @action
    def act(self, m: Node) -> None:
        chosen = m
        for n in Node:
            if n in self.seen:
                chosen = n
#               ^ chosen would depend on the order in which the loop runs, and a set or sort has none
#                 help: accumulate in one way: +=, *=, max(x, ...), x or ..., one value for all; or choose(...) before the loop
            self.nodes.add(chosen)


class ReadsTheEntryOfAnotherRound(Base):
    @action
    def act(self, m: Node) -> None:
        for n in Node:
            if n in self.held[n]:
#                   ^ the loop reads held, which it changes: the outcome would depend on its order
#                     help: read it before the loop or after it; in the loop, it may only be accumulated: +=, max(x, ...)
                self.held[m].add(n)


class ChangesEntriesOfOtherRounds(Base):
    @action
    def act(self, m: Node) -> None:
        for n in Node:
            self.held[n].clear()
            self.held[m].add(n)
#           ^ held would depend on the order in which the loop runs, and a set or sort has none
#             help: in a loop, only add to it, or only take from it; or compute it at once, without the loop


class SomeInAProperty(Base):
    @invariant
    def safe(self) -> bool:
        return some(self.leader) in self.nodes
#              ^ some has no place where a value is computed: only actions are enabled or not
#                help: ask `is not None` first: x is None or ..., or x is not None and ...
#                instead: return self.leader is not None and self.leader in self.nodes


class SomeInAHelperWhoseValueIsUsed(Base):
    def chosen(self) -> Node:
        return some(self.leader)
#              ^ some has no place where a value is computed: only actions are enabled or not
#                help: ask `is not None` first: x is None or ..., or x is not None and ...

    @action
    def act(self) -> None:
        self.nodes.add(self.chosen())


class SomeWhereItMayNotBeEvaluated(Base):
    @action
    def act(self) -> None:
        require(self.flag and some(self.leader) in self.nodes)
#                             ^ some has no place where it is not always evaluated, and once
#                               help: name it in a line of its own: value = some(self.leader)
#                               instead: value = some(self.leader)
#                               instead: require(self.flag and value in self.nodes)


class SomeInAComprehension(Base):
    @action
    def act(self) -> None:
        require(all(some(self.leader) != n for n in self.nodes))
#                   ^ some has no place where it is not always evaluated, and once
#                     help: write a loop instead of the comprehension, with a line for it: value = some(self.leader)
#                     instead: value = some(self.leader)
#                     instead: require(all(value != n for n in self.nodes))


class SomeBehindWhatMayRaise(Base):
    @action
    def act(self) -> None:
        require(next(n for n in self.queue) == some(self.leader))
#                                              ^ some has no place behind what may raise: which of the two comes first would matter
#                                                help: name it in a line of its own: value = some(self.leader)
#                                                instead: value = some(self.leader)
#                                                instead: require(next(n for n in self.queue) == value)


class SomeOfWhatIsNeverNone(Base):
    @action
    def act(self) -> None:
        self.flag = some(self.flag)
#                   ^ a bool is never None
#                     help: make it optional where it is declared: bool | None


class SomeOfNone(Base):
    @action
    def act(self) -> None:
        self.leader = some(None)
#                     ^ this is None
#                       help: some takes a value that may be None, or not
#                       instead: self.leader = some(self.leader)


class SomeOfTwo(Base):
    @action
    def act(self) -> None:
        self.leader = some(self.leader, self.leader)
#                     ^ some takes the value that may be None
#                       help: some(self.lease)
#                       instead: self.leader = some(self.leader)


class TwoNamesForASet(Base):
    @action
    def act(self, n: Node) -> None:
        some = {n}
        others = some
#                ^ this would be another name for the container of some
#                  help: copy it: set(some)
#                  instead: others = set(some)
        self.nodes = some
        self.seen = others


class KeepsANameForASet(Base):
    @action
    def act(self, n: Node) -> None:
        some = {n}
        self.nodes = some if self.flag else set()
#                    ^ some would stay a name for the container in the state
#                      help: copy it: set(some)
#                      instead: self.nodes = set(some) if self.flag else set()
        self.seen = some


class GivesAwayAnArgument(Base):
    def store(self, some: Set[Node]) -> None:
        self.nodes = some
#                    ^ some would stay a name for the container in the state
#                      help: copy it: set(some)
#                      instead: self.nodes = set(some)

    @action
    def act(self, n: Node) -> None:
        some = {n}
        self.store(some)
        self.seen = some


class StoresWhatAHelperWasGiven(Base):
    def same(self, members: Set[Node]) -> Set[Node]:
        return members

    def either(self, members: Set[Node], others: Set[Node]) -> Set[Node]:
        return others | {n for n in Node} if others else self.same(members)

    @action
    def act(self, n: Node) -> None:
        some = {n}
        self.nodes = self.either(others=set(), members=some)
#                    ^ some would stay a name for the container in the state
#                      help: copy it: set(some)
        self.seen = some


class StoresWhatTheBasesHelperWasGiven(StoresWhatAHelperWasGiven):
    def same(self, members: Set[Node]) -> Set[Node]:
        return super().same(members)

    @action
    def act(self, n: Node) -> None:
        some = {n}
        self.nodes = self.same(some)
#                    ^ some would stay a name for the container in the state
#                      help: copy it: set(some)
        self.seen = some


class StoresWhatAHelperNamed(Base):
    def named(self, members: Set[Node], n: Node) -> Set[Node]:
        if n in self.seen:
            found = members
        else:
            found = {n}
        return found

    @action
    def act(self, n: Node) -> None:
        some = {n}
        self.nodes = self.named(some, n)
#                    ^ some would stay a name for the container in the state
#                      help: copy it: set(some)
        self.seen = some


class StoresTheEmptySetThatAHelperNamed(Base):
    def named(self, members: set[Node]) -> set[Node]:
        found, rest = members, self.seen | members
        return found if rest else rest

    @action
    def act(self, n: Node) -> None:
        some: set[Node] = set()
        self.nodes = self.named(some)
#                    ^ some would stay a name for the container in the state
#                      help: copy it: set(some)
        self.seen = some


class NamesWhatAHelperWasGiven(Base):
    def same(self, members: Set[Node]) -> Set[Node]:
        return members

    @action
    def act(self, n: Node) -> None:
        some = {n}
        others = self.same(some)
#                ^ this would be another name for the container of some
#                  help: copy it: set(some)
#                  instead: others = set(some)
        self.nodes = some
        self.seen = others


class EmptyOfNothing(Base):
    @action
    def act(self) -> None:
        rest = set()
        require(len(rest) == 0)
#                   ^ nothing says of what rest is empty
#                     help: annotate it: rest: set[T] = set(), for elements of type T, or a list
#                     instead: rest: set[Node] = set()


class ChainedAssignmentOfASet(Base):
    @action
    def act(self, n: Node) -> None:
        self.nodes = self.seen = {n}
#                                ^ the targets would share one container
#                                  help: write one assignment a line


class TuplePatternOfAnotherLength(Base):
    @action
    def act(self) -> None:
        match self.flag, self.leader:
            case True, _, _:
#                ^ a tuple[bool, Node | None] has 2 items
#                  help: write a pattern for each; _ fits any
                self.flag = False


class ChangesASetInPlaceInAProperty(Base):
    @invariant
    def safe(self) -> bool:
        rest = {n for n in self.nodes}
        same = rest
        rest |= self.seen
#       ^ rest may have another name by now, or be part of a value, which this would change, too
#         help: assign another one: rest = rest | self.seen
#         instead: rest = rest | self.seen
        return len(rest) > 0


class SetOfABranchThatChangedSince(Base):
    @action
    def act(self, n: Node, k: Node) -> None:
        if self.flag:
            self.nodes.discard(k)
            rest = {m for m in self.nodes if m != n}
            self.nodes.add(n)
        else:
            rest = {n}
        self.seen = rest
#                   ^ rest was computed in a branch before what it depends on changed there
#                     help: use it inside the branches


class OfTwoTypesByBranch(Base):
    @action
    def act(self, n: Node) -> None:
        if self.flag:
            rest = n
        else:
            rest = self.flag
        self.flag = rest
#                   ^ rest is a Node or a bool, by branch
#                     help: use two names


class AccumulatesForAValue(Base):
    @invariant
    def claim(self) -> bool:
        total = 0
        for n in Node:
            total += 1
            if total > 3:
                return False
#               ^ a loop that builds total is not left by return
#                 help: return before the loop: if any(... for x in xs): return ...; or break, and return behind it
        return True


class ReturnsWhatItFinds(Base):
    def one(self) -> Node | None:
        for n in Node:
            if n in self.nodes:
                return n
#               ^ the rounds of a loop all leave it in one way here, as by return True
#                 help: next((x for x in xs if ...), default) is the first of what has an order; choose(x for x in xs if ...) takes any, in an action
        return None

    @invariant
    def claim(self) -> bool:
        return self.one() is None


class ReturnsTwoThings(Base):
    @invariant
    def claim(self) -> bool:
        for n in Node:
            if n in self.nodes:
                return True
#               ^ the rounds of a loop all leave it in one way here, as by return True
#                 help: next((x for x in xs if ...), default) is the first of what has an order; choose(x for x in xs if ...) takes any, in an action
            return False
        return True


class ReturnsNothingFromASearch(Base):
    @invariant
    def claim(self) -> bool:
        for n in Node:
            return
#           ^ this returns nothing
#             help: return a value
        return True


class SearchThatMayRaise(Base):
    @invariant
    def claim(self) -> bool:
        for n in Node:
#       ^ a round of this loop may raise, behind one that leaves it
#         help: use any(...) or all(...), which look at all
            if n == self.queue[0]:
                return False
        return True


class SearchThatBreaksWithWhatItFound(Base):
    @invariant
    def claim(self) -> bool:
        found = None
        for n in Node:
            if n in self.nodes:
                found = n
#               ^ found would be what one of the rounds has found
#                 help: next((x for x in xs if ...), default) is the first of what has an order, and of reversed(xs) the last; choose(x for x in xs if ...) takes any, in an action
                break
        return found is None


class SearchThatNothingLeavesWithAnElse(Base):
    @invariant
    def claim(self) -> bool:
        for n in Node:
#       ^ a loop computes no value here, unless it returns one: if ...: return False
#         help: use any, all, sum, min, max or a comprehension
            if n in self.nodes:
                continue
        else:
            return True


class UsesWhatASearchNamed(Base):
    @invariant
    def claim(self) -> bool:
        for n in Node:
            if n in self.nodes:
                return False
        return n in self.seen
#              ^ n has a value on some paths only
#                help: give it one before the branch or loop


class SearchesByABoundName(Base):
    @invariant
    def claim(self, n: Node) -> bool:
        for n in Node:
#           ^ n has a value already, and Python would replace it here
#             help: use another name
            if n in self.nodes:
                return False
        return True


class RunsOverARangeType(Base):
    @action
    def act(self) -> None:
        self.flag = all(n < 9 for n in Count)
#                                      ^ Count is the type Range[0, limit], not a collection of its values
#                                        help: its numbers are range(self.limit + 1)
#                                        instead: self.flag = all(n < 9 for n in range(self.limit + 1))


class RunsOverAUnion(Base):
    @action
    def act(self) -> None:
        self.flag = any(x is None for x in NodeOrColor)
#                                          ^ NodeOrColor is the type Node | None, not a collection of its values
#                                            help: run over values_of(NodeOrColor)
#                                            instead: self.flag = any(x is None for x in values_of(NodeOrColor))


class RunsOverAShortRange(Base):
    @action
    def act(self) -> None:
        self.flag = all(n < 9 for n in Range[0, 3])
#                                      ^ Range is a type of numbers, not a collection of them
#                                        help: those of Range[0, 3] are range(4)
#                                        instead: self.flag = all(n < 9 for n in range(4))


class AssignsSomeNumbers(Base):
    shares: Map[Count, bool]

    @action
    def act(self) -> None:
        self.shares = {i: True for i in range(self.limit)}
#                                       ^ this is not all of Range[0, limit], and a map has a value at every key
#                                         help: for i in range(self.limit + 1)
#                                         instead: self.shares = {i: True for i in range(self.limit + 1)}


class AssignsNumbersOfHalf(Base):
    shares: Map[Range[1, "limit // 2"], bool]

    @action
    def act(self) -> None:
        self.shares = {i: True for i in range(2)}
#                                       ^ this is not all of Range[1, limit // 2], and a map has a value at every key
#                                         help: for i in range(1, self.limit // 2 + 1)
#                                         instead: self.shares = {i: True for i in range(1, self.limit // 2 + 1)}


class ExtendsByWhatIsNoItem(Base):
    logs: Seq[Seq[Node, 2], 2]

    @action
    def act(self) -> None:
        log: list[Node] = []
        for nodes in self.logs:
            if nodes not in log:
                log.extend(nodes)
#               ^ what a round does to log depends on what other rounds have done
#                 help: a loop accumulates by one log = log + [x], or log = [x, *log], for an x that tells of its own round only
        self.queue = log[:2]


class UnitesWithWhatIsNoElement(Base):
    sets: Set[Set[Node]]

    @action
    def act(self) -> None:
        some: set[Node] = set()
        for nodes in self.sets:
            if nodes not in some:
                some |= nodes
#               ^ what a round does to some depends on what other rounds have done
#                 help: a loop accumulates by some = some | {x}, or by some = some - {x}, for an x that tells of its own round only
        self.nodes = some


class BuildsUntilItReturns(Base):
    def until(self, n: Node) -> list[Node]:
        log: list[Node] = []
        for m in self.queue:
            if m == n:
                return log
#               ^ a loop that builds log is not left by return
#                 help: return before the loop: if any(... for x in xs): return ...; or break, and return behind it
#                 instead: break
            log.append(m)
        return log

    @invariant
    def claim(self, n: Node) -> bool:
        return len(self.until(n)) < 3


class BuildsWithAnElse(Base):
    @action
    def act(self, n: Node) -> None:
        log: list[Node] = []
        for m in self.queue:
            if m == n:
                break
            log.append(m)
        else:
            log.append(n)
#           ^ else has no place after a loop that builds log
#             help: ask behind the loop whether it was left: if any(... for x in xs)
        self.queue = log


class BuildsUntilItIsLeftInNoOrder(Base):
    @action
    def act(self) -> None:
        kept: set[Node] = set()
        for n in Node:
            if n in self.seen:
                break
#               ^ which rounds come before this would depend on the order of the loop, and a set or sort has none
#                 help: choose before it: n = choose(n for n in ... if ...); or run over what has an order: sorted(...), an Order
            kept.add(n)
        self.nodes = kept


class BuildsByMatch(Base):
    @action
    def act(self) -> None:
        log: list[Node] = []
        for n in self.queue:
            match self.colors[n]:
#           ^ match has no place in a loop that builds log
#             help: ask by if: if isinstance(x, Ask)
                case Color.RED:
                    continue
                case _:
                    pass
            log.append(n)
        self.queue = log


class BuildsWhatElseLeaves(Base):
    @action
    def act(self) -> None:
        log: list[Node] = []
        for n in self.queue:
            for m in self.other:
#           ^ a loop that builds log is not left from else of a loop in it
#             help: ask behind the inner loop: if any(... for y in ys)
                if m == n:
                    break
            else:
                break
            log.append(n)
        self.queue = log


class SearchThatGivesAnotherValue(Base):
    @invariant
    def claim(self) -> bool:
        known = False
        for n in Node:
#       ^ known is given a value in each round, and a value is not accumulated by a loop
#         help: use sum, min, max, any, all or a comprehension
            known = n in self.seen
            if known and n in self.nodes:
                return False
        return not known


class DeletesAnItem(Base):
    @action
    def act(self, n: Node) -> None:
        del self.queue[0]
#       ^ `del` is not part of the language
#         help: self.queue.pop(0)
#         instead: self.queue.pop(0)


class DeletesSomeItems(Base):
    @action
    def act(self, n: Node) -> None:
        del self.queue[0:1]
#       ^ `del` is not part of the language
#         help: assign what is left: self.queue = self.queue[:0] + self.queue[1:]
#         instead: self.queue = self.queue[:0] + self.queue[1:]


class DeletesAnItemOfALocalList(Base):
    @action
    def act(self, n: Node) -> None:
        log = list(self.queue)
        del log[1]
#       ^ `del` is not part of the language
#         help: assign what is left: log = log[:1] + log[1 + 1:]
#         instead: log = log[:1] + log[1 + 1:]


class DeletesAnEntryOfSets(Base):
    @action
    def act(self, n: Node) -> None:
        del self.held[n]
#       ^ `del` is not part of the language
#         help: a Map has a value for every key: assign what stands for none, self.held[n] = set()
#         instead: self.held[n] = set()


class DeletesAnElement(Base):
    @action
    def act(self, n: Node) -> None:
        del self.nodes[n]
#       ^ `del` is not part of the language
#         help: self.nodes.discard(n) takes an element from a set
#         instead: self.nodes.discard(n)


class DeletesAName(Base):
    @action
    def act(self, n: Node) -> None:
        del n
#       ^ `del` is not part of the language
#         help: leave it out: a name ends with its function
#         instead: pass


class DeletesAVariable(Base):
    @action
    def act(self, n: Node) -> None:
        del self.flag
#       ^ `del` is not part of the language
#         help: assign what is left of it, or what stands for none
#         instead: self.flag = False


class UpdatesAMap(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors.update({m: Color.RED for m in self.nodes})
#       ^ a Map[Node, Color] has no method 'update' in the language
#         help: assign its entries: for m in self.nodes: self.colors[m] = Color.RED
#         instead: for m in self.nodes: self.colors[m] = Color.RED


class UpdatesAnEntryOfAMap(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors |= {n: Color.RED}
#       ^ a Map[Node, Color] is not changed by an operator
#         help: assign its entries: self.colors[n] = Color.RED
#         instead: self.colors[n] = Color.RED


class SetsADefault(Base):
    @action
    def act(self, n: Node) -> None:
        self.held.setdefault(n, set()).add(n)
#       ^ a Map[Node, Set[Node]] has no method 'setdefault' whose value could be used
#         help: index it: a Map has a value for every key
#         instead: self.held[n].add(n)


class ClearsAMap(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors.clear()
#       ^ a Map[Node, Color] has no method 'clear' in the language
#         help: assign every entry: self.colors = everywhere(...), or {k: ... for k in K}
#         instead: self.colors = everywhere(Color.RED)


class SortsALocalList(Base):
    @action
    def act(self, n: Node) -> None:
        log = list(self.queue)
        log.reverse()
#       ^ a local container is not changed by reverse
#         help: assign what it becomes: log = list(reversed(log))
#         instead: log = list(reversed(log))


import collections
import itertools


class Accumulates(Base):
    numbers: Seq[Count, 2]

    @invariant
    def claim(self) -> bool:
        xs = self.numbers
        return list(itertools.accumulate(xs)) != [1]
#                   ^ itertools.accumulate(...) has no place here
#                     help: write what comes before each as a slice: [sum(xs[:i + 1]) for i in range(len(xs))]
#                     instead: return [sum(xs[:i + 1]) for i in range(len(xs))] != [1]


class CountsAll(Base):
    @invariant
    def claim(self, n: Node) -> bool:
        counts = collections.Counter(self.queue)
#                ^ collections.Counter(...) has no place here
#                  help: count where it is asked: xs.count(x), or sum(1 for y in xs if y == x)
#                  instead: counts = self.queue.count(n), sum(1 for y in self.queue if y == n)
        return counts[0] == counts[1]


class ChangesACopy(Base):
    @action
    def act(self, n: Node) -> None:
        set(self.nodes).add(n)
#       ^ this changes what set(self.nodes) returns, which may be a copy
#         help: change a variable: self.x, or self.x[k]
#         instead: self.nodes.add(n)


class AssignsAnItemOfACopy(Base):
    @action
    def act(self, n: Node) -> None:
        require(len(self.queue) > 0)
        list(self.queue)[0] = n
#       ^ this changes what list(self.queue) returns, which may be a copy
#         help: change a variable: self.x, or self.x[k]
#         instead: self.queue[0] = n


class TakesFromACopy(Base):
    @action
    def act(self) -> None:
        require(len(self.queue) > 0)
        first = list(self.queue).pop(0)
#               ^ this changes what list(self.queue) returns, which may be a copy
#                 help: change a variable: self.x, or self.x[k]
#                 instead: first = self.queue.pop(0)
        self.leader = first


class ItemOfALocalList(Base):
    @action
    def act(self, n: Node) -> None:
        require(len(self.queue) > 0)
        log = list(self.queue)
        log[0] = n
#       ^ an item of the local list log is not assigned to
#         help: assign what it becomes: log = [... if k == 0 else x for k, x in enumerate(log)]
#         instead: log = [n if k == 0 else x for k, x in enumerate(log)]
        self.other = log


class ItemOfAnAssignedList(Base):
    @action
    def act(self, n: Node) -> None:
        require(len(self.queue) > 0)
        log = list(self.queue)
        self.other = log
        log[0] = n
#       ^ log is the container in self.other since it was assigned to it
#         help: change that: self.other[0] = ...
#         instead: self.other[0] = n


class CopyInAHelper(Base):
    def put(self, nodes: set[Node], n: Node) -> None:
        nodes.add(n)
#       ^ nodes is a container that was given to this function
#         help: make another one: other = nodes | {n}
#         instead: other = nodes | {n}

    @action
    def act(self, n: Node) -> None:
        rest = set(self.nodes)
        self.put(rest, n)
        self.seen = rest


class ReturnedCopyInAHelper(Base):
    def copied(self, n: Node) -> set[Node]:
        return set(self.held[n])

    def put(self, nodes: set[Node], n: Node) -> None:
        nodes.add(n)
#       ^ this changes what self.copied(n) returns, which may be a copy
#         help: change a variable: self.x, or self.x[k]

    @action
    def act(self, n: Node) -> None:
        self.put(self.copied(n), n)


class OneContainerForAllKeys(Base):
    @action
    def act(self) -> None:
        self.held = dict.fromkeys(Node, set())
#                   ^ the keys would share one container
#                     help: {k: ... for k in Node}
#                     instead: self.held = {k: set() for k in Node}


class KeysOfSome(Base):
    @action
    def act(self) -> None:
        self.colors = dict.fromkeys(self.nodes, Color.RED)
#                                   ^ this is not all of Node, and a map has a value at every key
#                                     help: for k in Node
#                                     instead: self.colors = dict.fromkeys(Node, Color.RED)


class KeysWithoutArguments(Base):
    @action
    def act(self) -> None:
        self.colors = dict.fromkeys()
#                     ^ dict.fromkeys takes the keys, and a value
#                       help: {k: ... for k in Node}
#                       instead: self.colors = {k: Color.RED for k in Node}


class ComparedWithFromKeys(Base):
    @invariant
    def inv(self) -> bool:
        return self.colors == dict.fromkeys(Node, Color.RED)
#                             ^ a map has no place here
#                               help: a map is assigned to a variable, or is a field of a record; compare it entry by entry
#                               instead: return all(self.colors[n] == Color.RED for n in Node)


class SwapsTwoContainers(Base):
    @action
    def act(self) -> None:
        self.nodes, self.seen = self.seen, self.nodes
#                               ^ a Set[Node] is not assigned beside others, unless it is emptied
#                                 help: write it in a line of its own: self.nodes = set(self.seen)
#                                 instead: old = set(self.nodes); self.nodes = set(self.seen); self.seen = old


class FrozenBesideOthers(Base):
    @action
    def act(self) -> None:
        self.nodes, self.flag = frozen(self.seen), True
#                               ^ a Set[Node] is not assigned beside others, unless it is emptied
#                                 help: write it in a line of its own: self.nodes = set(self.seen)
#                                 instead: self.nodes = set(self.seen); self.flag = True


class MapBesideOthers(Base):
    @action
    def act(self) -> None:
        self.colors, self.flag = dict.fromkeys(Node, Color.RED), True
#                                ^ a Map[Node, Color] is not assigned beside others, unless it is emptied
#                                  help: write it in a line of its own: self.colors = dict.fromkeys(Node, Color.RED)
#                                  instead: self.colors = dict.fromkeys(Node, Color.RED); self.flag = True


class ChangesPartOfAnItem(Base):
    line: Seq[tuple[Node, Set[Node]], 2]

    @action
    def act(self, n: Node) -> None:
        require(len(self.line) > 0)
        self.leader, self.nodes = self.line.pop(0)
#       ^ nodes is changed in place in this action, too, and what is part of a value does not change
#         help: copy it: set(...)
#         instead: self.leader, given = self.line.pop(0); self.nodes = set(given)
        self.nodes.add(n)


class AssignsAParameterInside(Base):
    @action
    def act(self, n: Node) -> None:
        (m, n), self.flag = (self.leader, self.leader), True
#           ^ n is a parameter or the variable of a loop, which is not assigned to
#             help: use another name
#             instead: (m, k), self.flag = (self.leader, self.leader), True


class StarAtTheFront(Base):
    @action
    def act(self) -> None:
        require(len(self.queue) > 0)
        *rest, last_ = self.queue
#       ^ * is not part of the language
#         help: take slices, in a line each: rest = self.queue[:-1], last_ = self.queue[-1]
#         instead: rest, last_ = self.queue[:-1], self.queue[-1]
        self.other = rest


class KeysWithAnotherValue(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors = dict.fromkeys(Node, n)
#                                         ^ the value must be a Color, found a Node
#                                           help: possible are Color.RED, Color.GREEN


@record
class Painted:
    colors: Map[Node, Color]


class FieldWithAnotherValue(Base):
    told: Set[Painted]

    @action
    def act(self, n: Node) -> None:
        self.told.add(Painted(dict.fromkeys(Node, n)))
#                                                 ^ the value must be a Color, found a Node
#                                                   help: possible are Color.RED, Color.GREEN


class MultipliedList(Base):
    @action
    def act(self) -> None:
        self.queue = self.queue * 2
#                    ^ this operator does not apply to collections
#                      help: write it out: [x for _ in range(2) for x in self.queue]
#                      instead: self.queue = [x for _ in range(2) for x in self.queue]


class MultipliedInPlace(Base):
    @action
    def act(self) -> None:
        self.queue *= 2
#       ^ a Seq[Node, 2] is not changed by an operator
#         help: assign what it becomes: self.queue = [x for _ in range(2) for x in self.queue]
#         instead: self.queue = [x for _ in range(2) for x in self.queue]


class Tupled(Base):
    @action
    def act(self) -> None:
        for n in tuple(self.queue):
#                ^ tuple(...) has no place here
#                  help: a list is a copy that is run over: list(...)
#                  instead: for n in list(self.queue):
            self.seen.add(n)


class EmptiesALocalListOfAProperty(Base):
    @invariant
    def claim(self) -> bool:
        rest = list(self.queue)
        rest.clear()
#       ^ a local container is not changed by clear
#         help: assign what it becomes: rest = list[Node]()
#         instead: rest = list[Node]()
        return not rest


class AssignsAnItemOfALocalListOfAProperty(Base):
    @invariant
    def claim(self, n: Node) -> bool:
        rest = list(self.queue)
        rest[0] = n
#       ^ an item of the local list rest is not assigned to
#         help: assign what it becomes: rest = [... if k == 0 else x for k, x in enumerate(rest)]
#         instead: rest = [n if k == 0 else x for k, x in enumerate(rest)]
        return len(rest) < 3


class ReturnsAValueThatNobodyUses(Base):
    def touched(self, n: Node) -> int:
        self.nodes.add(n)
        return len(self.nodes)
#       ^ touched returns a value, and is called as a statement here
#         help: use the value, where the helper changes nothing; or return nothing: return
#         instead: return

    @action
    def act(self, n: Node) -> None:
        self.touched(n)


class AListByBranchThatMayRaise(Base):
    @action
    def act(self) -> None:
        rest = list(self.queue)
        if self.flag:
            rest = [self.queue[0]]
        self.other = rest
#                    ^ rest is one list or another, by branch, and one of them may raise
#                      help: use it inside the branches, or guard its items: self.q[:1] for [self.q[0]]
#                      above: rest = self.queue[:1]


class EntryOfAnother(Base):
    @action
    def act(self, m: Node) -> None:
        for n in Node:
            if n in self.seen:
                self.colors[m] = Color.RED if self.leader == n else self.colors[n]
#               ^ colors would depend on the order in which the loop runs, and a set or sort has none
#                 help: change the entry that the loop's variable selects, or this one outside of the loop; or accumulate: +=
#                 instead: self.colors[n] = Color.RED if self.leader == n else self.colors[n]


class EntriesByPartOfATuple(Base):
    @action
    def act(self, n: Node) -> None:
        for m in Node:
            pair = (n, m)
            self.owner[pair[0]] = pair[1]
#           ^ owner would depend on the order in which the loop runs, and a set or sort has none
#             help: change the entry that the loop's variable selects, or this one outside of the loop; or accumulate: +=

    owner: Map[Node, Node | None] = everywhere(None)


class LengthensWhatItRunsOver(Base):
    @action
    def act(self) -> None:
        for k, n in enumerate(self.queue):
#                   ^ the loop runs over self.queue, and does more to queue than to assign its items
#                     help: run over a copy: enumerate(list(self.queue))
#                     instead: for k, n in enumerate(list(self.queue)):
            if k == 0 and len(self.queue) < 2:
                self.queue.append(n)


class RunsOverALateCopy(Base):
    @action
    def act(self, m: Node) -> None:
        self.queue = [m]
        for k, n in enumerate(list(self.queue)):
#                   ^ the loop runs over a copy of self.queue, which the action had changed before, and changes it
#                     help: assign what becomes of the whole: self.queue = [... for i, x in enumerate(self.queue)]
            self.queue[k] = n


class RunsOverALateCopyOfAList(Base):
    @action
    def act(self, m: Node) -> None:
        self.queue = [m]
        for n in list(self.queue):
#                ^ the loop runs over a copy of self.queue, which the action had changed before, and changes it
#                  help: assign what becomes of the whole: self.queue = [... for i, x in enumerate(self.queue)]
            self.queue[0] = n


class RunsOverACopyAndItself(Base):
    @action
    def act(self) -> None:
        for n, m in zip(self.queue[1:], self.queue):
#                   ^ the loop changes queue, of which it runs over a copy as well as over the container itself
#                     help: copy it in each place: list(self.queue)
#                     instead: for n, m in zip(self.queue[1:], list(self.queue)):
            self.queue[0] = n


class ExtendsPartOfAValue(Base):
    line: Seq[tuple[Node, Seq[Node, 2]], 2]

    @action
    def act(self, n: Node) -> None:
        require(len(self.line) > 0)
        self.queue = self.line[0][1]
#                    ^ queue is changed in place in this action, too, and what is part of a value does not change
#                      help: copy it: list(...)
#                      instead: self.queue = list(self.line[0][1])
        self.queue += [n]


class AssignsAPartBesideOthers(Base):
    line: Seq[tuple[Node, Set[Node]], 2]

    @action
    def act(self, n: Node) -> None:
        require(len(self.line) > 0)
        self.nodes, self.flag = self.line[0][1], True
#                               ^ nodes is changed in place in this action, too, and what is part of a value does not change
#                                 help: copy it: set(...)
#                                 instead: self.nodes = set(self.line[0][1]); self.flag = True
        self.nodes.add(n)


class UnpacksAList(Base):
    @action
    def act(self) -> None:
        require(len(self.queue) == 2)
        a, b = self.queue
#              ^ a Seq[Node, 2] is not unpacked, for it may have another number of items
#                help: take its items: a, b = self.queue[0], self.queue[1]
#                instead: a, b = self.queue[0], self.queue[1]
        self.queue = [b, a]


class TakesOutOfAMap(Base):
    @action
    def act(self, n: Node) -> None:
        color = self.colors.pop(n)
#               ^ a Map[Node, Color] has no method 'pop' in the language
#                 help: a Map has a value for every key: assign what stands for none, self.colors[k] = None, if its values are Color | None
        self.flag = color == Color.RED


class UpdatedMap(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors = {**self.colors, n: Color.GREEN}
#                     ^ a map is assigned by a comprehension over all its keys
#                       help: {k: Color.GREEN if k == n else self.colors[k] for k in Node}
#                       instead: self.colors = {k: Color.GREEN if k == n else self.colors[k] for k in Node}


class UpdatedFromKeys(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors = dict.fromkeys(Node, Color.RED) | {n: Color.GREEN}
#                     ^ a map is assigned by a comprehension over all its keys
#                       help: {k: Color.GREEN if k == n else Color.RED for k in Node}
#                       instead: self.colors = {k: Color.GREEN if k == n else Color.RED for k in Node}


class CopiedFromKeys(Base):
    @action
    def act(self, n: Node) -> None:
        self.colors = dict(dict.fromkeys(Node, Color.RED))
#                     ^ a map is assigned by a comprehension over all its keys
#                       help: that is a map of its own: dict.fromkeys(Node, Color.RED)
#                       instead: self.colors = dict.fromkeys(Node, Color.RED)


class StarThatIsNotUsed(Base):
    @action
    def act(self) -> None:
        require(len(self.queue) > 0)
        first_, *_ = self.queue
#               ^ * is not part of the language
#                 help: index it: first_ = self.queue[0]
#                 instead: first_ = self.queue[0]
        self.leader = first_


class StarAtTheFrontThatIsNotUsed(Base):
    @action
    def act(self) -> None:
        require(len(self.queue) > 0)
        *_, last_ = self.queue
#       ^ * is not part of the language
#         help: index it: last_ = self.queue[-1]
#         instead: last_ = self.queue[-1]
        self.leader = last_


class DefaultOfAList(Base):
    @action
    def act(self, n: Node) -> None:
        self.queue = self.queue or [n]
#                    ^ expected True or False, found a Seq[Node, 2]
#                      help: say bool(...); for a default, write self.queue if self.queue else ...
#                      instead: self.queue = list(self.queue) if self.queue else [n]


class TruthOfANumber(Base):
    @action
    def act(self) -> None:
        self.flag |= self.count
#                    ^ expected True or False, found a Range[0, limit]
#                      help: compare it, or say bool(...)
#                      instead: self.flag |= self.count > 0


class TogglesAClass(Base):
    @action
    def act(self) -> None:
        self.nodes ^= Node
#                     ^ expected a set, found a class Node
#                       help: what can be run over becomes one by set(...)
#                       instead: self.nodes ^= set(Node)


class NamesAnIterator(Base):
    @action
    def act(self) -> None:
        pairs = zip(self.queue, self.other)
#               ^ zip(...) has no place here
#                 help: run over it, for a, b in zip(self.queue, self.other); or make a list of it: list(zip(self.queue, self.other))
#                 instead: pairs = list(zip(self.queue, self.other))
        for a, b in pairs:
            self.held[a] = {b}


class NamesAGenerator(Base):
    @invariant
    def inv(self) -> bool:
        waiting = (n for n in self.queue if n != self.leader)
#                 ^ a generator has no place here
#                   help: make a list of it: [n for n in self.queue if n != self.leader]
#                   instead: waiting = [n for n in self.queue if n != self.leader]
        return len(self.seen) >= 0 or all(n in self.seen for n in waiting)


class AsksForTheNextOne(Base):
    @action
    def act(self) -> None:
        waiting = iter(self.queue)
#                 ^ iter(...) has no place here
#                   help: run over what it is made of; the first of that is next((x for x in xs), None), or xs[0]
#                   instead: waiting = list(self.queue)
        self.leader = next((n for n in waiting), None)


class InPairs(Base):
    @invariant
    def inv(self) -> bool:
        return all(a != b for a, b in itertools.pairwise(self.queue))
#                                     ^ itertools.pairwise(...) has no place here
#                                       help: zip it with the rest of it: for a, b in zip(xs, xs[1:])
#                                       instead: return all(a != b for a, b in zip(self.queue, self.queue[1:]))


class Reduced(Base):
    @invariant
    def inv(self) -> bool:
        return functools.reduce(max, [len(self.queue), 1]) > 0
#              ^ functools.reduce(...) has no place here
#                help: use sum, min, max, any or all, or a loop that accumulates: total += x
#                instead: return max([len(self.queue), 1]) > 0


class ZipsWhatIsNumbered(Base):
    @action
    def act(self) -> None:
        for (i, n), m in zip(enumerate(self.queue), self.other):
#                            ^ zip takes a sequence here, not what enumerate gives
#                              help: possible are enumerate(zip(a, b)), zip(a, b, c), enumerate(reversed(a)) and zip(a, reversed(b))
#                              instead: for i, (n, m) in enumerate(zip(self.queue, self.other)):
            self.flag = n == m


class TheOneWithMost(Base):
    counts: Map[Node, Range[0, 1]] = everywhere(0)

    @action
    def act(self) -> None:
        self.leader = max(self.counts, key=self.counts.get)
#                     ^ in a class Node several elements may have the same key, and none of them is the first
#                       help: take any, in an action: choose(k for k in self.counts if self.counts[k] == max(self.counts[k] for k in self.counts)); ask about each, in a property: all(... for k in self.counts if self.counts[k] == max(self.counts[k] for k in self.counts))
#                       instead: self.leader = choose(k for k in self.counts if self.counts[k] == max(self.counts[k] for k in self.counts))


class TheItemWithMost(Base):
    counts: Map[Node, Range[0, 1]] = everywhere(0)

    @action
    def act(self) -> None:
        self.leader = max(self.counts.items(), key=lambda kv: kv[1])[0]
#                     ^ in a class Node several elements may have the same key, and none of them is the first
#                       help: take any, in an action: choose(kv for kv in self.counts.items() if kv[1] == max(kv[1] for kv in self.counts.items())); ask about each, in a property: all(... for kv in self.counts.items() if kv[1] == max(kv[1] for kv in self.counts.items()))
#                       instead: self.leader = choose(kv for kv in self.counts.items() if kv[1] == max(kv[1] for kv in self.counts.items()))[0]


class PopsFromALocalList(Base):
    @action
    def act(self) -> None:
        rest = list(self.queue)
        rest.pop()
#       ^ a local container is not changed by pop
#         help: take the item, rest[-1], and assign what is left: rest = rest[:-1]
#         instead: rest = rest[:-1]
        self.queue = rest


class RemovesFromALocalList(Base):
    @action
    def act(self, n: Node) -> None:
        rest = list(self.queue)
        rest.remove(n)
#       ^ a local container is not changed by remove
#         help: assign what it becomes: rest = rest[:rest.index(n)] + rest[rest.index(n) + 1:]
#         instead: rest = rest[:rest.index(n)] + rest[rest.index(n) + 1:]
        self.queue = rest


class EmptiesALocalSet(Base):
    @action
    def act(self) -> None:
        rest = set(self.nodes)
        rest.clear()
#       ^ a local container is not changed by clear
#         help: assign what it becomes: rest = set[Node]()
#         instead: rest = set[Node]()
        self.flag = not rest


class PopsFromALocalSet(Base):
    @action
    def act(self) -> None:
        rest = set(self.nodes)
        rest.pop()
#       ^ a local container is not changed by pop
#         help: a set has no first element; choose one: n = choose(rest), then rest = rest - {n}
#         instead: n = choose(rest)
#         instead: rest = rest - {n}
        self.nodes = rest


class IntersectsALocalSet(Base):
    @action
    def act(self, n: Node) -> None:
        rest = set(self.nodes)
        rest.intersection_update({n}, self.seen)
#       ^ a local container is not changed by intersection_update
#         help: assign what it becomes: rest = rest & {n} & self.seen
#         instead: rest = rest & {n} & self.seen
        self.nodes = rest


class TogglesALocalSet(Base):
    @action
    def act(self, n: Node) -> None:
        rest = set(self.nodes)
        rest.symmetric_difference_update({n})
#       ^ a local container is not changed by symmetric_difference_update
#         help: assign what it becomes: rest = rest ^ {n}
#         instead: rest = rest ^ {n}
        self.nodes = rest


class TakesALocalSetFromItself(Base):
    @action
    def act(self) -> None:
        rest = set(self.nodes)
        rest.difference_update(rest)
#       ^ rest is changed by what it holds itself
#         help: assign what it becomes: rest = rest - rest
#         instead: rest = rest - rest
        self.nodes = rest


class AssignsASetToItself(Base):
    @action
    def act(self) -> None:
        self.nodes = self.nodes
#                    ^ this assigns a container to itself
#                      help: leave it out: it changes nothing
        self.flag = True


class AssignsAListToItself(Base):
    @action
    def act(self) -> None:
        self.queue = self.queue
#                    ^ this assigns a container to itself
#                      help: leave it out: it changes nothing
        self.flag = True
