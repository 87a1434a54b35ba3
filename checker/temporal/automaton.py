"""From a temporal formula to a generalized Büchi automaton.

The construction is that of Gerth, Peled, Vardi, Wolper, *Simple on-the-fly automatic verification of linear temporal
logic* (1995): a tableau that splits what must be true now from what must be true next. A state of the automaton reads
a position of a behaviour: the state there, and the step out of it.
"""

from __future__ import annotations

from assay.checker.immutable import immutable
from assay.checker.language.formulas import Always, And, Eventually, Formula, Happens, Not, Now, Or, Until

__all__ = ["Automaton", "AutomatonState", "Literal", "automaton", "negated"]


@immutable
class Literal:
    """An atom of a formula, or its negation: a numbered predicate of states, or an occurrence of an action."""

    atom: Now | Happens
    positive: bool


@immutable
class _Constant:
    value: bool


@immutable
class _Both:
    left: _Form
    right: _Form


@immutable
class _Either:
    left: _Form
    right: _Form


@immutable
class _Until:
    left: _Form
    right: _Form


@immutable
class _Release:
    """The right one is true until both are, or forever: the dual of until."""

    left: _Form
    right: _Form


_Form = Literal | _Constant | _Both | _Either | _Until | _Release
_TRUE, _FALSE = _Constant(True), _Constant(False)


def negated(formula: Formula) -> _Form:
    """Return the negation of a formula, in negation normal form."""
    return _normal(formula, positive=False)


def _normal(formula: Formula, *, positive: bool) -> _Form:
    match formula:
        case Now() | Happens():
            return Literal(formula, positive)
        case Not(operand):
            return _normal(operand, positive=not positive)
        case Eventually(operand):
            inner = _normal(operand, positive=positive)
            return _Until(_TRUE, inner) if positive else _Release(_FALSE, inner)
        case Always(operand):
            inner = _normal(operand, positive=positive)
            return _Release(_FALSE, inner) if positive else _Until(_TRUE, inner)
        case And(left, right) | Or(left, right) | Until(left, right):
            return _joined(type(formula), _normal(left, positive=positive), _normal(right, positive=positive), positive)
    raise TypeError(f"{formula} is no temporal formula")


def _joined(kind: type[Formula], left: _Form, right: _Form, positive: bool) -> _Form:
    """Return two normal forms joined by an operator, or by its dual where the formula is negated."""
    if kind is Until:
        return _Until(left, right) if positive else _Release(left, right)
    return _Both(left, right) if (kind is And) is positive else _Either(left, right)


@immutable
class AutomatonState:
    """What must be true at the position that a state reads, and which states may read the next one."""

    literals: frozenset[Literal]
    successors: tuple[int, ...]


@immutable
class Automaton:
    """A generalized Büchi automaton.

    Attributes
    ----------
    states : tuple of AutomatonState
        Its states.
    initial : tuple of int
        Those that may read the first position.
    accepting : tuple of frozenset of int
        Sets of states; a run is accepting if it is in each of them again and again.
    """

    states: tuple[AutomatonState, ...]
    initial: tuple[int, ...]
    accepting: tuple[frozenset[int], ...]


@immutable
class _Node:
    """A tableau node that is done: what is true at its position, and what must be true at the next."""

    old: frozenset[_Form]
    next: frozenset[_Form]


def automaton(form: _Form) -> Automaton:
    """Return an automaton that accepts the behaviours of which a formula is true.

    Notes
    -----
    Exponential in the formula at worst, and a handful of states for those that people write.
    """
    starts = _expanded(frozenset({form}))
    nodes: dict[_Node, int] = {}
    order: list[_Node] = []
    follow: dict[frozenset[_Form], list[_Node]] = {}
    pending = list(starts)
    while pending:
        node = pending.pop()
        if node in nodes:
            continue
        nodes[node] = len(order)
        order.append(node)
        if node.next not in follow:
            follow[node.next] = _expanded(node.next)
        pending += follow[node.next]
    states = tuple(
        AutomatonState(
            frozenset(part for part in node.old if isinstance(part, Literal)),
            tuple(sorted({nodes[after] for after in follow[node.next]})),
        )
        for node in order
    )
    return Automaton(states, tuple(sorted({nodes[node] for node in starts})), _accepting(form, order))


def _accepting(form: _Form, nodes: list[_Node]) -> tuple[frozenset[int], ...]:
    """Return, for each until, the states that do not owe its goal: it is not promised there, or has come true."""
    promises = [part for part in _subformulas(form) if isinstance(part, _Until)]
    return tuple(
        frozenset(i for i, node in enumerate(nodes) if promise not in node.old or promise.right in node.old)
        for promise in promises
    )


def _subformulas(form: _Form) -> list[_Form]:
    found, pending = dict.fromkeys([form]), [form]
    while pending:
        match pending.pop():
            case _Both(left, right) | _Either(left, right) | _Until(left, right) | _Release(left, right):
                pending += [part for part in (left, right) if part not in found]
                found.update(dict.fromkeys((left, right)))
    return list(found)


def _expanded(new: frozenset[_Form]) -> list[_Node]:
    """Return the ways in which formulas can be true at a position."""
    done: dict[_Node, None] = {}
    pending: list[tuple[frozenset[_Form], frozenset[_Form], frozenset[_Form]]] = [(new, frozenset(), frozenset())]
    while pending:
        todo, old, following = pending.pop()
        if not todo:
            done[_Node(old, following)] = None
            continue
        form = min(todo, key=repr)  # the same automaton, and so the same counterexample, in every process
        todo -= {form}
        for more, later in _choices(form, old):
            pending.append((todo | (more - old), old | {form} | (more & old), following | later))
    return list(done)


def _choices(form: _Form, old: frozenset[_Form]) -> list[tuple[frozenset[_Form], frozenset[_Form]]]:
    """Return the ways to make a formula true: what must then be true at this position, and what at the next."""
    nothing: frozenset[_Form] = frozenset()
    match form:
        case _Constant(value):
            return [(nothing, nothing)] if value else []
        case Literal(atom, positive):
            return [] if Literal(atom, not positive) in old else [(nothing, nothing)]
        case _Both(left, right):
            return [(frozenset({left, right}), nothing)]
        case _Either(left, right):
            return [(frozenset({left}), nothing), (frozenset({right}), nothing)]
        case _Until(left, right):
            return [(frozenset({right}), nothing), (frozenset({left}), frozenset({form}))]
        case _Release(left, right):
            return [(frozenset({left, right}), nothing), (frozenset({right}), frozenset({form}))]
