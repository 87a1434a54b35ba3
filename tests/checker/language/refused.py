"""What is refused before a model is compiled, or where no file says it: settings, files, decorators, single calls.

Each example is a function that is to raise, and the message with which it does. `malformed/` has the others.
"""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from assay.checker.conformance.values import Values
from assay.checker.language import *
from assay.checker.language.execution import choices
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.formulas import formula_of
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import specify
from assay.checker.language.kinds import Kind
from assay.checker.language.loader import load
from assay.checker.properties.check import Engine, Options, check

__all__ = ["EXAMPLES", "SETTINGS", "SWITCH", "Example", "Settings"]


@dataclass(frozen=True)
class Example:
    """What is refused, given an empty folder, and how the message begins."""

    run: Callable[[Path], Any]
    message: str


class Node(Sort):
    """A sort."""


class Other(Sort):
    """A sort that is no part of the models."""


class Quorum(QuorumSystem[Node]):
    """Quorums."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Vote:
    node: Node
    yes: bool


class Settings(Model):
    """What settings are about."""

    default = {"Node": 3}
    fast: Parameter[bool] = True
    least: Parameter[int] = 1
    owner: Parameter[Quorum]
    votes: Parameter[set[Vote]]
    pair: Parameter[tuple[Node, bool]]
    short: Parameter[Seq[Node, 2]]
    order: Parameter[Perm[Node]]
    level: Parameter[Map[Node, Range[0, 3]]]
    maybe: Parameter[Node | None]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class WrittenOut(Settings):
    """Quorums for three."""

    default = {"Quorum": "{1,2},{2,3}"}


class Logged(Model):
    """What logs are about."""

    default = {"Node": 2}
    flag: bool
    count: Range[0, 3] = 0
    pair: tuple[Node, bool]
    quorum: Quorum
    queue: Seq[Node, 2]
    level: Map[Node, bool]

    @initial
    def start(self, n: Node, q: Quorum) -> None:
        self.pair, self.quorum = (n, False), q

    @action
    def toggle(self, order: Perm[Node]) -> None:
        self.flag = not self.flag


class Seen(Model):
    """What others are seen as."""

    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class Abstracted(Model):
    """Is seen as what it is not."""

    default = {"Node": 1}
    flag: bool
    nodes: Set[Node]

    @action
    def toggle(self) -> None:
        self.flag = not self.flag


class SeenAsAList(Abstracted):
    @refines(Seen)
    def seen(self) -> Any:
        return [self.flag]


class SeenWithMore(Abstracted):
    @refines(Seen)
    def seen(self) -> Any:
        return {"flag": self.flag, "other": True}


class SeenWithTwice(Abstracted):
    @refines(Seen)
    def seen(self) -> Any:
        seen = {"flag": self.flag}
        return {} if self.flag else seen


class SeenByChoice(Abstracted):
    @refines(Seen)
    def seen(self) -> Any:
        seen = {"flag": choose([True, False])}
        return seen


class AxiomOfANumber(Abstracted):
    @axiom
    def many(self) -> int:
        return len(Node)


class AxiomOfTheState(Abstracted):
    @axiom
    def on(self) -> bool:
        return self.flag


class AxiomOfAnotherSort(Abstracted):
    OTHERS = Other

    @axiom
    def several(self) -> bool:
        return len(self.OTHERS) > 0


class AnythingOfMuch(Abstracted):
    first: Map[Range[0, 15], bool] = anything()
    second: Map[Range[0, 15], bool] = anything()


class ChoosesAmongMany(Abstracted):
    @action
    def act(self, a: tuple[Range[0, 2000], Range[0, 2000]]) -> None:
        self.flag = a[0] == a[1]


class ChoosesAmongManySets(Abstracted):
    @action
    def act(self, some: Set[Range[0, 40]]) -> None:
        self.flag = len(some) > 1


class AnythingOfTooMuch(Abstracted):
    some: Set[Range[0, 40]] = anything()


class AssertsWhatIsFalse(Abstracted):
    @invariant
    def holds(self) -> bool:
        assert not self.flag, "never on"
        return True


_numbers = itertools.count()


def instance_of(cls: type[Model], **settings: Any) -> Any:
    return instantiate(specify(cls), settings)


def checked(cls: type[Model]) -> Any:
    return check(instance_of(cls), Options(engine=Engine.REFERENCE))


def choosing_among_many_sets(_: Path) -> Any:
    # A million choices take some ten seconds.
    with mock.patch.object(choices, "MOST_VALUES", 1000):
        return checked(ChoosesAmongManySets)


def written(folder: Path, source: str, name: str | None = None) -> Path:
    path = folder / (name or f"refused_{next(_numbers)}.py")
    path.write_text(source, encoding="utf-8")
    return path


def loaded(folder: Path, source: str) -> Any:
    return load(str(written(folder, source)))


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SWITCH = """\
from assay.checker.language import *


class Switch(Model):
    default = {}
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag
"""


def compiled(folder: Path, method: str) -> Any:
    return compile_model(specify(imported(written(folder, SWITCH + method)).Switch))


def changed(folder: Path, change: Callable[[Path], Any]) -> Any:
    """Compile a model whose file changes after its import."""
    path = written(folder, SWITCH)
    module = imported(path)
    change(path)
    return compile_model(specify(module.Switch))


def closed(folder: Path) -> Any:
    lines = SWITCH.replace("        self.flag", "        nonlocal count\n        self.flag").splitlines()
    head, rest = lines[0], "\n".join(f"    {line}" for line in lines[1:])
    module = imported(written(folder, f"{head}\n\n\ndef make(count):\n{rest}\n    return Switch\n"))
    return compile_model(specify(module.make(1)))


def typed(folder: Path) -> Any:
    namespace = {"__name__": "prompt"}
    exec(SWITCH, namespace)
    return compile_model(specify(namespace["Switch"]))


def others_in(cls: type[Model]) -> Any:
    with instance_of(cls).active():
        return list(Other)


def unwritten(folder: Path) -> Any:
    interpreter = Interpreter(instance_of(Seen))
    with interpreter.instance.active():
        state = interpreter.thaw(next(iter(interpreter.initial_states())))
        state.other = True
        return interpreter.freeze(state)


def holding(cls: type[Model], **values: Any) -> Any:
    """Evaluate the invariants of a model in a state."""
    interpreter = Interpreter(instance_of(cls))
    with interpreter.instance.active():
        state = interpreter.adopt({"flag": False, "nodes": set(), **values})
        found = interpreter.specification.of(Kind.INVARIANT)
        return [interpreter.truth(method, interpreter.thaw(state)) for method in found]


def logged(name: str, value: Any) -> Callable[[Path], Any]:
    """Read a value of a variable, or of an action's parameter, from a log."""

    def run(_: Path) -> Any:
        instance = instance_of(Logged)
        types = {variable.name: variable.type for variable in instance.specification.variables}
        types.update(parameter for method in instance.specification.actions for parameter in method.parameters)
        with instance.active():
            return Values(instance).decode(types[name], value)

    return run


def set_to(**settings: Any) -> Callable[[Path], Any]:
    def run(_: Path) -> Any:
        return check(instance_of(Settings, **settings), Options(engine=Engine.REFERENCE))

    return run


REPEATED = (
    "".join(f"    def h{i}(self) -> bool:\n        return self.h{i + 1}() or self.h{i + 1}()\n" for i in range(24))
    + "    def h24(self) -> bool:\n        return self.flag\n"
)


EXAMPLES: dict[str, Example] = {
    # Single calls
    "choose outside": Example(lambda _: choose([1]), "choose has no"),
    "frozen changes": Example(lambda _: frozen([1]).append(2), "this list is part of a value, which does not change"),
    "elements outside": Example(lambda _: list(Node), "Node has no elements outside of an instance"),
    "elements of another sort": Example(lambda _: others_in(Seen), "the sort Other is not part of Seen"),
    "values outside": Example(lambda _: values_of(Perm[Node]), "values_of has no meaning outside of an instance"),
    "members outside": Example(lambda _: len(Quorum.at(0)), "a quorum of Quorum has no members outside of an instance"),
    "fairness": Example(lambda _: action(fair="odd")(lambda self: None), "there is no fairness 'odd'"),
    "fairness of a function": Example(lambda _: action(fair=weak)(lambda self: None), "there is no fairness weak"),
    "fires": Example(lambda _: action(fires="odd")(lambda self: None), "fires='odd' is no claim"),
    "each": Example(
        lambda _: action(each="n")(lambda self: None), "each= says for which values an action is fair, and it is not"
    ),
    "refines": Example(lambda _: refines(3)(lambda self: {}), "3 is no model to refine"),
    "formula of a number": Example(
        lambda _: formula_of(3), "a temporal formula is made of state predicates, which are True or False, not of 3"
    ),
    "truth of a formula": Example(
        lambda _: bool(leads_to(True, False)),
        "a temporal formula has no truth value in a state, so `and`, `or`, `not`, `any` and `all` cannot take it",
    ),
    "happens of a number": Example(lambda _: happens(3), "happens takes an action of the model, not 3"),
    "happens with more": Example(lambda _: happens(Seen().toggle, 1), "toggle has 0 parameters: none"),
    "another attribute": Example(unwritten, "'other' is not a state variable"),
    # Instances
    "instance": Example(lambda _: instantiate(specify(Seen), {}, name="large"), "there is no instance 'large'"),
    "settings": Example(
        lambda f: instantiate(loaded(f, SWITCH.replace("{}", "5")).specification), "default is 5, no settings"
    ),
    "name of a setting": Example(
        lambda f: instantiate(loaded(f, SWITCH.replace("{}", "{5: 2}")).specification),
        "default sets 5, which is no name",
    ),
    "truth value": Example(set_to(fast="perhaps"), "fast=perhaps: expected true or false"),
    "quorum system": Example(set_to(Quorum="some"), "Quorum=some: not a quorum system"),
    "many quorums": Example(
        set_to(Node=40), "Quorum: 21 of 40 members form 131,282,408,400 quorums, more than 1,000,000"
    ),
    "members": Example(set_to(Quorum="{1 2}"), "Quorum: {1 2} is not a set of members"),
    "threshold": Example(set_to(Quorum=4), "Quorum=4: a threshold over 3 members is between 1 and 3"),
    "members beyond": Example(set_to(Quorum="{1,4}"), "Quorum: members are between 1 and 3, found [1, 4]"),
    "members left out": Example(
        lambda _: instance_of(WrittenOut, Node=4),
        "Node=4: the model writes the quorums of Quorum out, and number 4 is in none",
    ),
    "axiom of a number": Example(lambda _: checked(AxiomOfANumber), "an axiom is True or False, this is an int"),
    "axiom of the state": Example(lambda _: checked(AxiomOfTheState), "the axiom on reads the state variable flag"),
    "axiom of another sort": Example(lambda _: checked(AxiomOfAnotherSort), "Other is no sort of AxiomOfAnotherSort"),
    "many initial states": Example(
        lambda _: checked(AnythingOfMuch),
        "AnythingOfMuch has 4,294,967,296 choices of an initial state in this instance",
    ),
    "many values": Example(
        lambda _: checked(ChoosesAmongMany),
        "the parameter a of act is one of 4,004,001 tuple[Range[0, 2000], Range[0, 2000]]",
    ),
    "many values of a container": Example(
        lambda _: checked(AnythingOfTooMuch), "Set[Range[0, 40]] has more than a million values in this instance"
    ),
    "many choices that guards leave": Example(
        choosing_among_many_sets, "the guards of act leave more than a million choices of some to try in a state"
    ),
    "assertion": Example(lambda _: holding(AssertsWhatIsFalse, flag=True), "holds(): the assertion is false: never on"),
    "seen as a list": Example(lambda _: checked(SeenAsAList), "seen(): returned [False]"),
    "seen with more": Example(
        lambda _: checked(SeenWithMore), "seen: the mapping to Seen gives a value to 'other', which Seen does not have"
    ),
    "seen by choice": Example(lambda _: checked(SeenByChoice), "seen(): choose has no meaning outside of an action"),
    "seen with less": Example(lambda _: checked(SeenWithTwice), "seen: the mapping to Seen gives no value to 'flag'"),
    # Structure
    "left over": Example(set_to(owner="{n1, n2} n3"), "owner={n1, n2} n3: n3 is left over"),
    "no quorum": Example(set_to(owner="{n1}"), "owner={n1}: {n1} is no quorum of Quorum"),
    "no record": Example(set_to(votes="{Vot(n1, true)}"), "votes={Vot(n1, true)}: Vot is no record of Vote"),
    "fields": Example(set_to(votes="{Vote(n1)}"), "votes={Vote(n1)}: Vote has the fields node, yes"),
    "more fields": Example(
        set_to(votes="{Vote(n1, true, true)}"), "votes={Vote(n1, true, true)}: Vote has the fields node, yes"
    ),
    "items": Example(set_to(pair="(n1)"), "pair=(n1): a tuple[Node, bool] has 2 items"),
    "more items": Example(set_to(pair="(n1, true, true)"), "pair=(n1, true, true): a tuple[Node, bool] has 2 items"),
    "room": Example(set_to(short="[n1, n1, n1]"), "short=[n1, n1, n1]: a Seq[Node, 2] cannot hold 3 elements"),
    "permutation": Example(set_to(order="[n1, n1, n1]"), "order=[n1, n1, n1]: a Perm[Node] holds every Node once"),
    "number": Example(set_to(level="{n1: x, n2: 0, n3: 0}"), "level={n1: x, n2: 0, n3: 0}: x is no whole number"),
    "number beyond": Example(
        set_to(level="{n1: 4, n2: 0, n3: 0}"), "level={n1: 4, n2: 0, n3: 0}: 4 is not in Range[0, 3]"
    ),
    "two values": Example(set_to(level="{n1: 1, n1: 0, n3: 0}"), "level={n1: 1, n1: 0, n3: 0}: n1 has two values"),
    "no value": Example(
        set_to(level="{n1: 1, n3: 0}"),
        "level={n1: 1, n3: 0}: a Map[Node, Range[0, 3]] has a value for every key, and this none for n2",
    ),
    # Logs
    "logged number": Example(logged("count", 7), "7 is not a value of Range[0, 3] in this instance"),
    "logged pair": Example(logged("pair", ["n1"]), '["n1"] is not a value of tuple[Node, bool] in this instance'),
    "logged quorum": Example(logged("quorum", ["n1"]), '["n1"] is not a value of Quorum in this instance'),
    "logged queue": Example(
        logged("queue", ["n1", "n1", "n2"]), "3 elements are more than Seq[Node, 2] holds in this instance: 2"
    ),
    "logged permutation": Example(logged("order", ["n1", "n1"]), "a Perm[Node] holds every Node once"),
    "logged map": Example(
        logged("level", {"n1": True}), "a map is total: it has one value for each key, and for nothing else"
    ),
    # Files
    "directory": Example(lambda f: load(str(f)), " is a directory"),
    "link": Example(
        lambda f: ((f / "a.py").symlink_to("gone.py"), load(str(f / "a.py"))),
        "a.py is a symbolic link to gone.py, which does not exist",
    ),
    "missing": Example(lambda f: load(str(f / "gone.py")), "gone.py does not exist"),
    "no Python": Example(lambda f: load(str(written(f, "", "model.txt"))), "model.txt is not a Python file"),
    "invalid": Example(lambda f: loaded(f, "def f(:"), "not valid Python"),
    "not installed": Example(
        lambda f: loaded(f, "import nothing_of_this_name"), "it imports 'nothing_of_this_name', which is not installed"
    ),
    "raises": Example(lambda f: loaded(f, "1 / 0"), "importing it raised ZeroDivisionError: division by zero"),
    "no model": Example(lambda f: loaded(f, "x = 1"), "defines no model"),
    "nodes": Example(lambda f: loaded(f, "def cluster():\n    pass"), "defines an implementation, and no model"),
    "no library model": Example(
        lambda _: load("two_phase_comit"), "there is no model 'two_phase_comit'; did you mean 'two_phase_commit'?"
    ),
    "no class": Example(lambda f: load(f"{written(f, SWITCH)}:Swich"), "has no model 'Swich'; did you mean 'Switch'?"),
    "two classes": Example(
        lambda f: load(
            f"{written(f, SWITCH + SWITCH.replace('Switch', 'HTTPProxy') + SWITCH.replace('Switch', 'HttpProxy'))}:http_proxy"
        ),
        "'http_proxy' may be any of HTTPProxy, HttpProxy in ",
    ),
    "typed": Example(
        typed, "the source of Switch.toggle cannot be read: it was typed at a prompt or loaded from bytecode"
    ),
    "moved": Example(
        lambda f: changed(f, lambda path: path.write_text("# more\n" + SWITCH)),
        "Switch.toggle is not where it was when the file was imported",
    ),
    "became invalid": Example(
        lambda f: changed(f, lambda path: path.write_text("def f(:\n" + SWITCH)), "not valid Python"
    ),
    "gone": Example(
        lambda f: changed(f, Path.unlink),
        "the source of Switch.toggle cannot be read: it was typed at a prompt or loaded from bytecode",
    ),
    "pipe": Example(lambda f: (os.mkfifo(f / "pipe.py"), load(str(f / "pipe.py"))), "pipe.py is not a file"),
    "unreadable": Example(
        lambda f: changed(f, lambda path: path.write_bytes(b"\xff" + SWITCH.encode())), "not valid Python"
    ),
    "nonlocal": Example(closed, "`nonlocal` is not part of the language"),
    # Sizes of code
    "deep": Example(
        lambda f: compiled(
            f, f"    @invariant\n    def nested(self) -> bool:\n        return {'not ' * 250}self.flag\n"
        ),
        "this is nested more than 200 levels deep",
    ),
    "repeated": Example(
        lambda f: compiled(f, REPEATED + "    @invariant\n    def much(self) -> bool:\n        return self.h0()\n"),
        "helpers in place of their calls, and what follows branches, repeat more than 20,000 parts",
    ),
}


SETTINGS: list[dict[str, object]] = [
    {"fast": "perhaps"},
    {"owner": "{n1, n2} n3"},
    {"owner": "{n1}"},
    {"votes": "{Vot(n1, true)}"},
    {"votes": "{Vote(n1)}"},
    {"votes": "{Vote(n1, true, true)}"},
    {"pair": "(n1)"},
    {"pair": "(n1, true, true)"},
    {"short": "[n1, n1, n1]"},
    {"order": "[n1, n1, n1]"},
    {"level": "{n1: x, n2: 0, n3: 0}"},
    {"level": "{n1: 4, n2: 0, n3: 0}"},
    {"level": "{n1: 1, n1: 0, n3: 0}"},
    {"level": "{n1: 1, n3: 0}"},
]
"""Settings that are refused with an example of how they are written."""
