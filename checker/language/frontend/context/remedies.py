"""Constructs of Python that the language does not have: their names, and the remedies for messages."""

from __future__ import annotations

import ast
import collections
import dataclasses
import functools
import itertools

from assay.checker.language.types import BagType, MapType, OptionalType, SeqType, SetType, Type

__all__ = ["ELSEWHERE", "EXPRESSIONS", "PART", "STATEMENTS", "annotated", "becoming", "changed"]
__all__ += ["method", "nothing", "operand", "operator", "refused", "repeated", "unknown"]

_OPERATORS = {
    ast.Div: "/",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.MatMult: "@",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Invert: "~",
    ast.UAdd: "unary +",
}

EXPRESSIONS: dict[type[ast.AST], tuple[str, str]] = {
    ast.JoinedStr: ("an f-string", "use an Enum for names"),
    ast.Dict: ("a dictionary written out", "a Map has a value for every key: {k: ... for k in K}"),
    ast.Yield: ("yield", "an action is one atomic step"),
    ast.YieldFrom: ("yield from", "an action is one atomic step"),
    ast.Starred: ("*", "write the elements out, or use |"),
    ast.Lambda: ("a lambda", "define a function"),
    ast.Slice: ("a slice of this", "sequences have slices: self.queue[1:]"),
    ast.NamedExpr: (":=", "assign the name before; in a comprehension, write the value out each time"),
}

ELSEWHERE: dict[object, str] = {
    zip: "run over it, for a, b in {0}; or make a list of it: list({0})",
    enumerate: "run over it, for i, x in {0}; or make a list of it: list({0})",
    reversed: "run over it, for x in {0}; or make a list of it: list({0})",
    iter: "run over what it is made of; the first of that is next((x for x in xs), None), or xs[0]",
    dict: "a map is copied where it is assigned: self.m = dict(self.other)",
    tuple: "a list is a copy that is run over: list(...)",
    abs: "write it with max: max(n, -n)",
    int: "write 1 if ... else 0",
    divmod: "write n // m, and n % m",
    map: "a comprehension makes one of another: {self.next[n] for n in self.nodes}",
    filter: "a comprehension keeps some: {n for n in self.nodes if n in self.seen}",
    dataclasses.replace: "make the record anew, with all of its fields",
    itertools.pairwise: "zip it with the rest of it: for a, b in zip(xs, xs[1:])",
    functools.reduce: "use sum, min, max, any or all, or a loop that accumulates: total += x",
    itertools.accumulate: "write what comes before each as a slice: [sum(xs[:i + 1]) for i in range(len(xs))]",
    collections.Counter: "count where it is asked: xs.count(x), or sum(1 for y in xs if y == x)",
}
"""Functions of Python that may be called elsewhere in a model only, or have a counterpart, with the remedy.

``{0}`` stands for the call.
"""

STATEMENTS: dict[type[ast.AST], tuple[str, str]] = {
    ast.While: ("`while`", "loop over a sort, a set or range(...)"),
    ast.With: ("`with`", "an action is one atomic step: do without files, locks and the like"),
    ast.Try: ("`try`", "say with require when an action can happen"),
    ast.TryStar: ("`try`", "say with require when an action can happen"),
    ast.Raise: ("`raise`", "use require"),
    ast.Delete: ("`del`", "assign what is left of it, or what stands for none"),
    ast.Import: ("`import` inside a method", "import at the top of the module"),
    ast.ImportFrom: ("`import` inside a method", "import at the top of the module"),
    ast.FunctionDef: ("a function inside a method", "define it at the top of the module or in the class"),
    ast.AsyncFunctionDef: ("a function inside a method", "define it at the top of the module or in the class"),
    ast.ClassDef: ("a class inside a method", "define it at the top of the module"),
    ast.Global: ("`global`", "all state is in the variables of the model"),
    ast.Nonlocal: ("`nonlocal`", "all state is in the variables of the model"),
    ast.AnnAssign: ("a declaration without a value", "give the name a value"),
    ast.Assign: ("an assignment to this", "possible are local names, and tuples of them"),
}


_METHODS: dict[type[Type], dict[str, str]] = {
    SetType: {
        "copy": "copy it: set({0})",
        "pop": "a set has no first element; choose one: n = choose({0}), then {0}.remove(n)",
    },
    SeqType: {
        "copy": "copy it: list({0})",
        "reverse": "assign it: {0} = list(reversed({0}))",
        "sort": "assign it: {0} = sorted({0})",
    },
    MapType: {
        "get": "index it: a Map has a value for every key",
        "setdefault": "index it: a Map has a value for every key",
        "clear": "assign every entry: {0} = everywhere(...), or {{k: ... for k in K}}",
        "keys": "{0} itself runs over its keys",
        "values": "run over them: ... for v in {0}.values()",
        "items": "run over them: ... for k, v in {0}.items()",
        "copy": "it is copied where it is assigned: self.m = dict({0})",
    },
    BagType: {"copy": "it is copied where it is assigned: self.bag = Bag({0})"},
}

PART = "what is part of a value does not change: make a new one, and assign that"


def method(function: ast.expr, type_: Type | None) -> str | None:
    """Return what does the same as a method that Python's containers have and the language's have not."""
    instead = _METHODS.get(type(type_), {}) if type_ is not None else {}
    if isinstance(function, ast.Attribute) and function.attr == "pop" and isinstance(type_, MapType):
        one = f"{operand(function.value)}[k] = {nothing(type_)}"
        return f"a Map has a value for every key: assign what stands for none, {one}"
    if isinstance(function, ast.Attribute) and function.attr in instead:
        return instead[function.attr].format(operand(function.value))
    return None


def changed(target: ast.expr, node: ast.expr) -> str:
    """Return what does the same as ``m.update(node)``, ``m |= node`` of a map."""
    whole = ast.unparse(target)
    match node:
        case ast.DictComp(key=key, value=value, generators=[ast.comprehension(target=each, iter=domain, ifs=[])]):
            heads = f"for {ast.unparse(each)} in {ast.unparse(domain)}"
            return f"assign its entries: {heads}: {whole}[{ast.unparse(key)}] = {ast.unparse(value)}"
        case ast.Dict(keys=keys, values=values) if keys and None not in keys:
            pairs = zip(keys, values, strict=True)
            entries = [f"{whole}[{ast.unparse(k)}] = {ast.unparse(v)}" for k, v in pairs if k is not None]
            return f"assign its entries: {'; '.join(entries)}"
        case _:
            return f"assign its entries: for k in ...: {whole}[k] = ..."


def nothing(type_: Type) -> str:
    """Return what stands for no entry in a map."""
    value = type_.value if isinstance(type_, MapType) else type_
    match value:
        case OptionalType():
            return "None"
        case SetType():
            return "set()"
        case SeqType():
            return "[]"
        case _:
            return f"None, if its values are {value} | None"


def annotated(name: str) -> str:
    """Return the remedy for an empty container whose element type is unknown."""
    return f"annotate it: {name}: set[T] = set(), for elements of type T, or a list"


def operator(node: ast.AST) -> str:
    """Return an operator as it is written."""
    return _OPERATORS.get(type(node), type(node).__name__)


def operand(node: ast.expr) -> str:
    """Return the source of an expression as an operand of any operator: in parentheses, unless it needs none."""
    source = ast.unparse(node)
    return source if isinstance(node, _TIGHT) else f"({source})"


_TIGHT = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.Set, ast.SetComp, ast.List, ast.ListComp)


def repeated(sequence: ast.expr, times: ast.expr) -> str:
    """Return the comprehension for ``sequence * times``."""
    return f"[x for _ in range({ast.unparse(times)}) for x in {ast.unparse(sequence)}]"


def becoming(node: ast.AugAssign) -> str:
    """Return the remedy for a local container that an operator would change in place."""
    target = ast.unparse(node.target)
    return f"assign what it becomes: {target} = {target} {operator(node.op)} {operand(node.value)}"


def unknown(node: ast.expr) -> tuple[str, str | None]:
    """Return the message and remedy for an expression that is not part of the language."""
    what, remedy = EXPRESSIONS.get(type(node), (type(node).__name__, None))
    return f"{what} is not part of the language", remedy


def refused(node: ast.stmt, *, pure: bool = False) -> tuple[str, str | None]:
    """Return the message and remedy for a statement that is not part of the language.

    With ``pure``, the statement is in a property, or in a helper whose value is used.
    """
    if pure:
        impure = _impure(node)
        if impure is not None:
            return impure
    if isinstance(node, ast.Expr):
        return "this statement does nothing", "return it, assign it, or require it"
    what, remedy = STATEMENTS.get(type(node), (f"`{type(node).__name__.lower()}`", None))
    return f"{what} is not part of the language", remedy


def _impure(node: ast.stmt) -> tuple[str, str | None] | None:
    match node:
        case ast.For():
            return (
                "a loop computes no value here, unless it returns one: if ...: return False",
                "use any, all, sum, min, max or a comprehension",
            )
        case ast.Expr(value=ast.Call(func=ast.Name(id="require"))):
            return (
                "require has no place where a value is computed: only actions are enabled or not",
                "use implies, or if",
            )
        case ast.Expr(value=ast.Call()):
            return (
                "a property, or a helper whose value is used, does not change the state",
                "compute a value and return it",
            )
        case (
            ast.Assign(targets=[ast.Attribute() | ast.Subscript()])
            | ast.AugAssign(target=ast.Attribute() | ast.Subscript())
            | ast.AnnAssign(target=ast.Attribute() | ast.Subscript())
        ):
            return (
                "a property, or a helper whose value is used, does not change the state",
                "compute a value and return it",
            )
        case ast.Return():
            return "this returns nothing", "return a value"
        case _:
            return None
