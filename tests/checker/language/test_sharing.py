"""Containers that may have two names: the model is refused, or all explorers see what CPython does."""

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

MODEL = """
from assay.checker.language import *

class N(Sort):
    "Elements."

def same(s: set[N]) -> set[N]:
    return s

class Base(Model):
    default = {"N": 2}
    a: Set[N]
    b: Set[N]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag

    def kept(self, s: set[N], t: set[N]) -> set[N]:
        return s

    def put(self, s: set[N]) -> None:
        self.a = s

class Drawn(Base):
    def kept(self, s: set[N], t: set[N]) -> set[N]:
        return super().kept(t, s)

    def named(self, s: set[N], t: set[N]) -> set[N]:
        u, v = t, s
        if self.flag:
            w = u
        else:
            w = v | u
        return w

    def made(self, s: set[N]) -> set[N]:
        u = {n for n in s}
        return u

    @action
    def act(self, n: N, m: N) -> None:
        x = {n}
        y = {m} | self.a
"""


def _statements(random: Random) -> Iterator[str]:
    """Yield statements that give sets names and places, and then changes, which show what is one container."""
    names = ["x", "y"]
    for number in range(random.randint(1, 4)):
        match random.randrange(6):
            case 0:
                name = f"z{number}"
                yield f"{name} = {_set(random, names, 2)}"
                names.append(name)
            case 1:
                yield f"self.put({_set(random, names, 1)})"
            case 2:
                yield f"self.flag = {random.choice('nm')} in {random.choice(names)}"
            case _:
                yield f"self.{random.choice('ab')} = {_set(random, names, 2)}"
    for _ in range(3):
        yield f"self.{random.choice('ab')}.{random.choice(['add', 'discard'])}({random.choice('nm')})"
    yield f"self.{random.choice('ab')} |= {random.choice(names)}"
    yield f"self.flag = {random.choice('nm')} in {random.choice(names)} and not self.flag"


def _set(random: Random, names: list[str], depth: int) -> str:
    if depth == 0 or random.random() < 0.5:
        return random.choice([*names * 3, "self.a", "self.b", "{m}"])
    first, second = (_set(random, names, depth - 1) for _ in range(2))
    return random.choice(
        [
            f"same({first})",
            f"self.kept({first}, {second})",
            f"super().kept({first}, {second})",
            f"self.named({first}, t={second})",
            f"self.made({first})",
            f"set({first})",
            f"{first} | {second}",
            f"({first} if self.flag else {second})",
        ]
    )


def _accepted(folder: Path, seed: int) -> bool:
    """Draw a model; return whether it is part of the language, in which case the explorers must agree on it."""
    path = folder / f"drawn{seed}.py"
    path.write_text(MODEL + "".join(f"        {line}\n" for line in _statements(Random(seed))), encoding="utf-8")
    specification = load(f"{path}:Drawn").specification
    try:
        compile_model(specification)
    except ModelError:
        return False
    found = [
        check(instantiate(specification), Options(engine, deadlock=False))
        for engine in (Engine.REFERENCE, Engine.NATIVE)
    ]
    plain, native = ((r.verdict, r.exploration.distinct, r.exploration.generated) for r in found)
    assert plain == native, path.read_text(encoding="utf-8")
    return True


def test_a_container_of_two_names_is_refused_or_is_what_python_makes_of_it(tmp_path: Path) -> None:
    assert sum(_accepted(tmp_path, seed) for seed in range(100)) > 5


@pytest.mark.slow
def test_many_containers_of_two_names(tmp_path: Path) -> None:
    assert sum(_accepted(tmp_path, seed) for seed in range(1000, 2500)) > 100
