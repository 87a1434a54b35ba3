"""What would be written out into too many cases is refused in time, with its place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.loader import load
from assay.proofs.encoding.problem import encode
from assay.proofs.induction.prover import ProofOptions, prove_model
from claims import proved, specified

from tests.tiers import one_in

PAIRS = """
    s: Set[tuple[Range[0, 9], Range[0, 9]]]

    @action
    def add(self, a: Range[0, 9], b: Range[0, 9]) -> None:
        require(len(self.s) < 3)
        self.s.add((a, b))

    @invariant
    def few(self) -> bool:
        return len(self.s) <= 3
"""
NESTED = """
    s: Set[tuple[Range[0, 50], Range[0, 50], Range[0, 50]]]

    @action
    def clear(self) -> None:
        self.s.clear()

    @invariant
    def few(self) -> bool:
        return len(self.s) <= 3
"""
LOOPS = """
    total: Range[0, 9] = 0

    @action
    def loop(self) -> None:
        for a in range(60):
            for b in range(60):
                for c in range(60):
                    self.total = (self.total + a * b * c) % 10

    @invariant
    def positive(self) -> bool:
        return self.total >= 0
"""
WIDE = f"""
from assay.checker.language import *


class Node(Sort):
    pass


@record
class Wide:
    {"; ".join(f"f{index}: Node | None" for index in range(24))}


class Widths(Model):
    default = {{"Node": 2}}
    s: Set[Wide]

    @action
    def clear(self) -> None:
        self.s.clear()

    @invariant
    def none(self) -> bool:
        return not self.s
"""


def test_a_few_of_many_pairs_are_counted_not_named_one_after_the_other(tmp_path: Path) -> None:
    started = time.process_time()
    encode(specified(tmp_path, PAIRS))
    assert time.process_time() - started < 5.0


@pytest.mark.parametrize(("body", "line"), one_in(2, [(NESTED, "len(self.s)"), (LOOPS, "self.total = ")]))
def test_too_many_cases_are_refused_with_their_place(body: str, line: str, tmp_path: Path) -> None:
    started = time.process_time()
    with pytest.raises(ModelError, match="more than 20,000 cases") as refused:
        proved(tmp_path, body)
    assert time.process_time() - started < 20.0
    place = refused.value.location
    assert place is not None
    assert line in Path(place.file).read_text(encoding="utf-8").splitlines()[place.line - 1]


def test_a_type_of_too_many_cases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "widths.py").write_text(WIDE)
    with pytest.raises(ModelError, match="more than 256 cases"):
        prove_model(load(f"{tmp_path / 'widths.py'}:Widths").specification, ProofOptions(screening=0))


def test_numbers_at_the_ends_of_words_are_few(tmp_path: Path) -> None:
    body = """
    s: Set[Range[9223372036854775806, 9223372036854775807]]
    big: Range[-9223372036854775808, 9223372036854775807] = 0

    @action
    def add(self) -> None:
        self.s.add(9223372036854775807)
        self.big = 7 - self.big

    @invariant
    def no_other(self) -> bool:
        return 9223372036854775806 not in self.s
"""
    started = time.process_time()
    found = proved(tmp_path, body, timeout=5.0).obligations
    assert time.process_time() - started < 20.0
    assert all(o.proved for o in found if o.claim.predicate is not None and o.claim.predicate.name == "no_other")
    assert any(o.claim.predicate is not None and o.claim.predicate.name == "no_other" for o in found)
