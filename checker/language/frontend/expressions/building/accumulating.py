"""Loops that build values: which names they accumulate in, and by which steps.

``for x in xs: if c: log = log + [f(x)]`` appends, in each round, something that no other round has a part in. So what
the loop makes of ``log`` is a comprehension, and of a number a sum. This module finds such steps in the syntax;
`checker.language.frontend.expressions.building.accumulated` makes expressions of them.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.frontend.expressions.building.membership import asked_last, unless_decided
from assay.checker.language.frontend.expressions.building.rounds import Clauses, unless_left, until_left, where
from assay.checker.language.frontend.expressions.building.steps import How, Shape, Step, mentioned, step_of
from assay.checker.language.frontend.expressions.leaving import is_left, stored_in

__all__ = ["Accumulations", "accumulations", "changed_in", "evaluated_in", "run_over"]


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
    left : tuple
        The loops with steps in them that ``break`` leaves, each with the clauses around it and the paths that leave it.
    """

    steps: tuple[Step, ...]
    rest: ast.For | None
    unsuitable: ast.stmt | None
    mixed: ast.stmt | None
    left: tuple[tuple[Clauses, ast.For, tuple[Clauses, ...]], ...]


@functools.cache
def accumulations(node: ast.For, names: frozenset[tuple[str, Shape]], carried: frozenset[str]) -> Accumulations:
    """Return what a loop accumulates in some names; others that are carried on have a value before it."""
    # Made once for each loop: the parts of a syntax tree are told apart where repeated ones are counted.
    found = _Walk(dict(names), carried)
    rest = found.within(node)
    loop = ast.copy_location(ast.For(node.target, node.iter, rest or _nothing(node), node.orelse), node)
    return Accumulations(
        tuple(found.steps), None if found.is_all else loop, found.unsuitable, found.mixed(), tuple(found.left)
    )


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


def evaluated_in(clauses: Sequence[ast.comprehension]) -> Iterator[ast.expr]:
    """Yield what the clauses of a comprehension evaluate."""
    for clause in clauses:
        yield from (clause.iter, *clause.ifs)


class _Walk:
    """The search for steps through the body of a loop."""

    def __init__(self, shapes: dict[str, Shape], carried: frozenset[str]) -> None:
        self.shapes = shapes
        self.carried = carried
        self.steps: list[Step] = []
        self.is_all = True
        self.unsuitable: ast.stmt | None = None
        self.hidden: set[str] = set()  # names whose values no clause gives
        self.left: list[tuple[Clauses, ast.For, tuple[Clauses, ...]]] = []
        self.ends: list[Clauses] = []  # the rounds that leave the loop

    def within(self, node: ast.For) -> list[ast.stmt]:
        """Note the steps of a loop; return its other statements."""
        self.hidden = set(_given_values(node.body)) - self.shapes.keys()
        return self._loop(node, ())[0]

    def _loop(self, node: ast.For, around: Clauses) -> tuple[list[ast.stmt], list[Clauses]]:
        """Note the steps of a loop within clauses; return its other statements, and the paths that leave it."""
        count, outer, self.ends = len(self.steps), self.ends, []
        rest = self.block(_to_next_round(node.body), (*around, _clause(node)))
        ends, self.ends = self.ends, outer
        if ends:
            within = self.steps[count:]
            self.steps[count:] = [replace(step, clauses=until_left(step.clauses, len(around), ends)) for step in within]
            if within or node.orelse:
                self.left.append((around, node, tuple(ends)))
        return rest, ends

    def block(self, statements: Sequence[ast.stmt], clauses: Clauses) -> list[ast.stmt]:
        """Note the steps of a block; return its other statements."""
        rest: list[ast.stmt] = []
        behind = False  # whether a name is given a value that no step behind it evaluates, too
        for statement in statements:
            named = _named(statement)
            if named is not None and named[0] not in self.carried | self.shapes.keys():
                clauses = (*clauses, _let(statement, *named))
                self.hidden.discard(named[0])
                rest.append(statement)
                behind = True
                continue
            count = self._noted()
            rest += self._statement(statement, clauses)
            behind = behind and self._noted() == count
            self.hidden |= set(_given_values([statement])) - self.shapes.keys()
        self.is_all = self.is_all and not behind
        return rest

    def _noted(self) -> int:
        return len(self.steps) + len(self.ends)

    def _statement(self, node: ast.stmt, clauses: Clauses) -> list[ast.stmt]:
        node = asked_last(_as_one_step(_as_branch(node, self.shapes), self.shapes), self.shapes)
        found = (step_of(node, name, shape) for name, shape in self.shapes.items())
        step = unless_decided(node, self.shapes) or next(filter(None, found), None)
        if step is not None:
            self._note(replace(step, clauses=clauses))
            return []
        if is_left(node) and not isinstance(node, ast.If | ast.Break):
            self.unsuitable = self.unsuitable or node  # what follows is not on the paths through it
        count = self._noted()
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                denied = ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
                then, otherwise = self.block(body, where(clauses, test)), self.block(orelse, where(clauses, denied))
                rest = [_copied(node, ast.If(test, then or _nothing(node), otherwise))]
            case ast.For(target=target, iter=iterated, orelse=orelse):
                self.hidden -= stored_in(target)
                inner, ends = self._loop(node, clauses)
                if stored_in(node.target) & mentioned(*orelse):
                    self.unsuitable = self.unsuitable or node  # a value of the last round
                otherwise = self.block(orelse, unless_left(clauses, ends))
                rest = [_copied(node, ast.For(target, iterated, inner or _nothing(node), otherwise))]
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case ast.Break():
                self.ends.append(clauses)
                rest = [node]
            case _:
                if self.shapes.keys() & (changed_in(node) | mentioned(node)):
                    self.unsuitable = self.unsuitable or node
                rest = [node]
        self.is_all = self.is_all and self._noted() > count
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
            if step.distinct and any(other.name == step.name for other in self.steps if other is not step):
                return step.node  # it would have to know what the other one has made by then
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


def _copied(node: ast.stmt, made: ast.stmt) -> ast.stmt:
    return ast.copy_location(made, node)


def _nothing(node: ast.stmt) -> list[ast.stmt]:
    return [ast.copy_location(ast.Pass(), node)]


def _to_next_round(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return a body in which what follows ``continue`` or ``break`` is on the paths that do not come to it."""
    result: list[ast.stmt] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Continue):
            break
        if isinstance(statement, ast.Break):
            return [*result, statement]
        if isinstance(statement, ast.If) and is_left(statement):
            rest = statements[index + 1 :]
            then = _to_next_round([*statement.body, *rest])
            otherwise = _to_next_round([*statement.orelse, *rest])
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
