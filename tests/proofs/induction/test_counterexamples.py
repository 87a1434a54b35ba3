"""Counterexamples: the step is the model's own, whatever it counts with; the conjunct that is false is shown.

Each name in that conjunct has a value.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.verdicts import Verdict
from claims import proved

from tests.tiers import one_in

COUNTING = """
    default = dict(Node=1)
    a: Range[0, 3] = anything()
    b: Range[0, 3] = anything()
    seen: Set[Node]
    found: bool = False
    @action
    def see(self, n: Node):
        for k in {numbers}:
            self.seen.add(n)
    @action
    def find(self):
        self.found = any(k > {most} for k in {numbers})
    @invariant
    def nobody(self):
        return not self.seen
    @invariant
    def not_found(self):
        return not self.found
"""


@pytest.mark.parametrize(
    ("numbers", "most"),
    one_in(
        2,
        [
            ("range(7, 9)", 7),
            ("range(-3, -1)", -3),
            ("range(self.a + self.b + 5)", 5),
            ("range(self.a, 30 * self.b)", 20),
        ],
    ),
)
def test_numbers_beyond_all_ranges_count(tmp_path: Path, numbers: str, most: int) -> None:
    result = proved(tmp_path, COUNTING.format(numbers=numbers, most=most))
    assert result.verdict is Verdict.VIOLATED
    assert set(result.violated) == {"nobody", "not_found"}


SENT = """
    default = dict(Node=2)
    sent: Set[tuple[Node, Range[0, 2], bool]]
    queue: Seq[Node, 3]
    fine: bool = True
    @action
    def send(self, n: Node, k: Range[0, 2], v: bool):
        self.sent.add((n, k, v))
    @action
    def put(self, n: Node):
        require(len(self.queue) < 3)
        self.queue.append(n)
    @invariant
    def shown(self):
        return self.fine and {claim}
"""


@pytest.mark.parametrize(
    ("claim", "part"),
    one_in(
        2,
        [
            ("all(k < 1 for (n, k, v) in self.sent)", "k < 1  with n=n1, k="),
            (
                "all(self.queue[i] != self.queue[j] for i in range(len(self.queue)) for j in range(i))",
                "self.queue[i] != self.queue[j]  with i=1, j=0",
            ),
            ("all(n not in self.queue for n in Node)", "n not in self.queue  with n=n1"),
            ("not any((n, 2, False) in self.sent for n in Node)", "(n, 2, False) in self.sent  with n=n1"),
        ],
    ),
)
def test_names_of_the_violated_conjunct_have_values(tmp_path: Path, claim: str, part: str) -> None:
    result = proved(tmp_path, SENT.format(claim=claim))
    examples = [o.counterexample for o in result.failed if o.counterexample is not None]
    assert examples
    for example in examples:
        assert example.part.startswith(part)


PARTS = """
    default = dict(Node=2)
    level: Map[Node, Range[0, 3]] = everywhere(0)

    @action
    def rise(self, n: Node) -> None:
        require(self.level[n] < 3)
        self.level[n] += 1

    @invariant
    def first_of_two(self, n: Node) -> bool:
        return self.level[n] < 2 and self.level[n] != 3

    @invariant
    def behind_a_name(self, n: Node) -> bool:
        m = n
        return all(self.level[k] < 2 or k != m for k in Node)
"""


def test_the_violated_part_is_the_conjunct_and_what_follows_a_name(tmp_path: Path) -> None:
    found = [o.counterexample for o in proved(tmp_path, PARTS).obligations if o.counterexample is not None]
    parts = {example.claim.subject: example.part.partition("  with ")[0] for example in found}
    assert parts["first_of_two"] == "self.level[n] < 2"
    assert parts["behind_a_name"] == "self.level[k] < 2 or k != m"


def test_parameter_that_no_query_can_mention_is_shown_in_an_instance(tmp_path: Path) -> None:
    source = """
    default = dict(Node=2)
    given: Parameter[Perm[Node]]
    flag: bool = False
    other: bool = False
    @action
    def act(self):
        self.other = not self.flag
        self.flag = self.other
    @invariant
    def never(self):
        return not self.other
"""
    result = proved(tmp_path, source)
    assert result.verdict is Verdict.VIOLATED
    assert result.instance is not None
    assert [reason.construct for reason in result.unencodable] == ["a Perm[Node]"]
    (example,) = (o.counterexample for o in result.obligations if o.counterexample is not None)
    assert len(example.instance.settings()["given"]) > 0
