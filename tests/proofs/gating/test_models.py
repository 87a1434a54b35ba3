"""What the gate says of a proof, where the model is meant to be broken in a way that no proof can show."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.gate.requests import Request
from assay.checker.language.expectations import Expectation, Holds, Violates
from assay.checker.language.loader import load
from assay.proofs.gating.models import verify
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model

from tests.tiers import one_in

MODEL = """
from assay.checker.language import *


class Node(Sort):
    pass


class Held(Model):
    default = {{"Node": 2}}
    expected = {expected}
    holders: Set[Node]
    unsafe: bool = {unsafe}

    @action
    def hold(self, node: Node) -> None:
        require(not self.holders)
        self.holders.add(node)

    @invariant
    def at_most_one(self) -> bool:
        return all(n == m for n in self.holders for m in self.holders)

    @invariant
    def safe(self) -> bool:
        return not self.unsafe

    @eventually
    def somebody_holds(self) -> bool:
        return len(self.holders) > 0
"""


@pytest.mark.parametrize(
    ("expected", "unsafe", "rules"),
    one_in(
        3,
        [
            (Violates("somebody_holds"), False, []),  # it may stutter for ever: nothing is fair
            (Violates("deadlock"), False, []),
            (Violates("at_most_one"), False, ["CHK002"]),
            (Violates("safe"), False, ["CHK002"]),
            (Violates("safe"), True, []),
            (Violates("somebody_holds"), True, ["PRF001"]),
            (Violates("at_most_one"), True, ["CHK002"]),
            (Holds(), False, []),
            (Holds(), True, ["PRF001"]),
        ],
    ),
    ids=str,
)
def test_what_no_proof_can_show_is_no_objection_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: Expectation, unsafe: bool, rules: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    own = "Holds()" if isinstance(expected, Holds) else f'Violates("{expected.property}")'
    (tmp_path / "own.py").write_text(MODEL.format(expected=own, unsafe=unsafe))
    (tmp_path / "given.py").write_text(MODEL.format(expected="Holds()", unsafe=unsafe))
    for request in (Request("proof", "own.py"), Request("proof", "given.py", expect={"Held": str(expected)})):
        (found,) = verify(request, lambda: None)
        assert [objection.rule for objection in found.objections] == rules
        assert (("expected",), str(expected)) in found.facts
    result = prove_model(load("own.py").specification, ProofOptions(workers=1))
    assert result.as_expected is (not rules)


SORT = """
from assay.checker.language import *


class Node(Sort):
    pass
"""

FLAGS = """

class {name}(Model):
    default = {{"Node": 2}}
{declared}

    @action
    def turn(self, node: Node) -> None:
        require(all(self.{one}[n] == self.{other}[n] for n in Node))
        self.{one}[node] = not self.{one}[node]
        self.{other}[node] = self.{one}[node]

    @invariant
    def equal(self) -> bool:
        return all(self.{one}[n] == self.{other}[n] for n in Node) and {sized}
"""


def flags(name: str, one: str, other: str, declared: tuple[str, str], sized: str = "True") -> str:
    """Return the source of a model of two flags, which are declared in an order, and equal."""
    lines = "\n".join(f"    {flag}: Map[Node, bool] = everywhere(False)" for flag in declared)
    return FLAGS.format(name=name, one=one, other=other, declared=lines, sized=sized)


def hashes(tmp_path: Path, name: str, *models: str) -> dict[tuple[str, ...], str]:
    """Return what the gate keeps of one model of a file, whose sorts are its own."""
    file = f"flags{len(list(tmp_path.iterdir()))}.py"
    (tmp_path / file).write_text(SORT + "".join(models))
    (found,) = (
        one
        for one in verify(Request("proof", file), lambda: None)
        if name in (one.main, one.reference.partition(":")[2])
    )
    return dict(found.facts)


def test_a_proof_has_one_hash_whatever_was_proved_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    alone = hashes(tmp_path, "Flags", flags("Flags", "up", "shown", ("up", "shown")))
    assert [value.split()[0] for name, value in alone.items() if name[0] == "obligation"] == ["proved"] * 7
    other = flags("Before", "shown", "up", ("shown", "up"))
    assert hashes(tmp_path, "Flags", other, flags("Flags", "up", "shown", ("up", "shown"))) == alone
    other = flags("Before", "shown", "up", ("shown", "up"), "len(Node) == len(Node)")
    assert hashes(tmp_path, "Flags", other, flags("Flags", "up", "shown", ("up", "shown"))) == alone


@pytest.mark.parametrize("names", [("shown", "up"), ("a", "b"), ("b", "a")])
def test_a_proof_has_one_hash_whatever_variables_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = hashes(tmp_path, "Flags", flags("Flags", "up", "shown", ("up", "shown")))
    assert hashes(tmp_path, "Flags", flags("Flags", *names, names)) == expected


def test_a_malformed_class_costs_the_others_of_its_file_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    malformed = "\n\nclass Malformed(Held):\n    @lemma\n    def shouts(self) -> bool:\n        return print()\n"
    (tmp_path / "own.py").write_text(MODEL.format(expected="Holds()", unsafe=False) + malformed)
    held, refused = verify(Request("proof", "own.py"), lambda: None)
    assert (held.reference, held.objections) == ("own.py", ())
    assert (refused.reference, [objection.rule for objection in refused.objections]) == ("own.py:Malformed", ["CHK004"])
    assert refused.objections[0].place == ("own.py", 36)
