"""What assay says names things that exist: commands, options, pages, rules, functions, decorators, extras.

All texts are read that the tool may show: the strings of its source, where ``\\x00`` stands for what is filled in, the
descriptions of commands, the README and the pages of ``assay help``. What counts as a name is told by its form, as
``--x`` is an option; of words that look like nothing in particular, none is found.
"""

from __future__ import annotations

import ast
import builtins
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from assay.checker import language
from assay.checker.cli.application import application
from assay.checker.cli.help import topics
from assay.checker.cli.registry import COMMANDS
from assay.checker.findings.rules import RULES
from assay.checker.language.frontend.expressions import calls, functions
from assay.checker.language.frontend.statements import updates
from assay.impl import node

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "checker" / "help").glob("*.md"))]


@dataclass(frozen=True)
class Text:
    """A text that is shown: where it comes from, and what it says."""

    place: str
    text: str


@cache
def sentences() -> tuple[Text, ...]:
    """Return the strings of the source that are sentences, or examples of some words; documentation of code is not."""
    return tuple(messages("checker", "proofs", "impl"))


def of_the_language() -> Iterator[Text]:
    """Yield what the language and its encoding for proofs say."""
    return (said for said in sentences() if said.place.startswith(("checker/language/", "proofs/encoding/")))


def messages(*folders: str) -> Iterator[Text]:
    for path in (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))):
        apart = set[ast.AST]()  # what documents code, and the parts of a text with gaps, which is read as a whole
        for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match found:
                case ast.Expr(value=ast.Constant() as documentation):
                    apart.add(documentation)
                    continue
                case ast.JoinedStr(values=parts):
                    apart.update(parts)
                    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\x00" for part in parts)
                case ast.Constant(value=str(text)) if found not in apart:
                    pass
                case _:
                    continue
            if " " in text:
                yield Text(f"{path.relative_to(ROOT)}:{found.lineno}", text)


def pages() -> Iterator[Text]:
    """Yield the lines of the README and of the pages."""
    for path in PAGES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield Text(f"{path.name}:{number}", line)


def descriptions() -> Iterator[Text]:
    """Yield what ``--help`` of each command says."""
    for name in COMMANDS:
        command = application()[name]
        yield Text(f"assay {name} --help", command.help or "")
        for argument in command.assemble_argument_collection():
            yield Text(f"assay {name} --help, {argument.name}", str(argument.parameter.help or ""))


@cache
def shown() -> tuple[Text, ...]:
    """Return everything that is shown."""
    return (*sentences(), *pages(), *descriptions())


def unknown(form: str, known: Iterable[str], texts: Iterable[Text] | None = None) -> dict[str, str]:
    """Return the names of a form that are not known, each with a place where it stands."""
    names = {*known}
    found = {}
    for said in shown() if texts is None else texts:
        for match in re.finditer(form, said.text):
            if match["name"] not in names:
                found.setdefault(match["name"], said.place)
    return found


COMMAND = r"(?<![\w.-])assay (?P<name>[a-z][a-z-]*)"

SENTENCES = {"checks", "does", "is", "itself", "knows", "beside", "and", "if", "can", "tries", "verifies", "writes"}
"""Words that follow the name of the tool where it is the subject of a sentence."""

TITLES = {"certificates", "inference", "proof"}
"""What the first line of a file that assay writes says after its name."""


def test_commands_that_are_named_exist() -> None:
    assert unknown(COMMAND, {*COMMANDS, *SENTENCES, *TITLES}) == {}


@cache
def options(command: str) -> frozenset[str]:
    """Return the long options of a command."""
    arguments = application()[command].assemble_argument_collection()
    return frozenset({"--help", *(name for argument in arguments for name in argument.names)})


OPTION = r"(?<![\w-])(?P<name>--[a-z][a-z-]*)"

ELSEWHERE = {
    "--version": "assay",
    "--assay": "pytest",
    "--strict": "mypy",
    "--unshallow": "git fetch",
    "--ours": "git checkout",
    "--theirs": "git checkout",
    "--oneline": "git log",
    "--name-only": "git ls-tree",
    "--hex": "etcdctl",
    "--initial-cluster": "etcd",
    "--describe": "kafka-topics.sh",
    "--status": "kafka-metadata-quorum.sh",
}
"""Options of other programs, and of assay without a command."""


def test_options_that_are_named_exist() -> None:
    everywhere = {option for command in COMMANDS for option in options(command)}
    assert unknown(OPTION, {*everywhere, *ELSEWHERE}) == {}


def test_options_that_are_named_with_a_command_are_options_of_it() -> None:
    wrong = {}
    for command in COMMANDS:
        lines = [
            Text(said.place, match[0])
            for said in shown()
            for match in re.finditer(rf"(?<![\w.-])assay {command}\b[^`;,\n|]*", said.text)
        ]
        wrong.update({f"{command} {name}": place for name, place in unknown(OPTION, options(command), lines).items()})
    assert wrong == {}


def test_pages_that_are_named_exist() -> None:
    assert unknown(r"assay help (?P<name>[a-z_]+)", topics()) == {}


def test_rules_that_are_named_exist() -> None:
    assert (
        unknown(r"assay explain (?P<name>[A-Za-z][\w-]*)", {*RULES, *(rule.name for rule in RULES.values()), "lists"})
        == {}
    )
    assert unknown(r"(?<![\w-])(?P<name>ASSAY\d+)", RULES) == {}


DECORATOR = r"(?<![\w.%{])@(?P<name>[a-z_]+)\b(?!\.)"


def test_decorators_that_are_named_exist() -> None:
    of_python = {"staticmethod", "pytest", "llvm", "given", "settings"}
    assert unknown(DECORATOR, {*language.__all__, *node.__all__, *of_python}) == {}


CALL = r"(?<![\w.@\x00])(?P<name>[a-zA-Z_]\w*)\((?!s\))"

EXAMPLES = {"Ballot", "Node", "Quorum", "MyProtocol", "Protocol"}
"""Classes that a message makes up."""


def test_functions_that_messages_on_the_language_name_exist() -> None:
    accepted = {
        *language.__all__,
        *functions.FUNCTIONS,
        "dict",
        "list",
        "reversed",
        "enumerate",
        "zip",
        "super",
        "range",
    }
    said = unknown(CALL, {*accepted, *EXAMPLES}, of_the_language())
    assert said == {}
    assert {name for name in accepted if name[0].islower()} <= {*language.__all__, *dir(builtins)}


METHOD = r"\.(?P<name>[a-z_]+)\("


def test_methods_that_messages_on_the_language_name_exist() -> None:
    accepted = {
        *(method for methods in updates._METHODS.values() for method in methods),
        *(method for methods in calls._METHODS.values() for method in methods),
        *calls._SET_METHODS,
        *("items", "values", "keys"),
    }
    assert unknown(METHOD, accepted, of_the_language()) == {}


def test_extras_that_are_named_can_be_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert unknown(r"assay\[(?P<name>\w+)\]", project["optional-dependencies"]) == {}


@pytest.mark.parametrize(
    ("form", "said", "name"),
    [
        (COMMAND, "help: assay gat --accept records it", "gat"),
        (OPTION, "insist with --larger", "--larger"),
        (DECORATOR, "decorate it: @invariants", "invariants"),
        (CALL, "quantify instead: exists(... for q in Quorum)", "exists"),
        (METHOD, "look in a slice: self.queue.find(x)", "find"),
    ],
)
def test_a_name_that_does_not_exist_is_found(form: str, said: str, name: str) -> None:
    known = {*COMMANDS, *language.__all__, *(option for command in COMMANDS for option in options(command))}
    assert unknown(form, known, [Text("a message", said)]) == {name: "a message"}
