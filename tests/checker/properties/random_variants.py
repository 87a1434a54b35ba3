"""Random models with random fairness, of which something is claimed: formulas, or that they implement another one.

The other one is the model itself, or lacks one of its actions, or has a narrower variable, which its actions leave; it
is seen as it is, or with one variable as something else.
"""

from __future__ import annotations

import ast
import random
import re
from dataclasses import dataclass
from pathlib import Path

from assay.checker.language import Model
from assay.checker.language.loader import load

from tests.generation.agreement import save
from tests.generation.invented import from_seed

__all__ = ["Pair", "behaving", "refining"]


@dataclass(frozen=True)
class _Action:
    name: str
    parameters: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """A random model with a refinement, and the reason to believe that it holds, if there is one."""

    model: type[Model]
    holds: bool


def refining(seed: int, folder: Path) -> Pair:
    """Return the model of a seed."""
    rng, made = random.Random(seed), from_seed(seed)
    path = Path(save(made, folder, f"refining_{seed}").removesuffix(":Invented"))
    source = path.read_text()
    variables, actions = _declared(ast.parse(source))
    lacking = rng.choice([None, *actions])
    twisted = rng.choice([None, *(name for name, type_ in variables if _twisted(name, type_))])
    fairness = _fairness(rng, actions)
    redeclared = [f"{name}: {less}" for name, type_ in variables if (less := _narrower(type_)) is not None]
    narrower = rng.choice([None, *redeclared])
    path.write_text(source + _spec(lacking, fairness, narrower) + _impl(rng, variables, twisted, actions))
    model = load(f"{path}:Refining").cls
    return Pair(model, holds=lacking is None and twisted is None and narrower is None and not fairness)


def _narrower(type_: str) -> str | None:
    """Return a type of fewer values, the initial one among them, if a variable's type and value are of such a kind."""
    if bounds := re.fullmatch(r"Range\[(-?\d+), (-?\d+)\](?: = (-?\d+))?", type_):
        low, high, initial = bounds.groups()
        kept = f"Range[{low}, {int(high) - 1}]"
        return None if int(low) == int(high) or initial == high else f"{kept} = {initial or low}"
    if capacity := re.fullmatch(r"(Seq\[.*, )(\d+)\]", type_):
        return f"{capacity[1]}{int(capacity[2]) - 1}]" if capacity[2] != "0" else None
    return None


def _declared(tree: ast.Module) -> tuple[list[tuple[str, str]], list[_Action]]:
    """Return the variables, with their types, and the actions of a module's models."""
    variables: list[tuple[str, str]] = []
    actions: dict[str, _Action] = {}
    for cls in tree.body:
        if not isinstance(cls, ast.ClassDef) or cls.name not in ("Base", "Invented"):
            continue
        for part in cls.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                variables.append((part.target.id, ast.unparse(part.annotation)))
            elif isinstance(part, ast.FunctionDef) and any("action" in ast.unparse(d) for d in part.decorator_list):
                actions[part.name] = _Action(
                    part.name, ast.unparse(part.args), tuple(a.arg for a in part.args.args[1:])
                )
    return variables, list(actions.values())


def _twisted(name: str, type_: str) -> str | None:
    """Return something else to see a variable as, if there is anything."""
    if type_ == "bool":
        return f"not self.{name}"
    return f"{{x for x in self.{name} if not any(x == y for y in self.{name})}}" if type_.startswith("Set[") else None


def _fairness(rng: random.Random, actions: list[_Action]) -> str:
    if rng.random() < 0.5:
        return ""
    chosen = rng.sample(actions, rng.randint(1, len(actions)))
    return f"{rng.choice(['weak', 'strong'])}({', '.join(repr(action.name) for action in chosen)})"


def _spec(lacking: _Action | None, fairness: str, narrower: str | None) -> str:
    lines = ["", "", "class Spec(Invented):", '    """What is implemented."""', ""]
    lines += [f"    {narrower}"] if narrower else []
    lines += [f"    fairness = ({fairness},)"] if fairness else []
    if lacking is not None:
        lines += ["    @action", f"    def {lacking.name}({lacking.parameters}) -> None:", "        require(False)"]
    return "\n".join(lines) + "\n"


def _impl(rng: random.Random, variables: list[tuple[str, str]], twisted: str | None, actions: list[_Action]) -> str:
    seen = ", ".join(f'"{n}": {_twisted(n, t) if n == twisted else f"self.{n}"}' for n, t in variables)
    fairness = _fairness(rng, actions)
    lines = ["", "", "class Refining(Invented):", '    """What implements it."""', ""]
    lines += [f"    fairness = ({fairness},)"] if fairness else []
    lines += ["    @refines(Spec)", "    def shows(self) -> dict[str, object]:", f"        return {{{seen}}}"]
    return "\n".join(lines) + "\n"


def behaving(seed: int, folder: Path) -> type[Model]:
    """Return a model with two temporal formulas, one of them for each value of a parameter."""
    rng, made = random.Random(seed), from_seed(seed)
    path = Path(save(made, folder, f"behaving_{seed}").removesuffix(":Invented"))
    source = path.read_text()
    variables, actions = _declared(ast.parse(source))
    fairness = ", ".join(filter(None, (_fairness(rng, actions), _fairness_for_each(rng, actions))))
    predicates = [p for name, type_ in variables if (p := _predicate(name, type_))] or ["True"]
    lines = ["", "", "class Behaving(Invented):", '    """Something is claimed of what it does."""', ""]
    lines += [f"    fairness = ({fairness},)", ""] if fairness else []
    for index in range(2):
        lines += ["    @temporal", f"    def claim_{index}(self) -> Formula:"]
        lines += [f"        return {_formula(rng, predicates, actions, 2)}", ""]
    path.write_text(source + "\n".join(lines))
    return load(f"{path}:Behaving").cls


def _fairness_for_each(rng: random.Random, actions: list[_Action]) -> str:
    named = [(a, name) for a in actions for name in a.names]
    if not named or rng.random() < 0.5:
        return ""
    action, name = rng.choice(named)
    return f"{rng.choice(['weak', 'strong'])}({action.name!r}, each={name!r})"


def _predicate(name: str, type_: str) -> str | None:
    """Return something to be asked of a variable, if there is anything that never raises."""
    if type_ == "bool":
        return f"self.{name}"
    if type_.startswith("Set["):
        return f"(len(self.{name}) == 0)"
    return f"(self.{name} is None)" if type_.endswith("| None") else None


def _formula(rng: random.Random, predicates: list[str], actions: list[_Action], depth: int) -> str:
    if depth == 0:
        if rng.random() < 0.3:
            return f"happens(self.{rng.choice(actions).name})"
        return f"{rng.choice(['', 'not '])}{rng.choice(predicates)}"
    first, second = (_formula(rng, predicates, actions, rng.randint(0, depth - 1)) for _ in range(2))
    kind = rng.choice(["eventually", "always", "always_eventually", "leads_to", "until", "implies"])
    if kind in ("leads_to", "until", "implies"):
        return f"{kind}({first}, eventually({second}))" if kind == "implies" else f"{kind}({first}, {second})"
    return f"{kind}({first})"
