"""Random small models, written as tables of steps: with constraints, and fairness for each of parameters."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.checker.language import Model
from assay.checker.language.loader import load

__all__ = ["Table", "table"]

PLACES = 4

GOAL = 3
"""Where the last action of some tables leads, and no other: whether it is ever taken is up to fairness. Most steps
between any places end where no fair action is enabled ever again."""


@dataclass(frozen=True)
class Table:
    """A random model, the same without its constraint, and whether it has one."""

    model: type[Model]
    whole: type[Model]
    is_constrained: bool


def table(seed: int, folder: Path) -> Table:
    """Return the model of a seed, of at most 12 states."""
    rng = random.Random(seed)
    pursued = rng.random() < 0.6
    walked = range(GOAL if pursued else PLACES)
    actions = [
        _action(rng, f"a{number}", walked, walked)
        for number in range(rng.choice((0, 1, 1, 2) if pursued else (1, 2, 3, 4)))
    ]
    if pursued:
        actions += [_ROUND, _action(rng, "reach", walked, (GOAL,))]
    constrained = rng.random() < 0.35
    fairness = [_fairness(rng, actions) for _ in range(rng.randint(0, 1 if pursued else 3))]
    if pursued:
        # Whoever may stand still for ever has no need of a cycle.
        fairness += [f"{rng.choice(('weak', 'strong'))}('reach')", *(["weak()"] if rng.random() < 0.8 else [])]
    lines = [
        "from assay.checker.language import *",
        "class Node(Sort):",
        '    """Somebody."""',
        "class Whole(Model):",
        f'    default = {{"Node": {rng.choice((1, 2, 2))}}}',
        "    check_deadlock = False",
        f"    fairness = ({''.join(f'{each}, ' for each in fairness)})",
        f"    at: Range[0, {PLACES - 1}]",
        "    owner: Node | None = None",
        "    @initial",
        f"    def start(self, place: Range[0, {PLACES - 1}]) -> None:",
        f"        require(place <= {rng.choice((0, 0, 1, 3))})",
        "        self.at = place",
        *(line for action in actions for line in action.lines),
        *(line for number in range(3) for line in _property(rng, f"p{number}", actions, pursued=pursued)),
        "class Table(Whole):",
        '    """The same, as it is checked."""',
    ]
    if constrained:
        lines += ["    @constraint", "    def inside(self) -> bool:", f"        return {_atom(rng, parameter=False)}"]
    path = folder / f"table_{seed}.py"
    path.write_text("\n".join(lines) + "\n")
    return Table(load(f"{path}:Table").cls, load(f"{path}:Whole").cls, constrained)


@dataclass(frozen=True)
class _Action:
    name: str
    parameters: tuple[str, ...]
    lines: tuple[str, ...]


def _action(rng: random.Random, name: str, places: Sequence[int], targets: Sequence[int]) -> _Action:
    """Return an action that leads from some places to some, may be for an owner only, and may make one or none."""
    types = {"n": "Node", "to": f"Range[0, {PLACES - 1}]"}
    parameters = tuple(parameter for parameter in types if rng.random() < 0.6)
    if len(targets) == 1:
        parameters = tuple(parameter for parameter in parameters if parameter != "to")
    sources = rng.sample(places, rng.randint(1, 2))
    guards = [f"self.at in ({', '.join(map(str, sources))},)"]
    target = str(rng.choice(targets))
    if "to" in parameters:
        guards.append(f"to in ({', '.join(map(str, rng.sample(targets, 2)))})")
        target = "to"
    owners = ["self.owner is None", "self.owner is not None", *(["self.owner == n"] if "n" in parameters else [])]
    if rng.random() < 0.5:
        guards.append(rng.choice(owners))
    made = rng.choice(["None", "self.owner", *(["n", "n"] if "n" in parameters else [])])
    signature = "".join(f", {parameter}: {types[parameter]}" for parameter in parameters)
    lines = (
        '    @action(fires="maybe")',
        f"    def {name}(self{signature}) -> None:",
        f"        require({', '.join(guards)})",
        f"        self.at = {target}",
        f"        self.owner = {made}",
    )
    return _Action(name, parameters, lines)


_ROUND = _Action(
    "around",
    (),
    (
        '    @action(fires="maybe")',
        "    def around(self) -> None:",
        f"        require(self.at < {GOAL})",
        f"        self.at = (self.at + 1) % {GOAL}",
    ),
)
"""Leads from each place to the next, so that there is a cycle on which another action is enabled now and then."""


def _fairness(rng: random.Random, actions: Sequence[_Action]) -> str:
    chosen = rng.sample(actions, rng.randint(0, min(2, len(actions))))
    shared = set.intersection(*(set(action.parameters) for action in chosen)) if chosen else set()
    each = [parameter for parameter in sorted(shared) if rng.random() < 0.7]
    said = [*(repr(action.name) for action in chosen), *([f"each={tuple(each)!r}"] if each else [])]
    return f"{rng.choice(('weak', 'strong'))}({', '.join(said)})"


def _property(rng: random.Random, name: str, actions: Sequence[_Action], *, pursued: bool) -> list[str]:
    parameter, formula = rng.random() < 0.4, ""
    if pursued and rng.random() < 0.6:
        parameter, formula = False, rng.choice(_PURSUITS)
    while not formula or _size(formula) > MOST:
        formula = _formula(rng, actions, rng.choice((1, 2, 2, 3)), parameter=parameter)
    return [
        "    @temporal",
        f"    def {name}(self{', m: Node' if parameter else ''}) -> Formula:",
        f"        return {formula}",
    ]


_PURSUITS = (
    f"eventually(self.at == {GOAL})",
    f"leads_to(self.at == 0, self.at == {GOAL})",
    f"always_eventually(self.at == {GOAL})",
    "always_eventually(happens(self.reach))",
    "eventually(happens(self.reach))",
)

MOST = 3
"""Operators of a formula, each of which doubles the tableau."""


def _size(formula: str) -> int:
    weights = {"always": 1, "eventually": 1, "until": 1, "happens": 1, "leads_to": 2}
    return sum(weight * formula.count(operator) for operator, weight in weights.items())


def _formula(rng: random.Random, actions: Sequence[_Action], depth: int, *, parameter: bool) -> str:
    if depth == 0:
        if rng.random() < 0.25:
            action = rng.choice(actions)
            for_one = parameter and action.parameters[:1] == ("n",) and rng.random() < 0.5
            return f"happens(self.{action.name}{', m' if for_one else ''})"
        return _atom(rng, parameter=parameter)
    form = rng.choice(
        (
            "eventually({})",
            "always({})",
            "always_eventually({})",
            "eventually(always({}))",
            "leads_to({}, {})",
            "until({}, {})",
            "({}) | eventually({})",
            "implies(always_eventually({}), eventually({}))",
            "~always({})",
        )
    )
    inner = [_formula(rng, actions, rng.choice((0, depth - 1)), parameter=parameter) for _ in range(form.count("{}"))]
    return form.format(*inner)


def _atom(rng: random.Random, *, parameter: bool) -> str:
    places = ", ".join(map(str, rng.sample(range(PLACES), rng.randint(1, 2))))
    return rng.choice((f"self.at in ({places},)", f"self.at not in ({places},)", "self.owner is None")) + (
        " and self.owner != m" if parameter and rng.random() < 0.5 else ""
    )
