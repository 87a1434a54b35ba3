"""Sequences and bags: proved up to their bounds, which the code keeps to, or is seen to break."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import disagreements, some_states
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.loader import NamedModel, load
from assay.checker.verdicts import Verdict
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.bounded import search_steps
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.recheck import recheck
from assay.proofs.induction.results import ProofResult
from assay.proofs.induction.several_steps import induct
from assay.proofs.reports.run import ProofRun
from claims import certified, open_claims, proved, specified

from tests.tiers import one_in

QUEUE = """
    default = dict(Node=2)
    queue: Seq[Node, {bound}]
    done: Set[Node]
    @action
    def put(self, n: Node):
        require({guard}n not in self.queue, n not in self.done)
        self.queue.append(n)
    @action
    def get(self):
        {taken}
        n = self.queue.pop(0)
        self.done.add(n)
    @invariant
    def nobody_waits_who_is_done(self):
        return all(n not in self.done for n in self.queue)
    @invariant
    def nobody_waits_twice(self):
        return all(self.queue[i] != self.queue[j] for i in range(len(self.queue)) for j in range(i))
"""
SOUND = QUEUE.format(bound=2, guard="len(self.queue) < 2, ", taken="require(self.queue)")
OVERFLOWING = QUEUE.format(bound=2, guard="", taken="require(self.queue)")
TAKING_FROM_NOTHING = QUEUE.format(bound=2, guard="len(self.queue) < 2, ", taken="pass")
BAG = """
    default = dict(Node=2)
    bag: Bag[Node, 3]
    sent: Set[Node]
    @action
    def put(self, n: Node):
        require({guard})
        self.bag.add(n)
        self.sent.add(n)
    @action
    def get(self, n: Node):
        require({taken})
        self.bag.remove(n)
    @invariant
    def what_is_in_was_sent(self):
        return all(n in self.sent for n in self.bag)
    @invariant
    def counts_add_up(self):
        return len(self.bag) == sum(self.bag.count(n) for n in Node if n in self.sent)
"""


def scope(result: ProofResult) -> str:
    return ProofRun(NamedModel("m", result.specification.cls, False), result, 30.0, "").scope


def test_queue_is_proved_for_any_number_of_nodes_and_says_how_long_it_is(tmp_path: Path) -> None:
    result = proved(tmp_path, SOUND)
    assert open_claims(result) == []
    assert (result.verdict, result.instance) == (Verdict.HOLDS, None)
    assert scope(result) == "any number of Node, queue up to 2"


WITH_LOGS = """
from assay.checker.language import *


class Node(Sort):
    pass


@record
class Give:
    entries: Seq[Node, 2]


@record
class Take:
    entries: Seq[Node, 3]


class M(Model):
    default = {"Node": 2}
    messages: Set[Give | Take]
    latest: Give | None
    log: Map[Node, Seq[Node, 2]]
    seen: Set[Seq[Node, 4]]

    @action
    def send(self, n: Node) -> None:
        self.messages.add(Give(self.log[n]))

    @invariant
    def fine(self, n: Node) -> bool:
        return len(self.log[n]) == 0
"""


def test_lists_in_messages_are_named_by_the_fields_that_hold_them(tmp_path: Path) -> None:
    """A set of messages has no bound; what is in them does, each said once."""
    (tmp_path / "logs.py").write_text(WITH_LOGS)
    result = prove_model(load(f"{tmp_path / 'logs.py'}").specification, ProofOptions(screening=0, workers=1))
    assert result.verdict is Verdict.HOLDS
    bounds = "Give.entries up to 2, Take.entries up to 3, log up to 2, each of seen up to 4"
    assert scope(result) == f"any number of Node, {bounds}"


def test_bag_is_proved_for_stated_sizes_and_names_the_line_that_needs_them(tmp_path: Path) -> None:
    result = proved(tmp_path, BAG.format(guard="len(self.bag) < 3", taken="n in self.bag"))
    assert open_claims(result) == []
    assert result.verdict is Verdict.HOLDS
    assert scope(result) == "Node=2, bag up to 3"
    assert "that bag is a Bag[Node, 3]" in [unencodable.construct for unencodable in result.unencodable]
    assert all(unencodable.location is not None for unencodable in result.unencodable)
    larger = proved(tmp_path, BAG.format(guard="len(self.bag) < 3", taken="n in self.bag"), fixed={"Node": "4"})
    assert (larger.verdict, scope(larger)) == (Verdict.HOLDS, "Node=4, bag up to 3")


def test_bound_may_be_a_parameter_and_then_is_part_of_the_verdict(tmp_path: Path) -> None:
    body = """
    default = dict(room=2)
    room: Parameter[int] = 2
    queue: Seq[Color, "room"]
    @action
    def put(self, c: Color):
        require(len(self.queue) < {most})
        self.queue.append(c)
    @invariant
    def fine(self):
        return len(self.queue) <= self.room
"""
    assert scope(proved(tmp_path, body.format(most="self.room"))) == "room=2, queue up to 2"
    assert proved(tmp_path, body.format(most="2"), fixed={"room": "3"}).verdict is Verdict.HOLDS
    assert "queue within its bound: preserved put" in open_claims(proved(tmp_path, body.format(most="3")))


@pytest.mark.parametrize(
    ("body", "claim", "words"),
    one_in(
        2,
        [
            (OVERFLOWING, "queue within its bound: preserved put", "it would hold 3 elements"),
            (TAKING_FROM_NOTHING, "get: never a pop from an empty sequence", "pop from empty list"),
            (
                BAG.format(guard="len(self.bag) <= 3", taken="n in self.bag"),
                "bag within its bound: preserved put",
                "hold 4",
            ),
            (
                BAG.format(guard="len(self.bag) < 3", taken="n in Node"),
                "get: never the removal of what a bag does not hold",
                "KeyError",
            ),
        ],
    ),
)
def test_what_the_explorers_stop_at_is_refuted_with_a_run_and_the_words_of_the_code(
    tmp_path: Path, body: str, claim: str, words: str
) -> None:
    result = proved(tmp_path, body)
    assert [name.partition(" (line")[0] for name in open_claims(result)] == [claim]
    assert result.verdict is Verdict.VIOLATED
    example = next(o.counterexample for o in result.failed)
    assert example is not None
    assert example.reachable
    assert words in example.failure
    found = search_steps(specified(tmp_path, body), 4, ProofOptions(workers=1))
    assert words in found.refutations[0].failure


def test_bounded_search_does_not_go_on_where_the_code_fails(tmp_path: Path) -> None:
    body = """
    count: Range[0, 1] = 0
    @action
    def up(self):
        self.count += 1
    @invariant
    def low(self):
        return self.count <= 2
"""
    result = search_steps(specified(tmp_path, body), 4, ProofOptions(workers=1))
    assert result.violated == ("count in range",)
    assert "outside of Range(0, 1)" in result.refutations[0].failure
    assert len(result.refutations[0].trace) == 2


def test_queue_is_proved_by_induction_over_two_steps_too(tmp_path: Path) -> None:
    guarded = QUEUE.format(bound=2, guard="len(self.queue) < 2, ", taken="require(any(n in Node for n in self.queue))")
    result = induct(specified(tmp_path, guarded), 2, ProofOptions(workers=1))
    assert open_claims(result) == []
    assert result.verdict is Verdict.HOLDS
    assert "get: inductive over 2 states" in [o.claim.name for o in result.obligations]
    broken = induct(specified(tmp_path, TAKING_FROM_NOTHING), 2, ProofOptions(workers=1))
    assert broken.verdict is Verdict.VIOLATED


@pytest.mark.parametrize(
    "body", one_in(3, [SOUND, OVERFLOWING, BAG.format(guard="len(self.bag) < 3", taken="n in self.bag")])
)
def test_second_solver_agrees_on_the_certificates(tmp_path: Path, body: str) -> None:
    result = proved(tmp_path, body)
    assert certified(result, tmp_path / "out") > 4
    assert [r.name for r in recheck(str(tmp_path / "out")).results if r.verdict is not Verdict.HOLDS] == []


EVERYTHING = """
    default = dict(Node=2, Round=2)
    queue: Seq[Color, 3]
    other: Seq[Color, 3] = [Color.GREEN]
    boxes: Map[Node, Seq[Round, 2]]
    bag: Bag[tuple[Node, Round], 2]
    numbers: Bag[Range[-1, 1], 2]
    left: Bag[Range[-1, 1], 2]
    best: Round = anything()
    total: Range[0, 9] = 0
    @action
    def put(self, c: Color, n: Node, r: Round):
        self.queue.append(c)
        self.boxes[n].append(r)
        self.bag.add((n, r))
    @action
    def put_twice_and_take(self, c: Color):
        self.queue.append(c)
        self.queue.append(Color.RED)
        taken = self.queue.pop(0)
        if taken == c:
            self.other = self.queue[1:]
        else:
            self.other = [c, taken]
    @action
    def last(self, n: Node):
        require(self.boxes[n])
        box = self.boxes[n].pop()
        self.best = box
        self.boxes[n] = self.boxes[n][:1]
    @action
    def swap(self, c: Color):
        require(len(self.queue) >= 2, c in self.queue[1:])
        self.queue[0], self.queue[-1] = self.queue[-1], self.queue[0]
        self.other = list(self.queue)
    @action
    def sums(self):
        self.total = sum(1 for c in self.queue if c == Color.RED) + len(self.other)
        for c in self.queue:
            if c == Color.GREEN:
                self.total += 1
    @action
    def numbered(self, k: Range[-1, 1]):
        self.numbers.add(k)
        if self.numbers.count(k) == 2:
            self.left.add(k)
            self.numbers.remove(k)
    @action
    def clear(self, n: Node):
        require(self.queue == self.other or self.numbers == self.left)
        self.queue.clear()
        self.numbers.clear()
        self.boxes[n].clear()
    @invariant
    def same_box(self, n: Node, m: Node):
        return self.boxes[n] == self.boxes[m]
    @invariant
    def written_out(self):
        return self.queue == [Color.RED, Color.GREEN] or self.other != [] or -1 in self.numbers
    @invariant
    def best_of_all(self):
        return self.best == max((r for n in Node for r in self.boxes[n]), default=first(Round))
    @invariant
    def all_there(self):
        return len(self.bag) == sum(self.bag.count((n, r)) for n in Node for r in Round) and len(self.left) < 2
    @invariant
    def sorted_boxes(self, n: Node):
        box = list(self.boxes[n])
        return all(box[i] <= box[i + 1] for i in range(len(box) - 1))
"""


def test_everything_that_sequences_and_bags_do_means_what_the_code_means(tmp_path: Path) -> None:
    specification = specified(tmp_path, EVERYTHING)
    instance = instantiate(specification)
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        states = some_states(instance, 150)
        assert len(states) == 150
        assert list(disagreements(problem, instance, states)) == []


COMPUTED = """
    default = dict(Node=2)
    q: Seq[Node, 3]
    logs: Map[Node, Seq[Node, 2]]
    n: Range[0, 3] = 0
    bag: Bag[Node, 2]
    @action
    def put(self, x: Node, i: Range[-2, 2]):
        require(len(self.q) < 3)
        self.q.insert(i, x)
    @action
    def take(self, i: Range[-2, 1]):
        require(-len(self.q) <= i < len(self.q))
        x = self.q.pop(i)
        self.logs[x] = [y for y in self.logs[x] if y != x]
    @action
    def remove(self, x: Node):
        require(x in self.q)
        self.q.remove(x)
    @action
    def copy(self, x: Node, i: Range[-1, 2], j: Range[0, 2]):
        self.logs[x] = (self.q[i:] + [x])[:j]
        self.n = self.q.count(x)
    @action
    def first(self, x: Node):
        require(x in self.q)
        self.n = self.q.index(x)
        self.q = [y for y in reversed(self.q) if y == x]
    @action
    def fill(self, x: Node):
        require(len(self.bag) < 2)
        self.bag.add(x)
        self.n = sum(1 for y in self.bag if y == x)
    @action
    def join(self, x: Node):
        require(len(self.q) + len(self.logs[x]) <= 3)
        self.q.extend(self.logs[x])
    @invariant
    def pairs(self, x: Node):
        return all(a == b or i != 1 for i, (a, b) in enumerate(zip(self.q, self.logs[x], strict=False)))
    @invariant
    def same(self, x: Node):
        return self.q[:1] + self.logs[x] != [*self.logs[x], x] or (self.q + [x])[-1] == x
    @invariant
    def inside(self, x: Node):
        return x in self.q[self.n:] or len(self.q + self.logs[x]) < 4
"""


def test_sequences_that_are_computed_mean_what_the_code_means(tmp_path: Path) -> None:
    specification = specified(tmp_path, COMPUTED)
    instance = instantiate(specification)
    problem = encode(specification, instance=instance)
    assert problem.unencodable == []
    with instance.active():
        states = some_states(instance, 20)
        assert len(states) == 20
        assert list(disagreements(problem, instance, states)) == []


def test_what_holds_copies_needs_its_copies_counted(tmp_path: Path) -> None:
    """A loop over a bag meets an element as often as it is there."""
    body = """
    default = dict(Node=2)
    bag: Bag[Node, 2]
    count: Map[Node, Range[0, 2]] = everywhere(0)
    @action
    def put(self, n: Node):
        require(len(self.bag) < 2)
        self.bag.add(n)
    @action
    def tally(self):
        self.count = {n: 0 for n in Node}
        for n in self.bag:
            self.count[n] += 1
        self.bag.clear()
    @invariant
    def once(self, n: Node):
        return self.count[n] <= 1
    """
    assert proved(tmp_path, body).violated == ("once",)


def test_sequence_with_room_for_too_much_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="of more than 64 items, has no translation") as raised:
        proved(tmp_path, QUEUE.format(bound=65, guard="", taken="pass"))
    assert raised.value.location is not None
    assert raised.value.help is not None
