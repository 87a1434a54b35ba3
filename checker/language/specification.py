"""What a model class says, as data: its variables, actions and properties, in order."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, get_args, get_origin

from assay.checker.errors import Location, ModelError
from assay.checker.language import source
from assay.checker.language.annotations import hints_of, type_of
from assay.checker.language.definitions import demand_overrides, demand_plain_names, demand_single_definitions
from assay.checker.language.expectations import Expectation, Holds, Violates
from assay.checker.language.kinds import DEADLOCK, Deadlock, Judged, Meaning
from assay.checker.language.mentioned import functions_of, sorts_named
from assay.checker.language.model import Kind, Model, removed
from assay.checker.language.sorts import Element
from assay.checker.language.types import BagType, IntType, QuorumType, SeqType, SortType, Type, is_container, subtypes
from assay.checker.language.values import _ParameterMark
from assay.checker.language.wording import article, listed, nearest

__all__ = ["MISSING", "Constant", "Method", "Property", "Specification", "Variable", "meaning_of", "specify"]


class _Missing:
    """The default of a variable that states none."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


@dataclass(frozen=True)
class Variable:
    """A state variable, with the initial value that its class states, or MISSING."""

    name: str
    type: Type
    default: Any = field(hash=False)
    location: Location | None


@dataclass(frozen=True)
class Constant:
    """An instance parameter, with the value it has unless the instance says otherwise, or MISSING."""

    name: str
    type: type[Any]
    default: Any
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Method:
    """A decorated method: its kind, and its parameters beyond ``self`` (and ``after``)."""

    name: str
    kind: Kind
    function: Callable[..., Any]
    parameters: tuple[tuple[str, Type], ...]
    location: Location | None
    fair: str | None = None

    @property
    def doc(self) -> str:
        """The first line of the docstring, or nothing."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]


Property = Method | Deadlock
"""What a verdict is about. Properties are told apart as objects: two may have the same name."""


def meaning_of(subject: Property) -> Meaning:
    """Return what a property means."""
    meaning = subject.kind.meaning
    assert meaning is not None, f"{subject.kind.value} is no property"
    return meaning


@dataclass(frozen=True)
class Specification:
    """A model class, described."""

    cls: type[Model]
    variables: tuple[Variable, ...]
    constants: tuple[Constant, ...]
    methods: tuple[Method, ...]
    sorts: tuple[type[Element], ...]
    quorums: tuple[QuorumType, ...]

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.cls.__name__

    @property
    def expected(self) -> Expectation:
        """What checking the default instance must show."""
        return self.cls.expected

    def of(self, *kinds: Kind) -> tuple[Method, ...]:
        """Return the methods of these kinds, in the order of their definition."""
        return tuple(method for method in self.methods if method.kind in kinds)

    @property
    def actions(self) -> tuple[Method, ...]:
        """The actions, in the order of their definition."""
        return self.of(Kind.ACTION)

    def judged_on(self, *what: Judged) -> tuple[Method, ...]:
        """Return the methods that are properties of states, of steps, ..., in the order of their definition."""
        return tuple(m for m in self.methods if m.kind.meaning is not None and m.kind.meaning.judged_on in what)

    @property
    def properties(self) -> tuple[Method, ...]:
        """The properties that the model states of its states and steps, in the order of their definition."""
        return tuple(method for method in self.methods if method.kind.is_judged)

    def judged(self, *, deadlock: bool) -> tuple[Property, ...]:
        """Return the properties that an exploration decides: the model's own, and deadlock where it is asked for."""
        return (*self.properties, DEADLOCK) if deadlock else self.properties

    @property
    def claims(self) -> tuple[Method, ...]:
        """Those of the properties that can be violated by a trace."""
        return tuple(method for method in self.properties if method.kind.is_claim)

    @property
    def expected_violation(self) -> Property | None:
        """The property that checking the default instance must violate, or None where all must hold."""
        return self.named(self.expected.property) if isinstance(self.expected, Violates) else None

    def named(self, name: str) -> Property | None:
        """Return the property of a name, as a user writes it: a method before the deadlock that every model has."""
        return next((found for found in self.judged(deadlock=True) if found.name == name), None)


@functools.cache
def specify(cls: type[Model]) -> Specification:
    """Describe a model class.

    Raises
    ------
    ModelError
        If an annotation is no type, a bound has no meaning, a parameter has no annotation, there is no action,
        or a name is defined twice.
    """
    demand_single_definitions(cls)
    demand_plain_names(cls)
    demand_overrides(cls)
    hints = hints_of(cls, source.field_location(cls, ""))
    variables, constants = _fields(cls, hints)
    methods = tuple(_methods(cls))
    _demand_parts(cls, variables, methods)
    _demand_expected(cls, methods)
    found = dict.fromkeys(_sorts(cls, variables, methods))
    quorums = tuple(type_of(sort) for sort in found if isinstance(type_of(sort), QuorumType))
    sorts = dict.fromkeys([*(q.member.cls for q in quorums if isinstance(q, QuorumType)), *found])
    plain = tuple(sort for sort in sorts if isinstance(type_of(sort), SortType))
    _demand_distinct_settings(constants, [sort.__name__ for sort in found])
    _demand_bounds(variables, methods, [*(c.name for c in constants), *(sort.__name__ for sort in plain)])
    return Specification(cls, variables, constants, methods, plain, quorums)  # type: ignore[arg-type]


def _demand_parts(cls: type[Model], variables: tuple[Variable, ...], methods: tuple[Method, ...]) -> None:
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


def _demand_expected(cls: type[Model], methods: tuple[Method, ...]) -> None:
    expected: object = cls.expected
    place = source.field_location(cls, "expected")
    if not isinstance(expected, Holds | Violates):
        raise ModelError(
            f"expected is {expected!r}, which is no expectation",
            location=place,
            help='say what checking must show: expected = Violates("safe"), or Holds()',
        )
    if isinstance(expected, Holds):
        return
    claims = [method.name for method in methods if method.kind.is_claim] + [DEADLOCK.name]
    if expected.property not in claims:
        raise ModelError(
            f"{cls.__name__} is expected to violate {expected.property!r}, which it does not claim",
            location=place,
            help=f"possible are {', '.join(claims)}",
        )
    if expected.property == DEADLOCK.name and any(m.name == DEADLOCK.name and m.kind.is_judged for m in methods):
        raise ModelError(
            f"{cls.__name__} is expected to violate 'deadlock', which may be its own property or a state where "
            "nothing can happen",
            location=place,
            help="give the property another name",
        )


def _demand_distinct_settings(constants: tuple[Constant, ...], sorts: list[str]) -> None:
    for constant in constants:
        if constant.name in sorts:
            raise ModelError(
                f"{constant.name} is both a parameter and a sort, and --set {constant.name}=... would set both",
                location=constant.location,
                help="choose another name for one of them",
            )


def _demand_bounds(variables: tuple[Variable, ...], methods: tuple[Method, ...], known: list[str]) -> None:
    declared = [(variable.type, variable.location) for variable in variables]
    declared += [(type_, method.location) for method in methods for _, type_ in method.parameters]
    for type_, place in declared:
        for bound in _bounds(type_):
            if isinstance(bound, str) and bound not in known:
                raise ModelError(
                    f"the bound {bound!r} names neither a parameter nor a sort of the model{nearest(bound, known)}",
                    location=place,
                    help=f"possible are {listed(['numbers', *known])}",
                )


def _bounds(type_: Type) -> Iterator[object]:
    for part in subtypes(type_):
        match part:
            case IntType(low, high):
                yield from (low, high)
            case SeqType(_, bound) | BagType(_, bound):
                yield bound


def _fields(cls: type[Model], hints: Mapping[str, Any]) -> tuple[tuple[Variable, ...], tuple[Constant, ...]]:
    variables, constants = [], []
    for name in _annotated_names(cls):
        annotation = hints[name]
        if get_origin(annotation) is ClassVar:
            continue
        place = source.field_location(cls, name)
        if name in Model.__annotations__:
            raise ModelError(
                f"{name!r} is reserved for the settings of a model", location=place, help="choose another name"
            )
        if name.startswith("_"):
            raise ModelError(
                f"the name {name!r} of a variable begins with an underscore",
                location=place,
                help="choose another name; helpers and constants may have such names",
            )
        default = inspect.getattr_static(cls, name, MISSING)
        if isinstance(default, types.FunctionType | staticmethod | classmethod | property):
            raise ModelError(
                f"{name} is both a variable and a method", location=place, help="choose another name for one of them"
            )
        if get_origin(annotation) is Annotated and _ParameterMark in get_args(annotation):
            constants.append(_constant(name, get_args(annotation)[0], default, place))
        else:
            variables.append(Variable(name, type_of(annotation, place), default, place))
    return tuple(variables), tuple(constants)


def _constant(name: str, type_: Any, default: Any, place: Location | None) -> Constant:
    if type_ not in (int, bool):
        raise ModelError(
            f"the parameter {name} must be an int or a bool, not {article(getattr(type_, '__name__', type_))}",
            location=place,
            help="sizes are parameters by themselves: each Sort has one of its name",
        )
    if default is not MISSING and type(default) is not type_:
        raise ModelError(
            f"the parameter {name} is {article(type_.__name__)}, its default is {default!r}",
            location=place,
            help=f"state {article(type_.__name__)}, or none",
        )
    return Constant(name, type_, default, place)


def _annotated_names(cls: type[Model]) -> list[str]:
    names: dict[str, None] = {}
    for owner in reversed(cls.__mro__):
        if owner not in (object, Model):
            names.update(dict.fromkeys(inspect.get_annotations(owner)))
    return list(names)


def _methods(cls: type[Model]) -> Iterator[Method]:
    names: dict[str, Kind] = {}
    for owner in reversed(cls.__mro__):
        for name, value in vars(owner).items():
            kind = getattr(value, "__assay_kind__", None)
            if kind is not None:
                names.setdefault(name, kind)
    for name, kind in names.items():
        if inspect.getattr_static(cls, name) is not removed:
            yield _method(cls, name, kind)


def _method(cls: type[Model], name: str, inherited: Kind) -> Method:
    function = inspect.getattr_static(cls, name)
    place = source.field_location(cls, name)
    kind = getattr(function, "__assay_kind__", None)
    if kind is None:
        raise ModelError(
            f"{name} replaces a method that is decorated as {inherited.value}, but is not decorated itself",
            location=place,
            help=f"decorate it: @{inherited.name.lower()}",
        )
    if not isinstance(function, types.FunctionType):
        raise ModelError(
            f"{name} is a {type(function).__name__}; {article(kind.value)} is a method of the state",
            location=place,
            help=f"def {name}(self)",
        )
    _demand_plain(name, kind, function, place)
    parameters = _parameters(function, kind, place)
    return Method(name, kind, function, parameters, place, getattr(function, "__assay_fair__", None))


_ACTING = {Kind.ACTION, Kind.INITIAL}
_ALONE = (Kind.CONSTRAINT, Kind.TERMINAL, Kind.AXIOM)


def _demand_plain(name: str, kind: Kind, function: types.FunctionType, place: Location | None) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        what = "one atomic step" if kind in _ACTING else "evaluated at once"
        raise ModelError(
            f"{name} is a coroutine or generator; {article(kind.value)} is {what}",
            location=place,
            help="do without async, await and yield",
        )
    if not function.__code__.co_argcount:
        raise ModelError(f"{name} has no parameter for the state", location=place, help=f"def {name}(self)")


def _parameters(function: Callable[..., Any], kind: Kind, place: Location | None) -> tuple[tuple[str, Type], ...]:
    signature = list(inspect.signature(function).parameters.values())[1:]
    if kind is Kind.STEP_INVARIANT:
        if not signature:
            raise ModelError(
                f"{function.__name__} is a step invariant, it needs the state after the step",
                location=place,
                help=f"def {function.__name__}(self, after: Self) -> bool",
            )
        signature = signature[1:]
    if signature and kind in _ALONE:
        raise ModelError(
            f"{function.__name__} is {article(kind.value)}, it takes no parameter but self",
            location=place,
            help="quantify inside: all(... for n in Node)",
        )
    hints = hints_of(function, place) if signature else {}
    return tuple(_parameter(parameter, hints, function.__name__, place) for parameter in signature)


def _parameter(
    parameter: inspect.Parameter, hints: Mapping[str, Any], method: str, place: Location | None
) -> tuple[str, Type]:
    if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
        raise ModelError(
            f"the parameter {parameter.name} of {method} must be a plain one, without * and default",
            location=place,
            help="every value of its type is chosen; state with require which ones are possible",
        )
    if parameter.name not in hints:
        raise ModelError(
            f"the parameter {parameter.name} of {method} has no type, so it has no values to choose from",
            location=place,
            help=f"annotate it: {parameter.name}: Node",
        )
    type_ = type_of(hints[parameter.name], place)
    if is_container(type_):
        raise ModelError(
            f"the parameter {parameter.name} of {method} is {article(type_)}; only scalars can be chosen",
            location=place,
            help="choose an element at a time, or a quorum of a QuorumSystem",
        )
    return parameter.name, type_


def _sorts(cls: type[Model], variables: tuple[Variable, ...], methods: tuple[Method, ...]) -> Iterator[type[Any]]:
    declared = [variable.type for variable in variables]
    declared += [type_ for method in methods for _, type_ in method.parameters]
    for type_ in declared:
        for part in subtypes(type_):
            if isinstance(part, SortType | QuorumType):
                yield part.cls
    yield from sorts_named(functions_of(cls))
