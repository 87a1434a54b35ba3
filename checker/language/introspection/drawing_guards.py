"""What to write so that a parameter of a great many values is drawn from the state, from which variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.checker.language.introspection.declarations import Method, Variable
from assay.checker.language.kinds import Kind
from assay.checker.language.types import (
    BagType,
    BoolType,
    IntType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
)

__all__ = ["drawing_remedy", "too_many_values"]


def too_many_values(
    method: Method, name: str, type_: Type, size: int, variables: Iterable[Variable]
) -> tuple[str, str]:
    """Return what is wrong with a parameter of more values than can be tried in every state, and what to do."""
    count = f"{size:,}" if size < _COUNTED else f"more than {_COUNTED:,}"
    return (
        f"the parameter {name} of {method.name} is one of {count} {type_}, too many to try each of them in every state",
        f"{drawing_remedy(method, name, type_, variables)}; or make the instance smaller",
    )


_COUNTED = 10**18
"""What messages call more than this, not by its number: it is read as endless, and may be a bound on the true one."""


def drawing_remedy(method: Method, name: str, type_: Type, variables: Iterable[Variable]) -> str:
    """Return how a parameter is drawn from variables of the model; if none holds such values, from one as example."""
    written = next(_guards(method, name, type_, variables), None)
    member = written or f"{name} in self.{'ids' if isinstance(type_, IntType) else 'messages'}"
    if method.kind is Kind.ACTION:
        return f"draw it from the state, before anything that may raise: require({member})"
    if method.kind.existential:
        return f"draw it from a set, before anything that may raise: {member} and ..."
    return f"draw it from a set, before anything that may raise: {member.replace(' in ', ' not in ', 1)} or ..."


def _guards(method: Method, name: str, type_: Type, variables: Iterable[Variable]) -> Iterator[str]:
    """Yield guards that draw a parameter, those from whole elements before those from parts of them."""
    changing = [variable for variable in variables if not variable.immutable]
    for find in (_whole, _field) if method.kind is Kind.ACTION else (_member,):
        for variable in changing:
            yield from find(name, type_, f"self.{variable.name}", variable.type)


def _member(name: str, wanted: Type, place: str, held: Type) -> Iterator[str]:
    """Yield membership in a set or bag of the state, the one form that conditions of properties are drawn by."""
    match held:
        case SetType(element) | BagType(element) if _fits(element, wanted):
            yield f"{name} in {place}"
        case MapType(key, value):
            yield from _member(name, wanted, f"{place}[{_named(key)}]", value)


def _whole(name: str, wanted: Type, place: str, held: Type) -> Iterator[str]:
    match held:
        case SetType(element) | BagType(element) | SeqType(element) if _fits(element, wanted):
            yield f"{name} in {place}"
        case MapType(key, value):
            yield from _whole(name, wanted, f"{place}[{_named(key)}]", value)
        case OptionalType(inner) if _fits(inner, wanted):
            yield f"{place} == {name}"


def _field(name: str, wanted: Type, place: str, held: Type) -> Iterator[str]:
    match held:
        case SetType(RecordType() as element) | BagType(RecordType() as element) | SeqType(RecordType() as element):
            each = _named(element)
            for field, part in element.fields:
                if _fits(part, wanted):
                    yield f"any({each}.{field} == {name} for {each} in {place})"
        case MapType(key, value):
            yield from _field(name, wanted, f"{place}[{_named(key)}]", value)
    if _fits(held, wanted):
        yield f"{name} == {place}"


def _fits(held: Type, wanted: Type) -> bool:
    if isinstance(held, IntType) and isinstance(wanted, IntType):
        return held.is_unbounded or held == wanted
    return held == wanted or (isinstance(held, UnionType) and wanted in held.alternatives)


def _named(type_: Type) -> str:
    """Return a name for a value of a type, as a model would have one."""
    is_named = str(type_).isidentifier() and not isinstance(type_, BoolType)
    return str(type_).lower() if is_named else "key"
