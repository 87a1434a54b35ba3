"""Loops that build values: which names they accumulate in, and by which steps.

``for x in xs: if c: log = log + [f(x)]`` appends, in each round, something that no other round has a part in. So what
the loop makes of ``log`` is a comprehension, and of a number a sum. This module finds such steps in the syntax;
`checker.language.frontend.expressions.accumulated` makes expressions of them.
"""

from __future__ import annotations

import ast
import enum
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.frontend.expressions.leaving import is_left, stored_in

__all__ = ["Accumulations", "How", "Shape", "Step", "accumulations", "changed_in", "evaluated_in"]
__all__ += ["mentioned", "run_over", "step_of"]


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
    clauses : tuple of ast.comprehension
        In which rounds it does, and the names that these give values.
    """

    name: str
    how: How
    value: ast.expr
    node: ast.stmt
    in_place: bool = False
    from_none: bool = False
    clauses: tuple[ast.comprehension, ...] = ()


@immutable
class Accumulations:
    """What a loop does: the steps by which it accumulates, and all else.

    Attributes
    ----------
    steps : tuple of Step
        The steps.
    rest : ast.For or None
        The loop without them; None if the steps evaluate all that is left.
    unsuitable : ast.stmt or None
        A statement that depends on what other rounds have made of a name.
    mixed : ast.stmt or None
        A step of a name that is accumulated in another way, too.
    """

    steps: tuple[Step, ...]
    rest: ast.For | None
    unsuitable: ast.stmt | None
    mixed: ast.stmt | None


@functools.cache
def accumulations(node: ast.For, names: frozenset[tuple[str, Shape]]) -> Accumulations:
    """Return what a loop accumulates in some names."""
    # Made once for each loop: the parts of a syntax tree are told apart where repeated ones are counted.
    found = _Walk(dict(names))
    rest = found.within(node)
    loop = ast.copy_location(ast.For(node.target, node.iter, rest or _nothing(node), node.orelse), node)
    return Accumulations(tuple(found.steps), None if found.is_all else loop, found.unsuitable, found.mixed())


def changed_in(statement: ast.stmt) -> frozenset[str]:
    """Return the local names that a statement gives values, or whose methods it calls."""
    owners = (
        part.func.value.id
        for part in ast.walk(statement)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and isinstance(part.func.value, ast.Name)
    )
    return stored_in(statement) | frozenset(owners)


def run_over(node: ast.For) -> frozenset[str]:
    """Return the variables of a loop and of those in it."""
    return frozenset(name for part in ast.walk(node) if isinstance(part, ast.For) for name in stored_in(part.target))


def mentioned(*nodes: ast.AST) -> frozenset[str]:
    """Return all names in parts of a program."""
    return frozenset(part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name))


def evaluated_in(clauses: Sequence[ast.comprehension]) -> Iterator[ast.expr]:
    """Yield what the clauses of a comprehension evaluate."""
    for clause in clauses:
        yield from (clause.iter, *clause.ifs)


class _Walk:
    """The search for steps through the body of a loop."""

    def __init__(self, shapes: dict[str, Shape]) -> None:
        self.shapes = shapes
        self.steps: list[Step] = []
        self.is_all = True
        self.unsuitable: ast.stmt | None = None
        self.hidden: set[str] = set()  # names whose values no clause gives

    def within(self, node: ast.For) -> list[ast.stmt]:
        """Note the steps of a loop; return its other statements."""
        self.hidden = set(_given_values(node.body)) - self.shapes.keys()
        return self.block(_without_continue(node.body), (_clause(node),))

    def block(self, statements: Sequence[ast.stmt], clauses: tuple[ast.comprehension, ...]) -> list[ast.stmt]:
        """Note the steps of a block; return its other statements."""
        rest: list[ast.stmt] = []
        behind = False  # whether a name is given a value that no step behind it evaluates, too
        for statement in statements:
            named = _named(statement)
            if named is not None and named[0] not in self.shapes:
                clauses = (*clauses, _let(statement, *named))
                self.hidden.discard(named[0])
                rest.append(statement)
                behind = True
                continue
            count = len(self.steps)
            rest += self._statement(statement, clauses)
            behind = behind and len(self.steps) == count
            self.hidden |= set(_given_values([statement])) - self.shapes.keys()
        self.is_all = self.is_all and not behind
        return rest

    def _statement(self, node: ast.stmt, clauses: tuple[ast.comprehension, ...]) -> list[ast.stmt]:
        node = _as_one_step(_as_branch(node, self.shapes), self.shapes)
        step = next(filter(None, (step_of(node, name, shape) for name, shape in self.shapes.items())), None)
        if step is not None:
            self._note(replace(step, clauses=clauses))
            return []
        count = len(self.steps)
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                denied = ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
                then, otherwise = self.block(body, _where(clauses, test)), self.block(orelse, _where(clauses, denied))
                rest = [_copied(node, ast.If(test, then or _nothing(node), otherwise))]
            case ast.For(target=target, iter=iterated, body=body, orelse=[]):
                self.hidden -= stored_in(target)
                inner = self.block(_without_continue(body), (*clauses, _clause(node)))
                rest = [_copied(node, ast.For(target, iterated, inner or _nothing(node), []))]
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case _:
                if self.shapes.keys() & (changed_in(node) | mentioned(node)):
                    self.unsuitable = self.unsuitable or node
                rest = [node]
        self.is_all = self.is_all and len(self.steps) > count
        return rest

    def _note(self, step: Step) -> None:
        read = mentioned(step.value, *evaluated_in(step.clauses))
        bound = {name for clause in step.clauses for name in stored_in(clause.target)}
        varying = step.how is How.FIXED and bound & mentioned(step.value)
        if varying or read & (self.shapes.keys() | self.hidden):
            self.unsuitable = self.unsuitable or step.node
        self.steps.append(step)

    def mixed(self) -> ast.stmt | None:
        """Return a step of a name that is accumulated in another way, too."""
        ways: dict[str, How] = {}
        fixed: dict[str, str] = {}
        ends = set[tuple[str, How]]()
        for step in self.steps:
            way = _WAYS.get(step.how, step.how)
            value = ast.dump(step.value) if way is How.FIXED else ""
            if ways.setdefault(step.name, way) is not way or fixed.setdefault(step.name, value) != value:
                return step.node
            if way is How.APPENDED and (step.name, step.how) in ends:
                return step.node  # the items of two steps would take turns
            ends.add((step.name, step.how))
        return None


_WAYS = {How.PREPENDED: How.APPENDED, How.SUBTRACTED: How.ADDED}
"""What goes together: items at both ends of a list, and what is added and subtracted."""


def _given_values(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements give values, other than those within comprehensions."""
    for part in (inner for statement in statements for inner in ast.walk(statement)):
        match part:
            case ast.Assign(targets=targets):
                yield from (name for target in targets for name in stored_in(target))
            case ast.For(target=target) | ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                yield from stored_in(target)
            case ast.pattern():
                yield from stored_in(part)


def _clause(node: ast.For) -> ast.comprehension:
    return ast.comprehension(node.target, node.iter, [], 0)


def _named(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """Return the name that a statement gives a value on every path, and the value."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, value
        case _:
            return None


def _let(node: ast.stmt, name: str, value: ast.expr) -> ast.comprehension:
    """Return ``for name in [value]``, which evaluates a value once and gives it a name."""
    target = ast.copy_location(ast.Name(name, ast.Store()), node)
    return ast.comprehension(target, ast.copy_location(ast.List([value], ast.Load()), value), [], 0)


def _where(clauses: tuple[ast.comprehension, ...], test: ast.expr) -> tuple[ast.comprehension, ...]:
    last = clauses[-1]
    return (*clauses[:-1], ast.comprehension(last.target, last.iter, [*last.ifs, test], 0))


def _copied(node: ast.stmt, made: ast.stmt) -> ast.stmt:
    return ast.copy_location(made, node)


def _nothing(node: ast.stmt) -> list[ast.stmt]:
    return [ast.copy_location(ast.Pass(), node)]


def _without_continue(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return a body in which what follows ``continue`` is on the paths that do not come to it."""
    result: list[ast.stmt] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Continue):
            break
        if isinstance(statement, ast.If) and is_left(statement):
            rest = statements[index + 1 :]
            then = _without_continue([*statement.body, *rest])
            otherwise = _without_continue([*statement.orelse, *rest])
            return [*result, _copied(statement, ast.If(statement.test, then or _nothing(statement), otherwise))]
        result.append(statement)
    return result


def _as_branch(node: ast.stmt, shapes: Mapping[str, Shape]) -> ast.stmt:
    """Return ``t = a if c else b`` as a branch, where t is accumulated."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.IfExp(test, body, orelse)) if name in shapes:
            then, otherwise = (_assigned(node, target, value) for value in (body, orelse))
            return ast.copy_location(ast.If(test, then or _nothing(node), otherwise), node)
    return node


def _as_one_step(node: ast.stmt, shapes: Mapping[str, Shape]) -> ast.stmt:
    """Return ``if c: t = t + [a] else: t = t + [b]`` as one step, which appends one or the other."""
    if not isinstance(node, ast.If) or len(node.body) != 1 or len(node.orelse) != 1:
        return node
    inner = [_as_one_step(statement, shapes) for statement in (node.body[0], node.orelse[0])]
    for name in [name for name, shape in shapes.items() if shape is Shape.LIST]:
        steps = [step_of(statement, name, Shape.LIST) for statement in inner]
        match steps:
            case [Step(how=how, value=ast.List(elts=[one])), Step(how=same, value=ast.List(elts=[other]))] if (
                how is same and not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred)
            ):
                in_place = any(step is not None and step.in_place for step in steps)
                item = ast.copy_location(ast.IfExp(node.test, one, other), node)
                return _one_item(node, Step(name, how, item, node, in_place=in_place))
    return node


def _one_item(node: ast.stmt, step: Step) -> ast.stmt:
    """Return a statement that appends one item, or puts it before the others, in place if the step does."""
    own, owner = ast.Starred(ast.Name(step.name, ast.Load()), ast.Load()), ast.Name(step.name, ast.Load())
    first = step.how is How.PREPENDED
    made: ast.stmt
    if step.in_place:
        method = ast.Attribute(owner, "insert" if first else "append", ast.Load())
        made = ast.Expr(ast.Call(method, [*([ast.Constant(0)] if first else []), step.value], []))
    else:
        items = [step.value, own] if first else [own, step.value]
        made = ast.Assign([ast.Name(step.name, ast.Store())], ast.List(items, ast.Load()))
    return ast.fix_missing_locations(ast.copy_location(made, node))


def _assigned(node: ast.stmt, target: ast.Name, value: ast.expr) -> list[ast.stmt]:
    if isinstance(value, ast.Name) and value.id == target.id:
        return []
    return [ast.copy_location(ast.Assign([target], value), node)]


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
    Shape.VALUE: {ast.Add: How.ADDED, ast.Sub: How.SUBTRACTED},
}

_SYMMETRIC = (How.UNITED, How.ADDED)


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
