"""The reader of a counterexample is shown the conjunct that is false, with a value for each of its names."""

from __future__ import annotations

from pathlib import Path

import pytest
from claims import proved

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
    [
        ("all(k < 1 for (n, k, v) in self.sent)", "k < 1  with n=n1, k="),
        (
            "all(self.queue[i] != self.queue[j] for i in range(len(self.queue)) for j in range(i))",
            "self.queue[i] != self.queue[j]  with i=1, j=0",
        ),
        ("all(n not in self.queue for n in Node)", "n not in self.queue  with n=n1"),
        ("not any((n, 2, False) in self.sent for n in Node)", "(n, 2, False) in self.sent  with n=n1"),
    ],
)
def test_names_of_the_violated_conjunct_have_values(tmp_path: Path, claim: str, part: str) -> None:
    result = proved(tmp_path, SENT.format(claim=claim))
    examples = [o.counterexample for o in result.failed if o.counterexample is not None]
    assert examples
    for example in examples:
        assert example.part.startswith(part)
