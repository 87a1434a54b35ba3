"""Things of one name are different things in a proof, whatever they are called.

The second opinion is the reference engine, and the same model under names that nobody could mistake.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check
from assay.checker.verdicts import Verdict
from assay.proofs.induction.certificates import certificates_of, write_certificates
from assay.proofs.induction.prover import ProofOptions, prove_model
from assay.proofs.induction.recheck import recheck

from tests.tiers import one_in

NAMESAKES = Path(__file__).parent / "models" / "namesakes.py"

MODEL = '''
from typing import Self

from assay.checker.language import *


class {sort}(Sort):
    """A sort."""


class {order}(Order):
    """An order."""


class {enum}(Enum):
    {member} = 0
    {other_member} = 1


@record
class {record}:
    {field}: {sort}
    {other_field}: {sort} | None


class Hostile(Model):
    default = {{"{sort}": 2, "{order}": 2}}
    smoke = {{"{sort}": 1, "{order}": 1}}
    {v1}: Set[{sort}]
    {v2}: Map[{sort}, {order}] = anything()
    {v3}: {enum} = {enum}.{member}
    {v4}: Set[{record}]
    {v5}: Range[0, 2] = 0
    {v6}: {sort} = anything()

    @action
    def step(self, {p1}: {sort}, {p2}: {sort}, {p3}: {order}) -> None:
        require({p1} != {p2}, {p3} >= self.{v2}[{p1}])
        self.{v1}.add({p1})
        self.{v2}[{p1}] = {p3}
        self.{v4}.add({record}({p1}, None))
        if self.{v3} is {enum}.{member} and self.{v5} < 2:
            self.{v5} += 1

    @action
    def turn(self) -> None:
        require(all({p1} in self.{v1} or {p1} == self.{v6} for {p1} in {sort}))
        self.{v3} = {enum}.{other_member}

    @invariant
    def recorded(self, {p1}: {sort}) -> bool:
        return ({p1} in self.{v1}) == ({record}({p1}, None) in self.{v4})

    @invariant
    def only_the_first(self, {p2}: {sort}) -> bool:
        return {p2} not in self.{v1} or {p2} == self.{v6}

    @invariant
    def never_turned(self) -> bool:
        return self.{v3} is {enum}.{member} or self.{v5} == 0

    @invariant
    def none_with_another(self, {p1}: {sort}, {p2}: {sort}) -> bool:
        return {record}({p1}, {p2}) not in self.{v4}

    @step_invariant
    def rises(self, after: Self, {p1}: {sort}) -> bool:
        return self.{v2}[{p1}] <= after.{v2}[{p1}]
'''
CLASSES = ["sort", "order", "enum", "record"]
MEMBERS = ["member", "other_member"]
FIELDS = ["field", "other_field"]
VARIABLES = ["v1", "v2", "v3", "v4", "v5", "v6"]
PARAMETERS = ["p1", "p2", "p3"]
PLAIN = {name: name.capitalize() if name in CLASSES else f"a_{name}" for name in [*CLASSES, *MEMBERS, *FIELDS]}
PLAIN |= {name: f"a_{name}" for name in [*VARIABLES, *PARAMETERS]}
RENAMED = """
from assay.checker.language import *


class Node(Sort):
    pass


Color = Enum("Phase", "RED GREEN")
Light = Enum("Phase", "OFF ON BLINKING")


class Renamed(Model):
    default = {"Node": 2}
    color: Map[Node, Color] = everywhere(Color.RED)
    light: Light = Light.OFF

    @action
    def go(self, n: Node) -> None:
        self.color[n] = Color.GREEN
        self.light = Light.BLINKING

    @invariant
    def red(self, n: Node) -> bool:
        return self.color[n] is Color.RED

    @invariant
    def not_on(self) -> bool:
        return self.light is not Light.ON
"""

HOSTILE = ["Bool", "Int", "Table", "Array", "let", "forall", "exists", "x0", "x1", "x0Node", "x0Bool", "true_", "and_"]
HOSTILE += ["size_of_Node", "the_p", "chosen_1", "Node", "node", "NODE", "größe", "Größe", "select", "store", "Set"[:2]]
HOSTILE += ["m", "k_0", "value", "members", "present", "length", "no_value", "some", "None_", "is_present", "before"]


def hostile_names(seed: int) -> dict[str, str]:
    """Draw names from few hostile ones: those of one kind differ, those of different kinds may be the same."""
    draw, found = random.Random(seed), dict[str, str]()
    pool = draw.sample(HOSTILE, 14)
    for kind in (CLASSES, MEMBERS, FIELDS, VARIABLES, PARAMETERS):
        taken = {found[name] for name in CLASSES} if kind in (VARIABLES, PARAMETERS) else set()
        found.update(zip(kind, draw.sample([name for name in pool if name not in taken], len(kind)), strict=True))
    return found


def specified(folder: Path, names: dict[str, str]) -> Specification:
    """Return the model under some names."""
    path = folder / f"hostile_{len(list(folder.iterdir()))}.py"
    path.write_text(MODEL.format(**names), encoding="utf-8")
    return load(f"{path}:Hostile").specification


def claims(specification: Specification) -> list[tuple[str, str, bool | None]]:
    """Return what is proved, with nothing explored beside."""
    result = prove_model(specification, ProofOptions(screening=0, workers=1, search=0.5))
    names = {method.name for method in specification.methods}
    about = [(o, o.claim.predicate) for o in result.obligations if o.claim.predicate is not None and not o.guard]
    return [(o.claim.kind.name, predicate.name, o.proved) for o, predicate in about if predicate.name in names]


@pytest.mark.parametrize(("name", "sizes"), one_in(2, [("Namesakes", {}), ("Unlucky", {"Bool": 3, "Int": 3})]))
def test_what_is_proved_of_namesakes_holds_and_what_is_not_is_violated(name: str, sizes: dict[str, int]) -> None:
    specification = load(f"{NAMESAKES}:{name}").specification
    explored = check(instantiate(specification, sizes), Options(Engine.REFERENCE, keep_going=True, deadlock=False))
    expected = {found.name: found.verdict is Verdict.HOLDS for found in explored.properties}
    found = {predicate: True for _, predicate, _ in claims(specification)}
    found.update({predicate: False for _, predicate, proved in claims(specification) if not proved})
    assert found == expected
    assert {True, False} == set(expected.values())


def test_classes_that_are_called_otherwise_than_where_they_stand_reach_other_processes(tmp_path: Path) -> None:
    (tmp_path / "renamed.py").write_text(RENAMED)
    result = prove_model(load(f"{tmp_path / 'renamed.py'}:Renamed").specification, ProofOptions(workers=2))
    violated = {o.claim.predicate.name for o in result.obligations if o.proved is False and o.claim.predicate}
    assert violated == {"red"}
    assert result.verdict is Verdict.VIOLATED


@pytest.mark.parametrize("seed", one_in(3, range(6)))
def test_a_model_proves_the_same_under_hostile_names(seed: int, tmp_path: Path) -> None:
    names = hostile_names(seed)
    expected, found = claims(specified(tmp_path, PLAIN)), claims(specified(tmp_path, names))
    assert found == expected, names
    assert {proved for _, _, proved in expected} == {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 160))
def test_a_model_proves_the_same_under_many_hostile_names(seed: int, tmp_path: Path) -> None:
    test_a_model_proves_the_same_under_hostile_names(seed, tmp_path)


@pytest.mark.parametrize("seed", one_in(3, range(3)))
def test_cvc5_is_asked_the_same_under_hostile_names(seed: int, tmp_path: Path) -> None:
    pytest.importorskip("cvc5")
    specification = specified(tmp_path, hostile_names(seed))
    result = prove_model(specification, ProofOptions(screening=0, workers=1, search=0.5))
    certificates = tmp_path / "certificates"
    written = write_certificates("hostile", result.verdict, certificates_of(result), str(certificates))
    assert written > 10
    assert [r.name for r in recheck(str(certificates)).results if r.verdict is not Verdict.HOLDS] == []
