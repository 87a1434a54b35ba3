"""Rewrite functions with canonical names: local ones by their order, all others by what they stand for."""

from __future__ import annotations

import ast
import copy
import dis
import importlib
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, Protocol

from assay.checker.errors import ModelError
from assay.checker.language.introspection.source import function_of, parse

__all__ = ["ANY_KEYWORD", "Canonical", "Glossary", "closed_over", "globals_of", "keywords_in", "tree_of"]

ANY_KEYWORD = "**"
"""Stands for arguments by keywords that the code does not spell out."""

_BY_TEXT = {"eval", "exec", "globals", "locals", "vars", "__import__"}
"""Functions of Python that look names up by their text."""

_ASKED_OF_CLASSES = {"isinstance", "issubclass"}
_ASKED_OF_WORLDS = {"of", "messages"}
"""Functions and methods (of `World`) that only ask whether values belong to a class."""


class Glossary(Protocol):
    """What names stand for, as text; see `assay.checker.changes.code.Writer`."""

    def value(self, value: object) -> str: ...

    def identity(self, cls: type[Any]) -> str: ...

    def whole(self, cls: type[Any]) -> str: ...

    def attribute(self, name: str) -> str: ...

    def named(self, text: str) -> list[str]: ...

    def source(self, module: ModuleType) -> str: ...


class Canonical(ast.NodeTransformer):
    """Replaces names by canonical ones, and drops docstrings and annotations.

    Parameters
    ----------
    glossary : Glossary
        What names that are not local stand for.
    function : function
        The function whose tree is visited.
    around : mapping from name to object
        The names that it finds outside: those of its module, and those that it closes over.

    Attributes
    ----------
    own : set of str
        The names that it binds itself, at any depth.
    notes : list of str
        What else it refers to, by imports inside of it and by names in strings.
    """

    def __init__(self, glossary: Glossary, function: FunctionType, around: Mapping[str, Any]) -> None:
        self.glossary, self.around = glossary, around
        self.own = {*_own(function.__code__)}
        self.notes: list[str] = []
        self._numbers: dict[str, int] = {}
        self._module = str(function.__globals__.get("__name__"))
        self._package = str(function.__globals__.get("__package__") or "")
        self._imported: dict[str, object] = {}

    def _local(self, name: str) -> str:
        """Return the canonical form of a name: a local one by the order of first occurrence, any other as it is."""
        return f"%{self._numbers.setdefault(name, len(self._numbers))}" if name in self.own else name

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.name, node.returns = self._local(node.name) if node.name in self.own else "_", None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._local(node.arg), None)

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for each in node.names:
            name, _, inside = each.name.partition(".")
            bound = each.name if each.asname else name
            self._import(each.asname or name, _imported(bound), each.name if inside else "")
        return ast.Pass()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        origin = f"{'.' * node.level}{node.module or ''}"
        module = _imported(origin, self._package)
        for each in node.names:
            inside = getattr(module, each.name, None) or _imported(f"{origin}.{each.name}", self._package)
            self._import(each.asname or each.name, inside, f"{origin}.{each.name}")
        return ast.Pass()

    def _import(self, name: str, value: object, words: str) -> None:
        if isinstance(value, ModuleType):
            self._imported[name] = value
            self.notes.append(f"{self._local(name)} imports {value.__name__}")
        else:
            self.notes.append(f"{self._local(name)} imports {words if value is None else self.glossary.value(value)}")

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        node.name = None if node.name is None else self._local(node.name)
        return self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        # The places of positional patterns are those of the class; a pattern without any only asks for the class.
        node.cls = self.visit(node.cls) if node.patterns else self._asked(node.cls)
        node.kwd_attrs = [self.glossary.attribute(name) for name in node.kwd_attrs]
        node.patterns = [self.visit(each) for each in node.patterns]
        node.kwd_patterns = [self.visit(each) for each in node.kwd_patterns]
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            self.notes += self.glossary.named(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node.func, node.args:
            case ast.Name(id=name), [_, cls] if name in _ASKED_OF_CLASSES and not self._is_known(name):
                node.args = [self.visit(node.args[0]), self._asked(cls)]
                return node
            case ast.Attribute(value=world, attr=attribute), [cls] if (
                attribute in _ASKED_OF_WORLDS and self.glossary.attribute(attribute) == attribute and not node.keywords
            ):
                node.func, node.args = ast.Attribute(self.visit(world), attribute, ast.Load()), [self._asked(cls)]
                return node
        made = self._meaning(node.func)
        if isinstance(made, type):
            self.notes.append(self.glossary.whole(made))
        return self.generic_visit(node)

    def _asked(self, node: ast.expr) -> ast.expr:
        """Return an expression for classes that values are asked to belong to."""
        match node:
            case ast.Tuple(elts=parts):
                return ast.Tuple([self._asked(part) for part in parts], ast.Load())
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return ast.BinOp(self._asked(left), ast.BitOr(), self._asked(right))
        meaning = self._meaning(node)
        found: ast.expr = self.visit(node) if not isinstance(meaning, type) else _name(self.glossary.identity(meaning))
        return found

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.own:
            return ast.Name(self._local(node.id), node.ctx)
        if node.id in self.around:
            return ast.Name(self.glossary.value(self.around[node.id]), node.ctx)
        if node.id in _BY_TEXT and self._module in sys.modules:
            self.notes.append(self.glossary.source(sys.modules[self._module]))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(self._meaning(node.value), ModuleType):
            meaning = self._meaning(node)
            if isinstance(meaning, ModuleType):
                return _name(meaning.__name__)
            return _name(ast.unparse(node) if meaning is _UNKNOWN else self.glossary.value(meaning))
        node.attr = self.glossary.attribute(node.attr)
        return self.generic_visit(node)

    def _is_known(self, name: str) -> bool:
        return name in self.own or name in self.around

    def _meaning(self, node: ast.expr) -> object:
        """Return what an expression stands for, if it is a name from outside or an attribute of a module."""
        match node:
            case ast.Name(id=name) if name in self.own:
                return self._imported.get(name, _UNKNOWN)
            case ast.Name(id=name):
                return self.around.get(name, _UNKNOWN)
            case ast.Attribute(value=value, attr=attribute):
                owner = self._meaning(value)
                return getattr(owner, attribute, _UNKNOWN) if isinstance(owner, ModuleType) else _UNKNOWN
        return _UNKNOWN


_UNKNOWN = object()


def _name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())


def _imported(name: str, package: str = "") -> object:
    try:
        return importlib.import_module(name, package or None)
    except Exception:  # whatever a module raises: the code that imports it fails, too
        return None


def tree_of(function: FunctionType) -> tuple[ast.AST, ...]:
    """Return a copy of the syntax tree of a function; of a lambda that is not clear, of all lambdas in its line.

    Raises
    ------
    ModelError
        If it cannot be read.
    """
    # Without the attribute by which `functools.wraps` names the function inside, which is another one.
    bare = FunctionType(function.__code__, function.__globals__, function.__name__, None, function.__closure__)
    path, tree = function_of(bare)
    return tuple(copy.deepcopy(each) for each in _like(path, tree, function.__code__))


def _like(path: str, tree: ast.FunctionDef | ast.Lambda, code: CodeType) -> list[ast.AST]:
    if isinstance(tree, ast.FunctionDef):
        return [tree]
    alike = [node for node in ast.walk(parse(path)) if isinstance(node, ast.Lambda) and node.lineno == tree.lineno]
    around = [node for node in alike if _holds(node.body, code)]
    return [min(around, key=lambda node: (_end(node.body), -node.body.col_offset))] if around else [*alike]


def _holds(body: ast.expr, code: CodeType) -> bool:
    """Return whether code was compiled from an expression or a part of it, by its positions in the file."""
    places = [(line, left, last, right) for line, last, left, right in code.co_positions() if right]
    begin, end = (body.lineno, body.col_offset), _end(body)
    return bool(places) and all(
        begin <= (line or 0, left or 0) and (last or 0, right or 0) <= end for line, left, last, right in places
    )


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


def keywords_in(function: FunctionType) -> set[str]:
    """Return the keywords that a function calls others with, and `ANY_KEYWORD` if it does not spell them out."""
    try:
        calls = [node for tree in tree_of(function) for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    except (ModelError, RecursionError):
        return {ANY_KEYWORD}
    return {call.arg or ANY_KEYWORD for call in calls}


def globals_of(code: CodeType) -> set[str]:
    """Return the names that a function looks up outside, including those of functions inside of it."""
    found = {each.argval for each in dis.get_instructions(code) if each.opname.startswith(_LOOKUPS)}
    return found.union(*(globals_of(constant) for constant in code.co_consts if isinstance(constant, CodeType)))


_LOOKUPS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")


def _own(code: CodeType) -> Iterator[str]:
    """Yield the names that a function binds, including those of nested functions and comprehensions."""
    yield from (*code.co_varnames, *code.co_cellvars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _own(constant)


def closed_over(function: FunctionType) -> Iterator[tuple[str, object]]:
    """Yield the names that a function closes over, with their values."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # it has no value yet
            continue
