"""Small random protocols: nodes that change phases, hear of each other and leave notes, also in two versions.

Unlike invented models they are mostly about their nodes, fire most of their actions, and are small enough to be walked
through by whoever has a second opinion on them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.generation.choices import Choices
from tests.generation.composing import NOTHING, OWN, Composed, composition

__all__ = ["HEAD", "REFUSED", "Action", "Protocol", "changed", "protocol"]

REFUSED = (
    "was computed before the state",
    "is never None",
    "which may have changed in this action",
    "which is given another map in this action",
    "since it was assigned to it",
)
"""Why some protocols are no models of the language: a set is named too late, what is no more in doubt is asked, a map
is computed from itself behind a change of it, a map that has a name is no longer in the state, or a parameter is read
once it is the map in the state."""

HEAD = '''\
from typing import Self

from assay.checker.language import *


class Node(Sort):
    """Who takes steps."""


class Ballot(Order):
    """Numbers of attempts."""


class Phase(Enum):
    IDLE, READY, DONE = range(3)


@record
class Note:
    sender: Node
    phase: Phase
    heard: Set[Node]


@record
class Tally:
    ranks: Set[Range[0, 2]]


@record
class Yes:
    sender: Node


@record
class No:
    pass


@record
class Offer:
    voters: Set[Node] | None
    line: Seq[Phase, 1] | None
'''

VARIABLES = {
    "phase": "Map[Node, Phase] = everywhere(Phase.IDLE)",
    "notes": "Set[Note]",
    "queue": "Seq[Node, 2]",
    "last": "Node | None",
    "heard": "Map[Node, Set[Node]]",
    "level": "Range[0, 2] = 0",
    "votes": "Bag[Phase, 2]",
    "ballot": "Ballot | None",
    "up": "bool = anything()",
    "far": "Set[tuple[Range[0, 90], Range[0, 90], Range[0, 90]]]",
    "rank": "Map[Node, Range[0, 2]] = everywhere(0)",
    "tallies": "Set[Tally]",
    "low": "Range[0, 1] | None",
    "kept": "Note | None",
    "high": "Range[0, 2] | None",
    "rows": "Map[Node, Seq[Phase, 2]]",
    "answer": "Yes | No | None",
    "denied": "No | None",
    "ring": "Function[Node, Node]",
    "acks": "Map[Node, Map[Node, bool]]",
    "offers": "Set[Offer]",
}
"""The variables; `far` has so few of its elements that they are listed, and `ring` is what an instance chooses."""

OTHERWISE = {"level": "1", "rank": "everywhere(1)", "phase": "everywhere(Phase.READY)", "up": "True"}
"""Other initial values, with which the next version may begin."""

SIGNATURES = {
    "": (),
    "n: Node": ("n",),
    "n: Node, m: Node": ("n", "m"),
    "n: Node, note: Note": ("n", "note"),
    "phase: Phase, n: Node": ("n", "phase"),
    "n: Node, b: Ballot": ("n", "b"),
    "n: Node, offer: Offer": ("n", "offer"),
    "n: Node, group: Set[Node]": ("n", "group"),
    "n: Node, order: Perm[Node]": ("n", "order"),
    "n: Node, plan: Map[Node, Phase]": ("n", "plan"),
    "n: Node, m: Node, mail: Yes | No": ("n", "m", "mail"),
}
"""The parameters of an action, and their names, that of the node which takes it first."""

PARAMETERS = tuple(dict.fromkeys(name for names in SIGNATURES.values() for name in names))

GUARDS = (
    "self.phase[n] == Phase.IDLE", "self.phase[n] != Phase.DONE", "self.phase[m] == Phase.READY", "n != m",
    "all(self.phase[k] != Phase.DONE for k in Node)", "self.phase[n] != phase",
    "note.sender != n", "note.phase == Phase.READY", "len(self.notes) < 2", "n in note.heard",
    "len(self.queue) < 2", "len(self.queue) > 0", "n not in self.queue",
    "self.last is None", "self.last != n", "self.last == m",
    "m not in self.heard[n]", "len(self.heard[n]) < 2", "n in self.heard[n]",
    "self.level < 2", "self.level == 0", "self.level > 0", "self.rank[n] < 2", "self.rank[n] > self.rank[m]",
    "Phase.DONE not in self.votes", "len(self.votes) < 2",
    "self.ballot is None or self.ballot < b", "self.ballot is None", "self.up", "not self.up",
    "self.last is not None and self.phase[self.last] != Phase.DONE", "self.ring[n] == m", "self.ring[n] != n",
    "len(self.far) < 3", "(1, self.level, 0) in self.far", "all(k != n or x < y for k in Node for x, y, z in self.far)",
    "self.acks[n][m]", "not self.acks[n][n]", "not any(self.acks[n].values())",
    "offer.voters is None", "offer.voters is not None and n in offer.voters", "offer.line == frozen([Phase.READY])",
    "len(group) > 0", "group <= self.heard[n]", "self.heard[n] <= group", "n in group",
    "all(self.phase[k] != Phase.DONE for k in group)",
    "len(group) < 2", "order[0] != n", "order[0] == self.last", "self.rank[order[0]] >= self.rank[order[-1]]",
    "plan[n] != self.phase[n]", "all(plan[k] != Phase.IDLE for k in Node)", "plan[n] == Phase.READY",
    "mail != No()", "mail == Yes(n)",
)  # fmt: skip

EFFECTS = (
    "self.phase[n] = Phase.READY", "self.phase[n] = Phase.DONE", "self.phase[n] = phase", "self.phase[m] = Phase.IDLE",
    "self.phase[n] = note.phase",
    "self.notes.add(Note(n, Phase.READY, frozen(set())))", "self.notes.add(Note(n, Phase.DONE, frozen({n, m})))",
    "self.notes.discard(note)", "self.notes = {k for k in self.notes if k.sender != n}", "self.notes.clear()",
    "self.queue.append(n)", "self.queue.append(m)", "self.last = self.queue.pop(0)", "self.queue = self.queue[1:]",
    "self.last = n", "self.last = m", "self.last = None", "self.last = note.sender",
    "self.last = choose(k for k in Node if k != n)", "self.last = choose(self.heard[n])",
    "self.heard[n].add(m)", "self.heard[n].add(n)", "self.heard[n] |= note.heard", "self.heard[n].clear()",
    "self.rank[n] += 1", "self.rank[n] = self.rank[m]", "self.rank[n] = max(self.rank[k] for k in Node)",
    "self.level += 1", "self.level = (self.level + 1) % 3", "self.level = 0",
    "self.votes.add(Phase.READY)", "self.votes.add(phase)", "self.votes.clear()",
    "self.high = self.low + 1", "self.high = 2 if self.low < 1 else 1", "self.last = self.kept.sender",
    "self.kept = note", "self.kept = None", "self.kept = Note(n, Phase.READY, frozen({n}))",
    "self.high = self.low", "self.low = None if self.up else 1", "self.low = None", "self.high = self.level",
    "self.tallies.clear()", "self.answer = Yes(n)", "self.answer = No()", "self.answer = None",
    "self.rows[n].append(Phase.READY)", "self.rows[n] = [Phase.DONE]", "self.rows[n] = [Phase.READY, Phase.DONE]",
    "self.ballot = b", "self.ballot = None", "self.up = not self.up", "self.up = anything()",
    "self.level = anything()", "self.last = anything()", "self.heard = anything()", "self.answer = anything()",
    "self.acks[n][m] = not self.acks[n][m]", "self.acks[n] = everywhere(False)",
    "self.offers.add(Offer({n}, None))", "self.offers.add(Offer(None, [Phase.READY]))", "self.offers.discard(offer)",
    "self.offers.add(Offer(self.heard[n], []))", "self.offers.add(Offer(offer.voters, None))", "self.offers.clear()",
    "self.heard[n] = group", "self.heard[n] -= group", "self.offers.add(Offer(group, None))", "self.last = order[0]",
    "self.queue = list(order)", "self.phase = plan", "self.phase[n] = plan[n]", "self.answer = mail",
)  # fmt: skip

_STATEMENTS = """
for x in list(self.queue):
    self.last = x

for x in list(self.queue):
    if x == n:
        break
    self.last = x

for x in reversed(list(self.queue)):
    if x == n:
        continue
    self.last = x

for w in Ballot:
    if self.ballot is None or self.ballot < w:
        self.ballot = w
        break
else:
    self.ballot = None

for w in Ballot:
    if self.level > 0:
        self.level -= 1
        continue
    self.ballot = w

for w in Ballot:
    if self.ballot == w:
        return
    self.level = 2 - self.level

for w in Ballot:
    if self.ballot == w:
        continue
    if self.up:
        break
    self.level = 2 - self.level

for i in range(3):
    if i == self.level:
        continue
    if i == 2 and self.up:
        break
    self.phase[n] = Phase.READY if self.phase[n] == Phase.IDLE else Phase.IDLE

for x in list(self.queue):
    if x == n:
        continue
    if self.last == x:
        break
    self.last = x

for w in reversed(list(Ballot)):
    self.ballot = w
    if self.up:
        break
else:
    self.up = True

for i in range(3):
    if i == self.level:
        break
    self.phase[n] = Phase.DONE
else:
    self.level = 0

for x in list(self.queue):
    for w in Ballot:
        if self.ballot == w:
            break
        self.ballot = w
    if x == n:
        return
self.up = True

for k in Node:
    if self.phase[k] == Phase.DONE:
        self.level = 2
        break
else:
    self.level = 1

for k in Node:
    self.heard[k].discard(n)

for k in self.heard[n]:
    self.phase[k] = Phase.READY

for k in Node:
    require(self.phase[k] != Phase.DONE or k == n)

for k in Node:
    self.notes.discard(Note(k, Phase.READY, frozen(set())))

for k in Node:
    if self.phase[k] == Phase.DONE:
        self.heard[n].discard(k)

for k in Node:
    if self.phase[k] != Phase.DONE:
        self.heard[n].discard(k)
    else:
        self.up = True

for k in Node:
    for j in self.heard[k]:
        self.phase[j] = Phase.READY

self.phase = {k: choose(x for x in Phase if x != self.phase[k]) for k in Node}

for k in Node:
    self.phase[k] = choose(x for x in Phase if x != Phase.DONE or k == n)

for k in Node:
    self.heard[k] = {choose(x for x in Node if x != k or self.phase[k] == Phase.DONE)}

was = set(self.heard[n])
self.heard[n].add(m)
self.heard[m] = set(was)

rest = [x for x in self.queue if x != n]
self.queue = list(rest)

was = {k for k in Node if self.phase[k] == Phase.IDLE}
self.phase[n] = Phase.READY
self.heard[n] = set(was)

who = self.last
self.last = n
if who is not None:
    self.phase[who] = Phase.IDLE

if self.last is None:
    self.last = n
else:
    self.heard[self.last].add(n)
    self.last = None

if self.last is not None:
    self.heard[self.last].add(n)
    if n in self.heard[n]:
        self.last = None

if not (self.last is not None and self.up):
    self.last = n
elif self.last != n:
    self.up = False

if self.last is not None:
    self.last = None if self.up else n
    if self.last is None:
        self.phase[n] = Phase.DONE

if self.last is not None and self.up:
    self.phase[self.last] = Phase.IDLE
else:
    self.up = self.last is None

who = some(self.last)
self.phase[who] = Phase.DONE

if self.up:
    who: Node | None = n
else:
    who = None
self.last = who

if self.ballot is not None and self.ballot != last(Ballot):
    self.ballot = succ(self.ballot)

self.ballot = min(w for w in Ballot if self.ballot is None or w > self.ballot)

self.ballot = max((w for w in Ballot if w < last(Ballot)), default=first(Ballot))

self.notes.add(Note(n, Phase.IDLE, frozen({k for k in Node if self.phase[k] == Phase.IDLE or k == n})))

self.notes.add(Note(n, Phase.READY, frozen({self.ring[k] for k in Node})))

self.notes.add(Note(n, Phase.READY, frozen({k if self.up else self.ring[k] for k in Node})))

for k in Node:
    if self.phase[k] == Phase.DONE:
        self.last = n

for k in self.heard[n]:
    self.ballot = last(Ballot)

for k in Node:
    if k in self.heard[n]:
        self.level = max(self.level, self.rank[k])

for k in Node:
    if self.high is None or self.rank[k] < self.high:
        self.high = self.rank[k]

most: int | None = None
for k in Node:
    if k != n:
        if most is None or self.rank[k] > most:
            most = self.rank[k]
self.high = most

top = 0
for k in Node:
    top = max(top, self.rank[k])
self.rank[n] = top

least = self.level
for k in Node:
    for j in self.heard[k]:
        least = min(least, self.rank[j])
self.level = least

seen, every = False, True
for k in Node:
    if self.phase[k] == Phase.DONE:
        seen = True
    if self.phase[k] == Phase.IDLE:
        every = False
self.up = seen and not every

for k in self.heard[n]:
    self.up = self.up or self.phase[k] == Phase.DONE

for k in Node:
    self.up = self.up and self.phase[k] != Phase.IDLE

for i in [2, 0, 1]:
    if self.level == i:
        break
    self.phase[n] = Phase.DONE if i == 0 else Phase.READY

for k in Node:
    self.rows[k] = self.rows[k][1:]

for k in self.heard[n]:
    self.rows[k] = [Phase.READY]

self.rows = {k: self.rows[k][::-1] if k == n else list(self.rows[k]) for k in Node}

near = choose(k for k in Node if k != n or self.rows[k])
self.rows[n] = list(self.rows[near][1:])

given = self.answer
if not isinstance(given, Yes):
    self.denied = given
else:
    self.last = given.sender

match self.answer:
    case Yes(who):
        self.answer = None
        self.last = who
    case _:
        self.denied = self.answer
        self.answer = Yes(n)

match self.answer:
    case Yes(who) if who != n:
        self.last = who
    case No():
        self.denied = self.answer
        self.answer = None
    case None:
        self.answer = No() if self.up else self.denied

given = self.answer
if isinstance(given, Yes):
    self.denied = None
    return
self.denied = given

self.level = 2 // self.level

self.tallies.add(Tally(frozen({self.rank[k] for k in Node})))

self.tallies.add(Tally(frozen({self.level, 0})))

self.high = self.low
if self.high is not None and self.low == 1:
    self.low = None

self.high = None if self.low is None else self.low + 1

self.rank[n] = 1 // self.rank[n]

self.rank = {k: max((self.rank[j] for j in Node if j != k), default=0) for k in Node}

self.rank = {k: (self.rank[k] + 1) % 3 for k in Node}

for k in Node:
    self.rank[k] = min(self.rank[k] + 1, 2)

for k in Node:
    self.rank[k] = min(j for j in range(3) if j > self.rank[k] or k != n)

if self.up and 2 % self.level == 0:
    self.level = 0

self.phase[self.ring[n]] = Phase.READY

self.far.add((1, self.level, 0))

self.far |= {(i, self.level, 0) for i in range(5)}

self.far |= {(i, i + 1, 40) for i in range(11)}

self.far.discard((1, self.level, 0))

self.far = {(x, y, z) for x, y, z in self.far if x != 1}

if self.far:
    at = choose(self.far)
    self.far -= {at}

for i in range(2):
    self.far.discard((1 - i, self.level, 0))

self.far = {(y, x, 0) for x, y, z in self.far}

row = self.acks[n]
self.acks[n][m] = not row[m]
self.up = row[m]

row = self.acks[n]
self.acks[m][n] = True
row[m] = not row[n]

row = self.acks[n]
row[n] = not row[n]
if all(row.values()):
    self.level = 2

who = n
row = self.acks[who]
who = m
row[who] = not row[who]
self.last = who

if self.last is not None:
    row = self.acks[self.last]
    self.last = n
    row[n] = not row[n]

row = self.acks[self.ring[n]]
row[n] = not row[n]

row = self.acks[n if self.up else m]
self.up = not self.up
row[n] = not row[n]

if self.queue:
    row = self.acks[self.queue[0]]
    self.queue = [n]
    row[n] = not row[n]

who = some(self.last)
row = self.acks[who]
who = n
row[who] = not row[who]

row = self.acks[choose(k for k in Node if k != self.last)]
self.last = n
row[n] = not row[n]

if self.kept is not None:
    row = self.acks[self.kept.sender]
    self.kept = Note(n, Phase.DONE, frozen({n}))
    row[n] = not row[n]

for k in Node:
    mine = self.acks[k]
    mine[n] = not mine[k]

for k, each in self.acks.items():
    each[k] = not each[n]

if self.up:
    row = self.acks[n]
    row[m] = False
else:
    row = self.acks[m]
    row[n] = True
    self.up = row[m]

ranks = self.rank
ranks[n] = (self.rank[n] + 1) % 3
if self.rank[n] == 2:
    ranks[n] = 0

phases = self.phase
self.phase[n] = Phase.DONE
if phases[m] == Phase.DONE:
    phases[m] = Phase.IDLE

heard = self.heard
heard[n].add(m)
if n in self.heard[m]:
    heard[n].discard(m)

self.heard[n] = {choose(j for j in Node if j != k) for k in self.heard[n]}

self.rank = {k: choose(i for i in range(3) if i != self.rank[k]) for k in Node}

self.last = choose(k for k in self.heard[n] if k != n)

self.kept = choose(x for x in self.notes if x.sender != n or x.phase == Phase.DONE)

near = choose(k for k in self.heard[n] if self.phase[k] != Phase.DONE)
self.phase[near] = Phase.DONE

near = choose(k for k in self.heard[n] if k not in self.heard[m])
self.heard[m].add(near)

near = choose(k for k in self.queue if k != self.last)
self.last = near

near = choose(k for k in self.heard[n] if self.rank[k] == 0)
self.rank[near] = 2

self.queue = [choose(k for k in Node if k not in self.queue)]

self.level = anything()
if self.level == 1:
    self.up = not self.up

self.last = anything()
require(self.last != n)

was = self.level
self.level = anything()
require(self.level > was)

for k in group:
    self.phase[k] = Phase.READY

for k in group:
    self.heard[k].add(n)

self.heard[n] = {k for k in Node if k not in group}

self.notes.add(Note(n, Phase.READY, frozen(group)))

require(self.heard[n] <= group)
self.heard[n] = set(group)

require(group <= self.heard[n])
self.heard[n] -= group

require(all(self.phase[k] != Phase.IDLE or k in group for k in Node))
for k in group:
    self.phase[k] = Phase.READY

require(all(plan[k] != self.phase[k] for k in Node))
self.phase = plan

require(all(plan[k] == self.phase[k] or k == n for k in Node))
self.phase[n] = plan[n]

for k in order:
    if self.phase[k] == Phase.IDLE:
        self.phase[k] = Phase.READY
        break

for k in order:
    if self.last == k:
        break
    self.last = k

for k in order:
    if k != n:
        self.level = (self.level + 1) % 3
    else:
        self.level = 2 - self.level

self.phase = {k: plan[k] if k == n else self.phase[k] for k in Node}

self.heard[n] = {k for k in Node if plan[k] == self.phase[k]}

for k in Node:
    if plan[k] == Phase.DONE:
        self.phase[k] = plan[n]

if offer.voters is not None:
    self.heard[n] = offer.voters

self.heard[n] = set(some(offer.voters))
self.offers.discard(offer)

if offer.voters is None:
    self.last = n
else:
    for k in offer.voters:
        self.phase[k] = Phase.DONE

if offer.line is not None:
    self.rows[n] = list(offer.line)

for k in Node:
    self.offers.discard(Offer({k}, None))

self.offers = {o for o in self.offers if o.voters is None or n not in o.voters}

match mail:
    case Yes(who):
        self.last = who
    case No():
        self.last = None

if isinstance(mail, Yes):
    self.phase[mail.sender] = Phase.READY
"""

BLOCKS = tuple(_STATEMENTS.strip("\n").split("\n\n"))
"""Statements of actions: loops in an order, of which some are left, and loops without one; choices for each element;
loops that keep what is largest, raise flags or set one value for all; rounds with a sequence of their own; local
names of containers, and of what may be None, an alternative of which is excluded; neighbours, extremes, sets inside
of values, divisions; sets of which few elements of many are there; other names for maps of the state; any value in the
middle of an action; and what is made of arguments that are containers, or hold some that may be missing."""

INVARIANTS = (
    "self.phase[n] != Phase.DONE or all(k == n or self.phase[k] != Phase.DONE for k in Node)",
    "self.last is None or self.last == n or n not in self.heard[n]", "len(self.notes) < 2",
    "self.level < 2 or self.last is not None", "Phase.DONE not in self.votes", "len(self.queue) < 2 or self.up",
    "self.ballot is None or self.ballot != last(Ballot)", "not self.up or self.phase[n] != Phase.DONE",
    "self.queue == [] or self.queue[0] != n or self.level != 1", "n not in self.heard[n] or self.level > 0",
    "self.kept is None or self.kept.sender != n", "self.high is None or self.high < 2",
    "Tally(frozen({0, 1})) not in self.tallies", "len(self.tallies) < 2",
    "self.rank[n] < 2", "self.level < self.rank[n] or not self.up", "len(self.far) < 4",
    "self.last is None or self.ring[self.last] != n", "(0, 1, 40) not in self.far or self.up",
    "all(n in k.heard or k.sender != n for k in self.notes)", "not self.acks[n][n] or self.level != 2",
    "any(self.acks[k][n] for k in Node) or not self.up", "Offer({n}, None) not in self.offers",
    "all(o.voters is None or n not in o.voters for o in self.offers)", "len(self.offers) < 2",
    "True",
)  # fmt: skip

AXIOMS = (
    "all(self.ring[k] != k for k in Node)",
    "all(self.ring[self.ring[k]] == k for k in Node)",
    "any(self.ring[k] == k for k in Node)",
    "self.ring[n] == n or self.ring[self.ring[n]] != n",
)

STEPS = (
    "after.level >= self.level", "self.last is None or after.last is not None", "len(after.notes) >= len(self.notes)",
    "after.up == self.up or after.level == self.level",
    "all(after.phase[k] != Phase.IDLE or self.phase[k] == Phase.IDLE for k in Node)",
)  # fmt: skip


@dataclass(frozen=True)
class Action:
    """An action of a protocol."""

    name: str
    signature: str
    guards: tuple[str, ...]
    effects: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return SIGNATURES[self.signature]

    def __str__(self) -> str:
        comma = ", " if self.signature else ""
        lines = [f"    def {self.name}(self{comma}{self.signature}) -> None:"]
        lines += [f"        require({guard})" for guard in self.guards]
        lines += [f"        {line}" for effect in self.effects for line in effect.splitlines()]
        return "\n".join(['    @action(fires="maybe")', *lines, ""])


@dataclass(frozen=True)
class Protocol:
    """A protocol: the names of its variables, its actions, its properties as text, and other initial values."""

    variables: tuple[str, ...]
    actions: tuple[Action, ...]
    properties: tuple[str, ...]
    calm: bool = False
    begins: tuple[tuple[str, str], ...] = ()
    composed: Composed = NOTHING

    @property
    def module(self) -> str:
        """The source of a module with this protocol."""
        return "\n\n".join([HEAD, *([OWN] if self.composed.bases else []), self.model()])

    def model(self, name: str = "Protocol") -> str:
        """Return the class of the model."""
        types = {**VARIABLES, **{v: VARIABLES[v].partition("=")[0] + f"= {value}" for v, value in self.begins}}
        declared = [f"    {variable}: {types[variable]}" for variable in self.variables]
        parts = "\n".join([*declared, "", *map(str, self.actions), *self.composed.members, *self.properties])
        sizes = '"Node": 2, "Ballot": 2' if "Ballot" in parts else '"Node": 2'
        bases = ", ".join([*self.composed.bases, "Model"])
        return f"class {name}({bases}):\n    default = {{{sizes}}}\n{parts}"


RAISES = (
    "+= 1",
    "self.low + 1",
    "self.low < 1",
    "self.kept.",
    ".append(",
    ".pop(",
    "votes.add",
    "//",
    "% self.level",
    "min(w",
    "min(j",
    "self.queue = [choose",
    "ranks[n]",
    "self.send(",
    "some(offer",
)
"""What may raise, or exceed a bound."""


def protocol(
    choices: Choices,
    *,
    few: bool = False,
    calm: bool = False,
    claims: bool = True,
    actions: tuple[int, int] = (2, 4),
    variables: tuple[int, int] = (3, 5),
    composed: int = 0,
) -> Protocol:
    """Draw a protocol.

    Parameters
    ----------
    choices : Choices
        What draws it.
    few : bool
        Whether its types have so few values that all can be tried.
    calm : bool
        Whether nothing of it raises.
    claims : bool
        Whether it claims anything that may be false.
    actions, variables : pair of int
        How many of them it has, at least and at most.
    composed : int
        How often it is composed of parts, in percent.
    """
    names = [name for name in VARIABLES if not (few and name == "far")]
    focus = [choices.pick(BLOCKS) for _ in range(FOCUS)]
    drawn = [name for name in dict.fromkeys(name for block in focus for name in _read(block)) if name in names]
    others = [name for name in names if name not in drawn]
    most = choices.number(*variables)
    while len(drawn) < most:
        drawn.append(others.pop(others.index(choices.pick(others))))
    del drawn[most:]
    parts = composition(choices) if choices.chance(composed) else NOTHING
    made = tuple(
        _action(choices, drawn, f"a{index}", calm=calm, parts=parts, focus=focus)
        for index in range(choices.number(*actions))
    )
    found = _properties(choices, drawn, claims=claims, parts=parts)
    return Protocol(tuple(drawn), made, tuple(found), calm, composed=parts)


FOCUS = 3
"""Blocks that a protocol is mostly about: it has their variables, and often takes them. Of all that there are, each has
its variables and its parameters only by luck."""

DRAWN = {"note": "note in self.notes", "offer": "offer in self.offers"}
"""What draws parameters, of which there are too many values, from the state."""


def _action(
    choices: Choices,
    variables: list[str],
    name: str,
    signature: str | None = None,
    *,
    calm: bool,
    parts: Composed = NOTHING,
    focus: Sequence[str] = (),
) -> Action:
    used = [s for s in SIGNATURES if _is_available(s, variables, parts)]
    about: list[str] = []
    if signature is None:
        if focus and choices.chance(45):
            about = [choices.pick(focus)]
            used = [s for s in used if _is_about(about[0], variables, SIGNATURES[s])] or used
        signature = choices.pick(used)
    known = SIGNATURES[signature]
    guards = [guard for guard in GUARDS if _is_about(guard, variables, known)]
    guards += [guard for guard in parts.guards if _knows(guard, known)]
    effects = [effect for effect in EFFECTS if _is_about(effect, variables, known)]
    effects += [effect for effect in parts.effects if _knows(effect, known) for _ in range(3)]
    required = [test for parameter, test in DRAWN.items() if parameter in known]
    required += [choices.pick(guards) for _ in range(choices.number(0, 2)) if guards]
    blocks = [block for block in BLOCKS if _is_about(block, variables, known)]
    about = [block for block in about if block in blocks]
    if calm:
        effects, blocks, about = (
            [text for text in some if not any(r in text for r in RAISES)] for some in (effects, blocks, about)
        )
    blocks = blocks or effects
    made = [choices.pick(blocks if choices.chance(60) else effects) for _ in range(choices.number(1, 2)) if effects]
    made = [*about, *made[len(about) :]]
    made = [parts.receive, *made] if "mail" in known else made
    return Action(name, signature, tuple(dict.fromkeys(required)), tuple(dict.fromkeys(made)) or ("pass",))


def _is_about(text: str, variables: list[str], known: tuple[str, ...]) -> bool:
    """Return whether a text is about these variables and parameters only."""
    return {*_read(text)} <= {*variables} and _knows(text, known)


def _read(text: str) -> list[str]:
    return re.findall(r"(?:self|after)\.(\w+)", text)


def _knows(text: str, known: tuple[str, ...]) -> bool:
    """Return whether a text mentions no other parameters than these."""
    return {*re.findall(rf"(?<![\w.])({'|'.join(PARAMETERS)})(?!\w)", text)} <= {*known}


def _is_available(signature: str, variables: list[str], parts: Composed) -> bool:
    """Return whether a protocol has what the parameters of an action are drawn from."""
    known = SIGNATURES[signature]
    if "mail" in known:
        return bool(parts.receive)
    return all(parameter not in known or f"{parameter}s" in variables for parameter in DRAWN)


def _properties(choices: Choices, variables: list[str], *, claims: bool, parts: Composed) -> list[str]:
    truths = [text for text in INVARIANTS if _is_about(text, variables, ("n",))]
    truths += parts.claims * 2
    judged = truths if claims else ["True"]
    steps = [text for text in STEPS if _is_about(text, variables, ())]
    found = [
        f"    @invariant\n    def claim_{index}(self, n: Node) -> bool:\n        return {choices.pick(judged)}\n"
        for index in range(choices.number(1, 2))
    ]
    if steps and choices.chance(50) and claims:
        told = choices.pick(steps)
        found.append(f"    @step_invariant\n    def step_0(self, after: Self) -> bool:\n        return {told}\n")
    if choices.chance(50):
        found.append(_witness(choices.pick(truths)))
    if choices.chance(70):
        ended = [text for text in truths if _is_about(text, variables, ())]
        truth = choices.pick(ended) if claims else "True"
        found.append(f"    @terminal\n    def over(self) -> bool:\n        return {truth}\n")
    if "ring" in variables and choices.chance(60):
        told = choices.pick(AXIOMS)
        signature = "self, n: Node" if "[n]" in told else "self"
        found.append(f"    @axiom\n    def fact({signature}) -> bool:\n        return {told}\n")
    if choices.chance(25):
        kept = choices.pick(truths)
        found.append(f"    @constraint\n    def inside(self) -> bool:\n        return all({kept} for n in Node)\n")
    if steps and choices.chance(30):
        told = choices.pick(steps)
        found.append(f"    @step_constraint\n    def taken(self, after: Self) -> bool:\n        return {told}\n")
    return found


def _witness(claim: str) -> str:
    return f"    @reachable\n    def seen(self) -> bool:\n        return any(not ({claim}) for n in Node)\n"


def changed(made: Protocol, choices: Choices) -> Protocol:
    """Draw another version of a protocol: actions of nodes are others, and its variables stand in another order."""
    variables = [*made.variables]
    actions = [
        _changed(action, choices, variables, calm=made.calm) if "n" in action.known else action
        for action in made.actions
    ]
    kept = [action for action in actions if "n" not in action.known or not choices.chance(10)] or actions
    if choices.chance(20):
        kept.append(_action(choices, variables, "another", "n: Node", calm=made.calm))
    begins = tuple((v, value) for v, value in OTHERWISE.items() if v in variables and choices.chance(20))
    return replace(made, variables=(*variables[1:], variables[0]), actions=tuple(kept), begins=begins)


def _changed(action: Action, choices: Choices, variables: list[str], *, calm: bool) -> Action:
    other = _action(choices, variables, action.name, action.signature, calm=calm)
    match choices.pick(["nothing", "guards", "effects", "all", "weaker"]):
        case "guards":
            return replace(action, guards=other.guards)
        case "effects":
            return replace(action, effects=other.effects)
        case "weaker":
            # What draws a note from those that are there stays: of all notes, there are too many.
            return replace(action, guards=tuple(g for g in action.guards if g in DRAWN.values()))
        case "all":
            return other
    return action
