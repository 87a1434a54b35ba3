"""Every place that refuses something is shown by an example, and says what to do instead.

The places are found in the source of the language, where it makes an error or calls what makes one. The examples are
the models in `malformed/` and those of `refused.py`. Each error notes the lines that are being executed when it is
made; a place is reached by an example if it is among the lines of an error that the user sees.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from assay.checker import errors, language
from assay.checker.errors import AssayError
from assay.checker.language.execution.freezing import IllTypedError
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.frontend.context import remedies
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check

from tests.checker.language.refused import EXAMPLES, SWITCH
from tests.checker.language.test_malformed_models import CASES, imported

LANGUAGE = Path(language.__file__).parent
ERRORS = {name for name in errors.__all__ if name.endswith("Error")} | {"FalseAssertion", "Unsupported"}
MAKERS = {*ERRORS, "IllTypedError", "explained"}
METHODS = {"fail", "fit", "refuse", "no_name", "no_variable"}


@dataclass(frozen=True)
class Site:
    """A place in the source of the language that refuses something: its file, its lines, and how it begins."""

    file: str
    first: int
    last: int
    text: str

    @property
    def lines(self) -> range:
        return range(self.first, self.last + 1)

    def __str__(self) -> str:
        return f"{self.file}:{self.first}: {self.text}"


UNREACHED = {
    "Unsupported('a mapping that does not name each variable once'": "CPython evaluates such a mapping",
    "Unsupported('a mapping that is more than a dictionary written out'": "CPython evaluates such a mapping",
    "ModelError(f'cannot be read: {error}'": "whoever runs the tests may read every file",
    "scope.fail(node, 'Python skips assertions where it is started with -O'": "see the test of it below",
}
"""How the calls begin that no example in this process reaches, and why."""

REMEDILESS = {
    "assertion": "what is wrong is what the model says",
    "invalid": "Python's own words",
    "became invalid": "Python's own words",
    "unreadable": "Python's own words",
    "raises": "Python's own words",
    **dict.fromkeys((name for name in EXAMPLES if name.startswith("logged ")), "the log's reader adds its place"),
}
"""Examples whose message offers no remedy, and why."""


def sites() -> Iterator[Site]:
    for path in sorted(LANGUAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _refuses(node.func):
                yield Site(str(path.relative_to(LANGUAGE)), node.lineno, node.end_lineno or 0, ast.unparse(node))


def _refuses(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in MAKERS
        case ast.Attribute(attr=name):
            return name in METHODS
    return False


Lines = frozenset[tuple[str, int]]


@contextmanager
def noting(made: list[tuple[str, Lines]], patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Note each error that is made within the block, and the lines of the language that are executed then."""
    for cls in (AssayError, IllTypedError):
        original = cls.__init__

        def init(self: Any, *arguments: Any, original: Any = original, **named: Any) -> None:
            original(self, *arguments, **named)
            made.append((str(getattr(self, "message", self)), _lines()))

        patch.setattr(cls, "__init__", init)
    yield
    patch.undo()


def _lines() -> Lines:
    frame, found = sys._getframe(2), set()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if LANGUAGE in path.parents:
            found.add((str(path.relative_to(LANGUAGE)), frame.f_lineno))
        frame = frame.f_back
    return frozenset(found)


def of_shown(error: BaseException, made: list[tuple[str, Lines]]) -> Iterator[tuple[str, int]]:
    """Yield the lines of the errors that make up what is shown; others were caught, and are not seen."""
    shown = str(getattr(error, "message", error))
    for message, lines in made:
        if message in shown:
            yield from lines
    seen: BaseException | None = error
    while seen is not None:
        trace = seen.__traceback__
        while trace is not None:
            path = Path(trace.tb_frame.f_code.co_filename)
            if LANGUAGE in path.parents:
                yield str(path.relative_to(LANGUAGE)), trace.tb_lineno
            trace = trace.tb_next
        seen = seen.__context__


def raised(run: Callable[[], Any]) -> Exception:
    try:
        run()
    except Exception as error:
        return error
    pytest.fail("this was to be refused")


def _refused(path: Path, name: str) -> Exception:
    cls = getattr(imported(path), name)
    return raised(lambda: check(instantiate(specify(cls)), Options(engine=Engine.REFERENCE)))


def test_every_place_that_refuses_is_shown_by_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()
    made: list[tuple[str, Lines]] = []
    runs = [lambda path=path, name=name: _refused(path, name) for path, name, _ in CASES]
    for name, example in EXAMPLES.items():
        folder = tmp_path / name
        folder.mkdir()
        runs.append(lambda run=example.run, folder=folder: raised(lambda: run(folder)))
    with noting(made, monkeypatch):
        for run in runs:
            made.clear()
            reached.update(of_shown(run(), made))
    unreached = [site for site in sites() if not any((site.file, line) in reached for line in site.lines)]
    unknown = [str(site) for site in unreached if not any(site.text.startswith(text) for text in UNREACHED)]
    assert not unknown, "no example shows these:\n" + "\n".join(unknown)
    assert len(unreached) == len(UNREACHED)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_refused_outside_of_models_says_what_and_what_to_do(name: str, tmp_path: Path) -> None:
    error = raised(lambda: EXAMPLES[name].run(tmp_path))
    assert EXAMPLES[name].message in str(getattr(error, "message", error))
    assert (getattr(error, "help", None) is None) == (name in REMEDILESS)


def test_every_refusal_of_a_model_offers_a_remedy() -> None:
    assert [name for _, name, expected in CASES if expected.help is None] == []


def test_constructs_that_are_named_in_a_table_are_each_refused() -> None:
    said = {*(expected.message for _, _, expected in CASES), *(example.message for example in EXAMPLES.values())}
    for what, _ in [*remedies.EXPRESSIONS.values(), *remedies.STATEMENTS.values()]:
        assert f"{what} is not part of the language" in said
    for function in remedies.ELSEWHERE:
        assert any(f"{function.__name__}(...) has no place here" in message for message in said), function


def test_assertions_that_python_skips_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "asserting.py"
    path.write_text(SWITCH + "        assert self.flag\n")
    command = f"import sys; from assay.checker.cli import main; sys.exit(main(['check', {str(path)!r}]))"
    ran = subprocess.run([sys.executable, "-O", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "Python skips assertions where it is started with -O" in ran.stderr
