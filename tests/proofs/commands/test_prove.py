"""``assay prove``: verdicts, exit statuses, counterexamples, certificates, and what the reports say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import Assay, timeless
from tests.tiers import as_shown_by

SAFE = """
from assay.checker.language import *


class Node(Sort):
    pass


class Counted(Model):
    default = dict(Node=2)
    votes: Set[Node]
    won: bool = False

    @action
    def vote(self, n: Node):
        self.votes.add(n)

    @action
    def win(self):
        require(2 * len(self.votes) > len(Node))
        self.won = True

    @invariant
    def winner_has_votes(self):
        return implies(self.won, 2 * len(self.votes) > len(Node))
"""


def test_proved_model_is_green_and_says_for_which_sizes(assay: Assay) -> None:
    ran = assay("prove two_phase_commit")
    assert (ran.status, ran.err) == (0, "")
    assert "\nproved for any number of Participant: all 56 obligations in T s\n" in timeless(ran.out)


def test_broken_variant_is_a_finding_that_shows_counterexample_and_run(assay: Assay) -> None:
    ran = assay("prove two_phase_commit:CommitsOnMajority --full")  # which few are shown without it may vary
    assert ran.status == 1
    assert "counterexample to induction: atomicity is" in ran.out
    assert "a state that satisfies all invariants" in ran.out
    assert "the invariant atomicity is violated in" in ran.out
    assert "violated, as expected:" in ran.out
    assert "reproduce: assay prove two_phase_commit:CommitsOnMajority" in ran.out


def test_bounded_search_shows_the_run_it_found(assay: Assay) -> None:
    ran = assay("prove consensus:ChoosesTwice --bounded 3")
    assert ran.status == 1
    assert "choose(value=v2)" in ran.out


def test_bounded_search_that_finds_nothing_is_unknown(assay: Assay) -> None:
    ran = assay("prove consensus --bounded 2")
    assert ran.status == 3
    assert "unknown: no violation within 2 steps" in ran.out


def test_json_has_the_verdict_and_every_obligation(assay: Assay) -> None:
    ran = assay("prove consensus --format json")
    told = json.loads(ran.out)
    assert (told["model"], told["verdict"], told["unbounded"], told["epr"]) == ("consensus", "holds", True, True)
    assert {o["verdict"] for o in told["obligations"]} == {"proved"}
    assert told["violations"] == []


def test_json_of_a_counterexample_holds_its_two_states(assay: Assay) -> None:
    told = json.loads(assay("prove consensus:ChoosesTwice --format json").out)
    example = next(o["counterexample"] for o in told["obligations"] if o["counterexample"])
    assert len(example["states"]["states"]) == 2
    assert example["violated"] == "agreement"


def test_markdown_of_a_file_is_a_table(assay: Assay) -> None:
    ran = assay("prove consensus --all --format markdown")
    assert ran.status == 0
    assert ran.out.splitlines()[1].startswith("| ---")
    assert "| consensus:ChoosesTwice | any number of Value | violates agreement | agreement |" in ran.out


def test_a_count_is_proved_for_any_number(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "counted.py").write_text(SAFE)
    ran = assay("prove counted.py")
    assert ran.status == 0
    assert "proved for any number of Node" in ran.out


def test_a_sum_is_named_with_its_line_and_proved_for_sizes(assay: Assay, tmp_path: Path) -> None:
    summed = SAFE.replace("2 * len(self.votes) > len(Node)", "sum(2 for n in Node if n in self.votes) > 2")
    (tmp_path / "counted.py").write_text(summed)
    ran = assay("prove counted.py")
    assert ran.status == 0
    assert re.search(r"counted\.py:[0-9]+:[0-9]+: a sum in win needs sizes", ran.out)
    assert "proved for Node=2" in ran.out
    assert "not proved: other sizes, liveness" in ran.out


def test_what_needs_sizes_is_told_once_however_many_methods_call_it(assay: Assay, tmp_path: Path) -> None:
    summed = SAFE.replace("2 * len(self.votes) > len(Node)", "self.wins()")
    helper = "    def wins(self) -> bool:\n        return sum(2 for n in Node if n in self.votes) > 2\n"
    (tmp_path / "counted.py").write_text(f"{summed}\n{helper}")
    ran = assay("prove counted.py")
    (line,) = [line for line in ran.out.splitlines() if "needs sizes" in line]
    assert line.endswith(": a sum in winner_has_votes, win needs sizes")


NAMED = """
from assay.checker.language import *


class Ballot(Order):
    pass


@record
class Mark:
    ballot: Ballot
    log: Seq[Ballot, 2]


class Marked(Model):
    default = dict(Ballot=2)
    marks: Seq[Mark, 2] = [Mark(first(Ballot), [first(Ballot)])]
    many: Bag[Mark, 2]

    @action
    def clear(self):
        self.marks = []
"""


def test_an_initial_value_that_logic_has_no_words_for_is_to_be_made_by_a_method(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "marked.py").write_text(NAMED)
    ran = assay("prove marked.py")
    assert ran.status == 2
    assert "initial state cannot be proved: the value [first(Ballot)] has no translation to logic" in ran.err
    assert "help: make it in a method that is decorated with @initial: self.marks = ..." in ran.err


NUMBERED = """\
from assay.checker.language import *
from assay.checker.language.networks import BagNetwork


@record
class Ask:
    number: Nat


class Numbered(BagNetwork[Ask], Model):
    asked: Nat = 0

    @action
    def ask(self) -> None:
        require(self.room())
        self.asked += 1
        self.send(Ask(self.asked))
"""


def test_a_bag_of_messages_without_a_known_number_is_to_be_a_set_for_proofs(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "numbered.py").write_text(NUMBERED)
    ran = assay("prove numbered.py")
    assert ran.status == 2
    assert "that messages is a Bag[Ask, capacity] has no translation to logic" in ran.err
    assert "help: prove it with a set of all that was ever sent, as in SetNetwork" in ran.err


def test_sizes_that_are_set_are_what_it_is_proved_for(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "counted.py").write_text(SAFE)
    assert "proved for Node=4" in assay("prove counted.py --set Node=4").out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("prove nothing", "there is no model 'nothing'"),
        ("prove consensus --only agrement", "did you mean 'agreement'?"),
        ("prove consensus --set Valu=3", "has no parameter 'Valu'; did you mean 'Value'?"),
        ("prove consensus --bounded 0", "--bounded 0: expected a number from 1 on"),
        ("prove --all --bounded 2", "--bounded has no effect on several models"),
        ("prove --recheck nowhere", "no certificates"),
    ],
)
def test_misuse_is_one_clear_line(assay: Assay, line: str, message: str) -> None:
    ran = assay(line)
    assert ran.status == 2
    assert message in ran.err
    assert ran.out == ""


def test_certificates_are_written_and_rechecked(assay: Assay, tmp_path: Path) -> None:
    pytest.importorskip("cvc5")
    assert assay("prove consensus --certificate certificates").status == 0
    ran = assay("prove --recheck certificates")
    assert ran.status == 0
    assert "the two solvers agree on" in ran.out


def test_changed_certificate_is_refused(assay: Assay, tmp_path: Path) -> None:
    pytest.importorskip("cvc5")
    assay("prove consensus --certificate certificates")
    first = sorted((tmp_path / "certificates").glob("*.smt2"))[0]
    first.write_text(first.read_text() + "\n")
    ran = assay("prove --recheck certificates")
    assert ran.status == 2
    assert "it was changed" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("two_phase_commit --bounded 2 --induction 2", "--induction has no effect for MODEL with --bounded"),
        ("two_phase_commit --bounded 2 --certificate out", "--certificate has no effect for MODEL with --bounded"),
        ("two_phase_commit --memory-limit 5", "a solver needs 64MiB at least"),
        ("two_phase_commit --recheck out", "leave out two_phase_commit"),
        ("--recheck out --bounded 3", "--bounded has no effect with --recheck"),
        ("--recheck out --format json", "--recheck has no report in --format json"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(assay: Assay, words: str, told: str) -> None:
    ran = assay(f"prove {words}")
    assert ran.status == 2
    assert told in ran.err
    assert ran.out == ""


def test_directory_that_cannot_be_written_is_refused_before_anything_is_proved(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = assay(f"prove two_phase_commit --certificate {tmp_path}/file/out")
    assert ran.status == 2
    assert "error: cannot write" in ran.err
    assert ran.out == ""


@as_shown_by(test_json_has_the_verdict_and_every_obligation)
def test_each_obligation_says_whether_it_is_in_epr(assay: Assay) -> None:
    record = json.loads(assay("prove paxos --format json").out)
    outside = {o["name"] for o in record["obligations"] if o["epr"] is False}
    assert "no_other_value_is_choosable: preserved propose" in outside
    assert "agreement: implied" not in outside
    assert all(bool(o["cycle"]) is (o["epr"] is False) for o in record["obligations"])
    assert "outside of EPR: Ballot to Acceptor by" in assay("prove paxos --full").out


def test_queue_says_how_long_it_is(assay: Assay, tmp_path: Path) -> None:
    path = tmp_path / "queue.py"
    path.write_text(
        "from assay.checker.language import *\n"
        "class Node(Sort):\n    pass\n"
        "class Q(Model):\n"
        "    default = dict(Node=3)\n"
        "    queue: Seq[Node, 2]\n"
        "    @action\n"
        "    def put(self, n: Node):\n"
        "        require(n not in self.queue)\n"
        "        self.queue.append(n)\n"
        "    @invariant\n"
        "    def short(self):\n"
        "        return len(self.queue) <= 2\n"
    )
    ran = assay(f"prove {path}")
    assert ran.status == 1
    assert "any number of Node, queue up to 2" in ran.out
    assert "queue is a Seq[Node, 2], it would hold 3 elements" in ran.out
    assert "violated: put is defined" in ran.out
    bounded = assay(f"prove {path} --bounded 3")
    assert bounded.status == 1
    assert "the model's own code fails in a run that the solver found: 3 states, then the failure" in bounded.out


def test_progress_is_shown_on_a_terminal_only() -> None:
    controlling, terminal = os.openpty()
    command = [sys.executable, "-m", "assay.checker.cli", "prove", "paxos", "--workers", "1"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, text=True, timeout=60, check=False)
    os.close(terminal)
    shown = os.read(controlling, 100_000).decode()
    os.close(controlling)
    assert done.returncode == 0
    assert re.search(r"paxos: \d+ of \d+ obligations decided", shown)
    assert "decided" not in done.stdout


COUNTED = """
from assay.checker.language import *


class Counted(Model):
    default = {"most": 3}
    most: Parameter[Nat]
    count: Nat = 0

    @action
    def up(self) -> None:
        require(self.count < self.most)
        self.count += 1

    @invariant
    def few(self) -> bool:
        return self.count <= self.most

    @terminal
    def full(self) -> bool:
        return self.count == self.most
"""


def test_a_number_that_is_structure_is_any_in_a_proof_and_the_verdict_says_so(assay: Assay, tmp_path: Path) -> None:
    path = tmp_path / "counted.py"
    path.write_text(COUNTED)
    assert "proved for any most: all" in assay(f"prove {path}").out
    path.write_text(COUNTED.replace("self.count <= self.most", "self.count <= 3"))
    ran = assay(f"prove {path}")
    assert ran.status == 1
    assert "violated in an instance with most=4" in ran.out


def test_a_setting_outside_of_an_unbounded_type_is_refused_with_an_example(assay: Assay, tmp_path: Path) -> None:
    path = tmp_path / "counted.py"
    path.write_text(COUNTED)
    ran = assay(f"check {path} --set most=-1")
    assert ran.status == 2
    assert "most=-1: -1 is not in Nat" in ran.err
    assert "for example most=3" in ran.err


TWO_STARTS = """
from assay.checker.language import *

class Node(Sort):
    pass

class TwoStarts(Model):
    default = dict(Node=2)
    kept: Set[Node]
    flag: bool

    @initial
    def one(self, n: Node):
        self.kept.add(n)

    @initial
    def two(self):
        self.flag = True

    @action
    def drop(self, n: Node):
        self.kept.discard(n)

    @invariant
    def not_flag(self):
        return not self.flag
"""


def test_each_way_to_begin_is_named_where_there_are_several(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(TWO_STARTS)
    ran = assay("prove two.py --full")
    assert re.search(r"proved +not_flag +initially, by one", ran.out)
    assert re.search(r"refuted +not_flag +initially, by two", ran.out)
    assert "not_flag is violated initially, by two" in ran.out


BIDS = """
from assay.checker.language import *

class Node(Sort): ...

@record
class Ask:
    n: Node

@record
class Bid:
    n: Node
    amount: int
    to: Node | None

class Auction(Model):
    default = {"Node": 2}
    sent: Set[Ask | Bid] = set()
    count: int = 0

    @action
    def bid(self, n: Node) -> None:
        self.count += 1
        self.sent.add(Bid(n, self.count, None))

    @action
    def deliver(self, m: Ask | Bid) -> None:
        require(m in self.sent)
        assert isinstance(m, Bid)
        self.sent.remove(m)

    @invariant
    def small(self) -> bool:
        return all(m.amount <= 3 for m in self.sent if isinstance(m, Bid))
"""


def test_a_refutation_says_where_no_counterexample_was_looked_for(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bids.py").write_text(BIDS)
    ran = assay("prove bids.py")
    (row,) = (line for line in ran.out.splitlines() if "preserved by bid" in line)
    assert row.split("s  ")[-1] == (
        "no small counterexample was looked for: its tables would be over numbers without bounds, or over too many"
    )


def test_each_case_of_the_parameters_is_named(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "bids.py").write_text(BIDS)
    ran = assay("prove bids.py --full")
    for case in ("Ask", "Bid.None", "Bid.Some"):
        assert ran.out.count(f"preserved by deliver (m: {case})") == 1
    assert "never a false assertion (line 29) (m: Ask)" in ran.out
    told = json.loads(assay("prove bids.py --format json").out)
    assert {o["case"] for o in told["obligations"] if o["action"] == "deliver" and not o["guard"]} == {
        "m: Ask",
        "m: Bid.None",
        "m: Bid.Some",
    }
