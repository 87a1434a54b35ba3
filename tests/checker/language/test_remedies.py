"""What a message advises is accepted.

Under a message, `instead:` says what its reader would write who follows the advice; put in the place of the refused
line, it compiles::

        self.nodes = self.seen
    #                ^ this would make two variables share one container
    #                  help: copy it: set(self.seen)
    #                  instead: self.nodes = set(self.seen)

After `above:` stands what is to replace the line above the refused one, where the advice is about that. Whatever code
messages show is followed in this way at least once, but for what `ELSEWHERE` lists.

What settings are refused with an example, are accepted with that example.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from assay.checker.errors import UsageError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Model

from tests.checker.language.refused import SETTINGS, Settings
from tests.checker.language.test_malformed_models import CASES, Expected
from tests.tiers import one_in

ADVISED = re.compile(r"# +(?P<where>above|instead): (?P<code>.*)")


@dataclass(frozen=True)
class Advised:
    """The lines that follow what a message advises: in place of the line above the refused one, and of that itself."""

    above: list[str]
    instead: list[str]

    def __bool__(self) -> bool:
        return bool(self.above or self.instead)


def advised(path: Path, expected: Expected) -> Advised:
    """Return what stands under a message as what to write."""
    lines = path.read_text(encoding="utf-8").splitlines()[expected.line :]
    found: dict[str, list[str]] = {"above": [], "instead": []}
    for line in lines[1:]:
        instead = ADVISED.fullmatch(line)
        if instead:
            found[instead["where"]].append(instead["code"])
        elif not line.startswith("#"):
            break
    return Advised(**found)


def mended(path: Path, expected: Expected, folder: Path) -> Path:
    """Write a file in which the refused line is replaced by what is advised, and return its path."""
    lines = path.read_text(encoding="utf-8").splitlines()
    follow, refused = advised(path, expected), expected.line - 1
    if follow.instead:
        lines[refused : refused + 1] = [_indent(lines[refused]) + code for code in follow.instead]
    if follow.above:
        lines[refused - 1 : refused] = [_indent(lines[refused - 1]) + code for code in follow.above]
    target = folder / path.name
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def model_in(path: Path, name: str) -> type[Model]:
    spec = importlib.util.spec_from_file_location(f"mended_{path.stem}_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = getattr(module, name)
    assert issubclass(found, Model)
    return found


MENDED = [(path, name, expected) for path, name, expected in CASES if advised(path, expected)]


@pytest.mark.parametrize(
    ("path", "name", "expected"), one_in(3, MENDED), ids=[f"{path.stem}-{name}" for path, name, _ in MENDED]
)
def test_what_a_message_advises_is_accepted(path: Path, name: str, expected: Expected, tmp_path: Path) -> None:
    specification = specify(model_in(mended(path, expected, tmp_path), name))
    compile_model(specification)
    instantiate(specification)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_example_of_a_setting_is_accepted(setting: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        instantiate(specify(Settings), setting)
    assert caught.value.help
    example = re.search(r"for example (?P<name>\w+)=(?P<value>.*)", caught.value.help)
    assert example
    instantiate(specify(Settings), {example["name"]: example["value"]})


CODE = re.compile(r"\w\(|\w\[|[{@]|[=!]=|\w=|: \w+ = | is (not )?None|\+=")
"""What makes a remedy look as if some of it is to be typed."""

ELSEWHERE = {
    "of the file": (
        *("annotate one in the class: decided: bool = False", "decorate a method with @action"),
        *("decorate it with @record", "decorate it with @record, which does"),
        "derive a class from it, class Quorum(QuorumSystem[Node])",
        "name the sort: class Quorum(QuorumSystem[Acceptor])",
        "say which where a class derives from the generic one: class Protocol(SetNetwork[Message], Model)",
        *("def act(self)", "def helper(self), or @staticmethod"),
        "give it a default, or set it earlier in the method decorated with @initial",
        "assign a copy: self.held[n] = set(some)",
        "assign a copy: self.color = dict(...)",
        "formulas are made in methods decorated with @temporal, and combined with &, | and ~",
    ),
    "of an action or a loop as a whole": (
        "assign what becomes of the whole: self.x = [... for i, x in enumerate(self.x)]",
        "a map is copied where it is assigned: self.m = dict(self.other)",
        "choose before it; or, of what has no order, write a set: {choose(v for v in V) for n in N}",
        "choose before it: n = choose(n for n in ... if ...); or run over what has an order: sorted(...), an Order",
        "choose(x for x in ... if ...) takes any, in an action",
        "next((x for x in xs if ...), default) is the first of what has an order; "
        "choose(x for x in xs if ...) takes any, in an action",
        "next((x for x in xs if ...), default) is the first of what has an order, and of reversed(xs) the last; "
        "choose(x for x in xs if ...) takes any, in an action",
        "ask behind the loop whether it was left: if any(... for x in xs)",
        "ask behind the inner loop: if any(... for y in ys)",
        "ask by if: if isinstance(x, Ask)",
        "use any(...) or all(...), which look at all",
        "find the end before: stop = next((i for i, x in enumerate(xs) if ...), len(xs)), "
        "and build log in a loop over xs[:stop]",
        "write what a round has before it as a slice: [sum(xs[:i + 1]) for i in range(len(xs))]",
        "write a loop instead of the comprehension, with a line for it: value = choose(Node)",
        *(
            f"state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short; or draw it from {asked}"
            for asked in (
                "a set, before anything that may raise: m in self.messages and ...",
                "a set, before anything that may raise: m not in self.messages or ...",
                "the state, before anything that may raise: require(m in self.messages)",
            )
        ),
    ),
    "of the command line": (
        "make the instance smaller, state axioms, or give a part of the structure: --set edge=...",
    ),
    "no code to type": (
        "a record is made from, and equal by, all of its fields: no init=, compare=, hash= and kw_only=",
        "super() calls methods and helpers",
    ),
}
"""Remedies that show code and that no example follows: what would have to be changed is not the refused line."""


def _kind(help: str) -> str:
    """Return a remedy without the names of the variables that it is about."""
    return re.sub(r"self\.\w+", "self.x", help)


def test_what_a_message_shows_as_code_is_followed_at_least_once() -> None:
    followed = {_kind(expected.help or "") for _, _, expected in MENDED}
    shown = {_kind(expected.help) for _, _, expected in CASES if expected.help and CODE.search(expected.help)}
    assert shown - followed == {_kind(help) for helps in ELSEWHERE.values() for help in helps}
