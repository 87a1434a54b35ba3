"""What the declarations of a model must have in common: names that are known, and told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assay.checker.errors import Location, ModelError
from assay.checker.language.bounds import counted_in, names_in
from assay.checker.language.expectations import Holds, Violates
from assay.checker.language.fairness import Fairness
from assay.checker.language.introspection import source
from assay.checker.language.introspection.declarations import Constant, Method, Variable
from assay.checker.language.introspection.mentioned import functions_of, makes_assertions
from assay.checker.language.kinds import ASSERTIONS, DEADLOCK
from assay.checker.language.model import Kind, Model
from assay.checker.language.types import Bound, IntType, RecordType, Type, own_bounds, parts_of
from assay.checker.wording import listed, nearest

__all__ = [
    "demand_bounds",
    "demand_distinct_settings",
    "demand_expected",
    "demand_fairness",
    "demand_flags",
    "demand_parts",
]


_INHERITED = "; the class inherits this expectation, and may state its own: expected = Holds()"


def demand_parts(cls: type[Model], variables: tuple[Variable, ...], methods: tuple[Method, ...]) -> None:
    """Refuse a model without state variables or without actions: nothing could happen in it."""
    place = source.field_location(cls, "")
    if not variables:
        raise ModelError(
            f"{cls.__name__} has no state variables",
            location=place,
            help="annotate one in the class: decided: bool = False",
        )
    if not any(method.kind is Kind.ACTION for method in methods):
        raise ModelError(
            f"{cls.__name__} has no actions, so nothing can happen",
            location=place,
            help="decorate a method with @action",
        )


def demand_expected(cls: type[Model], methods: tuple[Method, ...]) -> None:
    """Refuse an expected violation of a property that the model does not have, or that is ambiguous."""
    expected: object = cls.expected
    place = source.field_location(cls, "expected")
    if not isinstance(expected, Holds | Violates):
        raise ModelError(
            f"expected is {expected!r}, which is not an expectation",
            location=place,
            help='say what checking must show: expected = Violates("safe"), or Holds()',
        )
    if isinstance(expected, Holds):
        return
    general = [ASSERTIONS.name] if makes_assertions(functions_of(cls)) else []
    general += [DEADLOCK.name] if cls.check_deadlock else []
    claims = [*(method.name for method in methods if method.kind.is_judged), *general]
    claims += [method.name for method in methods if method.kind is Kind.ACTION and method.fires != "maybe"]
    if expected.property not in claims:
        raise ModelError(
            f"{cls.__name__} is expected to violate {expected.property!r}, which it does not claim",
            location=place,
            help=f"possible are {', '.join(claims)}" + ("" if "expected" in vars(cls) else _INHERITED),
        )
    if expected.property in general and any(m.name == expected.property and m.kind.is_judged for m in methods):
        other = "a state where nothing can happen" if expected.property == DEADLOCK.name else "a false assertion"
        raise ModelError(
            f"{cls.__name__} is expected to violate {expected.property!r}, which may be its own property or {other}",
            location=place,
            help="give the property another name",
        )


def demand_flags(cls: type[Model]) -> None:
    """Refuse settings that are on or off, and are neither."""
    for name in ("provable", "check_deadlock"):
        value: object = getattr(cls, name)
        if not isinstance(value, bool):
            raise ModelError(
                f"{name} is {value!r}, neither True nor False",
                location=source.field_location(cls, name),
                help=f"{name} = False",
            )


def demand_fairness(cls: type[Model], methods: tuple[Method, ...]) -> None:
    """Refuse fairness of actions that the model does not have: silently, it would assume nothing."""
    stated: object = cls.fairness
    place = source.field_location(cls, "fairness")
    if not isinstance(stated, tuple | list) or not all(isinstance(one, Fairness) for one in stated):
        raise ModelError(
            f"fairness is {stated!r}, no sequence of assumptions",
            location=place,
            help='fairness = (weak("send", each="node"), strong("receive"))',
        )
    actions = {method.name: method for method in methods if method.kind is Kind.ACTION}
    for one in stated:
        for name in one.actions:
            if name not in actions:
                raise ModelError(
                    f"fairness names {name!r}, which is no action of {cls.__name__}{nearest(name, actions)}",
                    location=place,
                    help=f"possible are {listed(list(actions))}",
                )
        _demand_parameters(one, [actions[name] for name in one.actions or actions], place)
    for method in actions.values():
        if method.fair is not None:
            _demand_parameters(method.fair, [method], method.location)


def _demand_parameters(fairness: Fairness, actions: list[Method], place: Location | None) -> None:
    """Refuse fairness for each value of a name that is not a parameter of the same type of all the actions."""
    for name in fairness.each:
        types = {dict(method.parameters).get(name) for method in actions}
        if None in types or len(types) > 1:
            known = sorted(set.intersection(*({name for name, _ in method.parameters} for method in actions)))
            raise ModelError(
                f"fairness is for each {name!r}, which is no parameter, of one type, of "
                + " and of ".join(method.name for method in actions),
                location=place,
                help=f"possible are {listed(known)}" if known else "leave out each=",
            )


def demand_distinct_settings(constants: tuple[Constant | Variable, ...], sorts: list[str]) -> None:
    """Refuse a parameter and a sort of one name, since one ``--set`` would mean both."""
    for constant in constants:
        if constant.name in sorts:
            raise ModelError(
                f"{constant.name} is both a parameter and a sort, and --set {constant.name}=... would set both",
                location=constant.location,
                help="choose another name for one of them",
            )


def _unfixed_bound(of: str, structure: Variable, place: Location | None) -> ModelError:
    """Return the error for a bound that is structure: a type has the same values throughout an instance."""
    is_natural = isinstance(structure.type, IntType) and structure.type.low == 0
    constant = f"{structure.name}: Parameter[int]"
    constant += f" and an axiom, {structure.name} >= 0" if is_natural else ""
    return ModelError(
        f"{of} is a {structure.type}, which is structure and may be another one in each structure of an instance",
        location=place,
        help=f"make it a constant of the instance, {constant}; or state the widest bound, and an invariant",
    )


def _placed(type_: Type, place: Location | None) -> Iterator[tuple[Bound, Location | None]]:
    """Yield the bounds in a type, each with its place: that of the type, or of the field of a record."""
    yield from ((bound, place) for bound in own_bounds(type_))
    if isinstance(type_, RecordType):
        for name, part in type_.fields:
            yield from _placed(part, source.field_location(type_.cls, name) or place)
    else:
        for part in parts_of(type_):
            yield from _placed(part, place)


def demand_bounds(
    types: Iterable[tuple[Type, Location | None]],
    variables: Iterable[Variable],
    constants: Iterable[Constant],
    sorts: Iterable[type[Any]],
) -> None:
    """Refuse types, each written at a place, with bounds that name anything but integer parameters and sorts."""
    known = [constant.name for constant in constants if constant.type is int]
    counted = [sort.__name__ for sort in sorts]
    known += counted
    for type_, written in types:
        for bound, place in _placed(type_, written):
            number = next((name for name in counted_in(bound) if name in known and name not in counted), None)
            if number is not None:
                raise ModelError(
                    f"{number} in the bound {bound!r} is a number, which has no elements to count",
                    location=place,
                    help=f"write {number} in place of len({number})",
                )
            for name in names_in(bound):
                if name in known:
                    continue
                of = f"the bound {bound!r}" if name == bound else f"{name} in the bound {bound!r}"
                structure = next((v for v in variables if v.immutable and v.name == name), None)
                if structure is not None:
                    raise _unfixed_bound(of, structure, place)
                raise ModelError(
                    f"{of} names neither a parameter nor a sort of the model{nearest(name, known)}",
                    location=place,
                    help=f"possible are {listed(['numbers', *known])}",
                )
