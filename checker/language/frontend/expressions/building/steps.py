"""Steps by which a statement accumulates in a local name: what it adds, appends, unites or compares."""

from __future__ import annotations

import ast
import enum

from assay.checker.immutable import immutable

__all__ = ["How", "Shape", "Step", "mentioned", "step_of"]


class Shape(enum.Enum):
    """What a name stands for that a loop accumulates in."""

    LIST = "list"
    SET = "set"
    VALUE = "value"


class How(enum.Enum):
    """What a step does with a name."""

    APPENDED = "appended to"
    PREPENDED = "put before"
    UNITED = "united with"
    TAKEN = "taken from"
    ADDED = "added to"
    SUBTRACTED = "subtracted from"
    LARGEST = "the largest"
    SMALLEST = "the smallest"
    SOME = "true of some"
    ALL = "true of all"
    FIXED = "the same in each round"


@immutable
class Step:
    """A statement that accumulates.

    Attributes
    ----------
    name : str
        The name in which it does.
    how : How
        What it does with the name.
    value : ast.expr
        What is added, compared or assigned; of a container, the container that is appended or united.
    node : ast.stmt
        The statement.
    in_place : bool
        Whether it changes the object that the name stands for, which may have other names.
    from_none : bool
        Whether the name may be None before the first step.
    distinct : bool
        Whether it appends to a list only what is not there yet.
    clauses : tuple of ast.comprehension
        In which rounds it does, and the names that these give values.
    """

    name: str
    how: How
    value: ast.expr
    node: ast.stmt
    in_place: bool = False
    from_none: bool = False
    distinct: bool = False
    clauses: tuple[ast.comprehension, ...] = ()


def mentioned(*nodes: ast.AST) -> frozenset[str]:
    """Return all names in parts of a program."""
    return frozenset(part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name))


def step_of(node: ast.stmt, name: str, shape: Shape) -> Step | None:
    """Return the step by which a statement accumulates in a name; None if it does anything else."""
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            found = _assigned_step(value, name, shape)
            return None if found is None else Step(name, *found, node)
        case ast.AugAssign(target=ast.Name(id=target), op=operator, value=value) if target == name:
            how = _OPERATORS[shape].get(type(operator))
            return None if how is None else Step(name, how, value, node, in_place=shape is not Shape.VALUE)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method), args=args, keywords=[])
        ):
            found = _called_step(method, args, shape) if owner == name else None
            return None if found is None else Step(name, *found, node, in_place=True)
        case ast.If(test=test, body=[ast.Assign(targets=[ast.Name(id=target)], value=value)], orelse=[]):
            test, from_none = _unless_none(test, name)
            how = _extreme(test, name, value) if target == name and shape is Shape.VALUE else None
            return None if how is None else Step(name, how, value, node, from_none=from_none)
        case _:
            return None


_OPERATORS: dict[Shape, dict[type[ast.operator], How]] = {
    Shape.LIST: {ast.Add: How.APPENDED},
    Shape.SET: {ast.BitOr: How.UNITED, ast.Sub: How.TAKEN},
    Shape.VALUE: {ast.Add: How.ADDED, ast.Sub: How.SUBTRACTED, ast.BitOr: How.SOME, ast.BitAnd: How.ALL},
}

_SYMMETRIC = (How.UNITED, How.ADDED, How.SOME, How.ALL)


def _assigned_step(value: ast.expr, name: str, shape: Shape) -> tuple[How, ast.expr] | None:
    match value:
        case ast.BinOp(left=ast.Name(id=left), op=operator, right=right) if left == name:
            how = _OPERATORS[shape].get(type(operator))
            return None if how is None else (how, right)
        case ast.BinOp(left=left, op=operator, right=ast.Name(id=right)) if right == name:
            how = _OPERATORS[shape].get(type(operator))
            return (how, left) if how in _SYMMETRIC else (How.PREPENDED, left) if how is How.APPENDED else None
        case ast.List(elts=[ast.Starred(value=ast.Name(id=first)), *items]) if first == name and shape is Shape.LIST:
            return How.APPENDED, ast.copy_location(ast.List(items, ast.Load()), value)
        case ast.List(elts=[*items, ast.Starred(value=ast.Name(id=last))]) if last == name and shape is Shape.LIST:
            return How.PREPENDED, ast.copy_location(ast.List(items, ast.Load()), value)
        case ast.Call(func=ast.Name(id="max" | "min" as function), args=[one, other], keywords=[]):
            how = How.LARGEST if function == "max" else How.SMALLEST
            return None if shape is not Shape.VALUE else _other(how, [one, other], name)
        case ast.BoolOp(op=operator, values=[one, other]) if shape is Shape.VALUE:
            found = _other(How.SOME if isinstance(operator, ast.Or) else How.ALL, [one, other], name)
            if found is not None:
                return found
    return (How.FIXED, value) if shape is Shape.VALUE and name not in mentioned(value) else None


def _other(how: How, operands: list[ast.expr], name: str) -> tuple[How, ast.expr] | None:
    others = [part for part in operands if not (isinstance(part, ast.Name) and part.id == name)]
    return (how, others[0]) if len(others) == 1 else None


def _called_step(method: str, args: list[ast.expr], shape: Shape) -> tuple[How, ast.expr] | None:
    match shape, method, args:
        case Shape.LIST, "append", [item]:
            return How.APPENDED, ast.copy_location(ast.List([item], ast.Load()), item)
        case Shape.LIST, "insert", [ast.Constant(value=0), item]:
            return How.PREPENDED, ast.copy_location(ast.List([item], ast.Load()), item)
        case Shape.LIST, "extend", [items]:
            return How.APPENDED, items
        case Shape.SET, "add" | "discard", [item]:
            return _SET_METHODS[method], ast.copy_location(ast.Set([item]), item)
        case Shape.SET, "update" | "difference_update", [items]:
            return _SET_METHODS[method], items
        case _:
            return None


_SET_METHODS = {"add": How.UNITED, "update": How.UNITED, "discard": How.TAKEN, "difference_update": How.TAKEN}


def _unless_none(test: ast.expr, name: str) -> tuple[ast.expr, bool]:
    """Return a test without ``name is None or`` before it, and whether it had that."""
    match test:
        case ast.BoolOp(
            op=ast.Or(),
            values=[
                ast.Compare(left=ast.Name(id=asked), ops=[ast.Is()], comparators=[ast.Constant(value=None)]),
                other,
            ],
        ) if asked == name:
            return other, True
    return test, False


def _extreme(test: ast.expr, name: str, value: ast.expr) -> How | None:
    """Return whether ``if value > name: name = value`` keeps the largest, or the smallest."""
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            sides = ast.dump(left), ast.dump(right)
            own, new = ast.dump(ast.Name(name, ast.Load())), ast.dump(value)
            if sides == (new, own):
                return _KEPT.get(type(operator))
            if sides == (own, new):
                return _KEPT.get(_TURNED.get(type(operator), type(operator)))
    return None


_KEPT: dict[type[ast.cmpop], How] = {
    ast.Gt: How.LARGEST,
    ast.GtE: How.LARGEST,
    ast.Lt: How.SMALLEST,
    ast.LtE: How.SMALLEST,
}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE}
