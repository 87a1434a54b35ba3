"""What is known at a point: the narrower types of expressions, which conditions tell and changes invalidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.checker.language.ir.nodes import (
    And,
    Entry,
    Expr,
    Field,
    IsKind,
    Item,
    Name,
    Narrow,
    Node,
    Not,
    Or,
    Place,
    Read,
    Root,
    walk,
)
from assay.checker.language.types import (
    NoneOnly,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)

__all__ = ["Facts", "Written", "is_path", "known", "learned", "together", "unnarrowed", "variables_in"]
__all__ += ["without"]

Written = str | Name
"""What a statement may change: a state variable, by its name, or a local name, by its `Name`, to tell them apart."""

Facts = dict[Expr, Type]
"""What is known at a point: expressions of optional and union types, each with the narrower type it has there."""


def known(value: Expr, facts: Facts) -> Expr:
    """Return a value narrowed to the type that is known for it."""
    narrower = facts.get(value)
    return value if narrower is None else Narrow(value, narrower, safe=True, location=value.location)


def learned(condition: Expr, truth: bool) -> Facts:
    """Return the facts that hold where a condition is true (or false)."""
    match condition:
        case IsKind(operand, kinds):
            return _learned_kind(operand, kinds, truth)
        case Not(operand):
            return learned(operand, not truth)
        case And(parts) if truth:
            return _all_learned(parts, True)
        case Or(parts) if not truth:
            return _all_learned(parts, False)
        case _:
            return {}


def _all_learned(parts: tuple[Expr, ...], truth: bool) -> Facts:
    facts: Facts = {}
    for part in parts:
        facts = together(facts, learned(part, truth))
    return facts


def together(facts: Facts, more: Facts) -> Facts:
    """Return the facts that hold where both sets of facts do: for each subject, the kinds that both allow.

    Where they allow none in common, the code is never reached, and any fact would do: the later one is kept.
    """
    result = dict(facts)
    for subject, type_ in more.items():
        result[subject] = (_met(result[subject], type_) or type_) if subject in result else type_
    return result


def _met(first: Type, second: Type) -> Type | None:
    """Return the type of the values that are of both types, or None if there are none."""
    kinds = [kind for kind in _kinds_of(first) if kind in _kinds_of(second)]
    return _of_kinds(kinds)


def _kinds_of(type_: Type) -> tuple[Type, ...]:
    if isinstance(type_, OptionalType):
        return (NoneOnly(), *_kinds_of(type_.inner))
    return type_.alternatives if isinstance(type_, UnionType) else (type_,)


def _of_kinds(kinds: Sequence[Type]) -> Type | None:
    present = [kind for kind in kinds if not isinstance(kind, NoneOnly)]
    if not present:
        return None
    records = tuple(kind for kind in present if isinstance(kind, RecordType))
    type_ = present[0] if len(present) == 1 else UnionType(records)
    return type_ if len(present) == len(kinds) else OptionalType(type_)


def _learned_kind(operand: Expr, kinds: tuple[Type, ...], truth: bool) -> Facts:
    subject = unnarrowed(operand)
    if not is_path(subject):
        return {}
    left = _of_kinds([kind for kind in _kinds_of(subject.type) if (kind in kinds) is truth])
    return {} if left is None or left == subject.type else {subject: left}


def unnarrowed(subject: Expr) -> Expr:
    """Return an expression as it is written, not as narrowed so far.

    Facts are kept under it, or a second test would miss them.
    """
    return subject.operand if isinstance(subject, Narrow) and subject.safe else subject


def is_path(subject: Expr) -> bool:
    """Return whether an expression is a name or place, or part of one, and so the same wherever it is written."""
    match subject:
        case Name() | Read():
            return True
        case Field(operand, _, _) | Item(operand, _, _) | Narrow(operand, _, True):
            return is_path(operand)
        case Entry(map_, key):
            return is_path(map_) and is_path(key)
        case _:
            return False


def without(facts: Facts, changed: Written) -> Facts:
    """Return the facts that survive a change of a state variable or local name."""
    return {subject: type_ for subject, type_ in facts.items() if changed not in variables_in(subject)}


def variables_in(node: Node) -> Iterator[Written]:
    """Yield the variables of the state, and the local names, that a node reads; nothing changes what was before."""
    for part in walk(node):
        if isinstance(part, Place):
            if part.root is not Root.BEFORE:
                yield part.variable
        elif isinstance(part, Name):
            yield part
