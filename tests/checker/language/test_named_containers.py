"""Names for sets, in branches and after changes, drawn at random: refused, or of one meaning in all three readings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from assay.checker.errors import ModelError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.proofs.encoding.problem import encode

from tests.proofs.encoding.agreement import disagreements, some_states

MODEL = """
from assay.checker.language import *

class N(Sort):
    "Elements."

class Drawn(Model):
    default = {"N": 2}
    check_deadlock = False
    a: Set[N]
    b: Set[N]
    m: Map[N, Set[N]]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag

    @action
    def put(self, n: N) -> None:
        self.a.add(n)

    @action
    def act(self, n: N, o: N) -> None:
"""


class Drawing:
    """The statements of an action, with the names that they give to sets and to elements."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def atom(self, sets: list[str]) -> str:
        return self.random.choice(["self.a", "self.b", "self.m[n]", "self.m[o]", "{n}", *sets * 2])

    def condition(self, sets: list[str]) -> str:
        return self.random.choice(
            ["self.flag", "n == o", "n in self.a", "o in self.m[n]", *(f"n in {x}" for x in sets)]
        )

    def value(self, sets: list[str], elements: list[str]) -> str:
        one, two = self.atom(sets), self.atom(sets)
        other = self.random.choice(["n", "o", *elements])
        return self.random.choice(
            [
                f"set({one})",
                f"{one} | {two}",
                f"{one} - {two}",
                f"{{e for e in N if e in {one} and e != {other}}}",
                f"{{e for e in N if e in self.m[e] or e in {one}}}",
                f"{{choose(e for e in N if e != i or e in {one}) for i in {two}}}",
            ]
        )

    def change(self, sets: list[str]) -> str:
        place = self.random.choice(["self.a", "self.b", "self.m[n]", "self.m[o]"])
        return self.random.choice(
            [
                f"{place} = {self.random.choice([*sets, '{n}'])}",
                f"{place} |= {self.atom(sets)}",
                f"{place}.{self.random.choice(['add', 'discard'])}({self.random.choice('no')})",
                f"self.flag = {self.condition(sets)}",
                f"{place} = {self.value(sets, [])}",
            ]
        )

    def block(self, sets: list[str], elements: list[str], depth: int = 1) -> Iterator[str]:
        """Yield statements; the names that they give are added to the lists."""
        for _ in range(self.random.randint(1, 4)):
            match self.random.randrange(9):
                case 0 | 1 | 2:
                    yield f"{(name := self.fresh())} = {self.value(sets, elements)}"
                    sets.append(name)
                case 3:
                    yield f"{(name := self.fresh())} = {self.random.choice(['n', 'o', 'n if self.flag else o'])}"
                    elements.append(name)
                case 4 if depth:
                    yield from self.branches(sets, elements, depth)
                case _:
                    yield self.change(sets)

    def branches(self, sets: list[str], elements: list[str], depth: int) -> Iterator[str]:
        name, heads = self.fresh(), (f"if {self.condition(sets)}:", "else:")
        for head in heads:
            own, mine = list(sets), list(elements)
            yield head
            yield from (f"    {line}" for line in self.block(own, mine, depth - 1))
            yield f"    {name} = {self.value(own, mine)}"
            yield f"    {self.change(own)}"
        sets.append(name)

    def action(self) -> Iterator[str]:
        sets: list[str] = []
        yield from self.block(sets, [])
        if sets:
            yield f"self.a = set({self.random.choice(sets)})"
            yield f"self.b = {self.atom(sets)} | {self.random.choice(sets)}"


def _accepted(folder: Path, seed: int) -> bool:
    """Draw a model; return whether it is part of the language, in which case all readings must agree on it."""
    path = folder / f"drawn{seed}.py"
    lines = Drawing(Random(seed)).action()
    path.write_text(MODEL + "".join(f"        {line}\n" for line in lines), encoding="utf-8")
    specification = load(f"{path}:Drawn").specification
    try:
        compile_model(specification)
    except ModelError:
        return False
    instance = instantiate(specification)
    found = [check(instance, Options(engine)) for engine in (Engine.REFERENCE, Engine.NATIVE)]
    plain, native = ((r.verdict, r.exploration.distinct, r.exploration.generated) for r in found)
    assert plain == native, path.read_text(encoding="utf-8")
    problem = encode(specification, instance=instance)
    assert not problem.unencodable
    with instance.active():
        assert next(disagreements(problem, instance, some_states(instance, 5)), None) is None
    return True


def test_named_sets_are_refused_or_keep_their_value(tmp_path: Path) -> None:
    assert sum(_accepted(tmp_path, seed) for seed in range(8)) > 3


@pytest.mark.slow
def test_many_named_sets_are_refused_or_keep_their_value(tmp_path: Path) -> None:
    assert sum(_accepted(tmp_path, seed) for seed in range(100, 200)) > 50
