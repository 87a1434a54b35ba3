"""The declarations of a model class: its variables and parameters by annotation, its methods by decorator."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin

from assay.checker.errors import Location, ModelError
from assay.checker.immutable import immutable
from assay.checker.language.fairness import Fairness
from assay.checker.language.introspection import source
from assay.checker.language.introspection.annotations import hints_of, type_of
from assay.checker.language.introspection.generics import filled, filled_hints, meanings_in
from assay.checker.language.model import Fires, Kind, Model, removed
from assay.checker.language.types import SeqType, Type, has_unbounded, is_container, subtypes
from assay.checker.language.values import ParameterMark
from assay.checker.wording import article

__all__ = ["MISSING", "Constant", "Method", "Variable", "fields_of", "methods_of", "unbounded_parameter"]


class _Missing:
    """The type of `MISSING`, the default of a variable that states none."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


@immutable
class Variable:
    """A state variable, with the initial value that its class states, or MISSING.

    If it is ``immutable`` it is structure: an instance chooses its value, among those that satisfy the axioms, and no
    step changes it. It is still part of every state, so that whatever reads states can read it.
    """

    name: str
    type: Type
    default: Any = field(hash=False)
    location: Location | None
    immutable: bool = False


@immutable
class Constant:
    """An instance parameter, with its default, or MISSING."""

    name: str
    type: type[Any]
    default: Any
    location: Location | None = field(default=None, compare=False)


@immutable
class Method:
    """A decorated method.

    Attributes
    ----------
    name : str
        Its name.
    kind : Kind
        What it is decorated as.
    function : callable
        The function itself.
    parameters : tuple of (str, Type)
        Its parameters after ``self`` (and ``after``).
    location : Location, optional
        Where it is defined.
    fair : Fairness, optional
        The fairness that its decorator states.
    fires : str
        What its decorator claims of it: see `action`.
    refines : type of Model, optional
        The model that a refinement maps to.
    """

    name: str
    kind: Kind
    function: Callable[..., Any]
    parameters: tuple[tuple[str, Type], ...]
    location: Location | None
    fair: Fairness | None = None
    fires: Fires = "somewhere"
    refines: type[Model] | None = None

    @property
    def doc(self) -> str:
        """The first line of the docstring; empty if there is none."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]


def fields_of(cls: type[Model], hints: Mapping[str, Any]) -> tuple[tuple[Variable, ...], tuple[Constant, ...]]:
    """Return the state variables and the instance parameters that a class annotates, in order."""
    variables, constants = [], []
    for name, owner in _annotated_names(cls).items():
        annotation = filled(hints[name], meanings_in(cls).get(owner, {}))
        if ClassVar in (annotation, get_origin(annotation)):
            continue
        place = source.field_location(cls, name)
        if name in Model.__annotations__:
            raise ModelError(
                f"{name!r} is reserved for the settings of a model",
                location=place,
                help="choose another name, or state the setting without an annotation",
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
        if get_origin(annotation) is Annotated and ParameterMark in get_args(annotation):
            if get_args(annotation)[0] in (int, bool) and len(get_args(annotation)) == 2:
                constants.append(_constant(name, get_args(annotation)[0], default, place))
            else:
                variables.append(Variable(name, type_of(annotation, place), default, place, immutable=True))
        else:
            variables.append(Variable(name, _changing(name, type_of(annotation, place), place), default, place))
    return tuple(variables), tuple(constants)


def _changing(name: str, type_: Type, place: Location | None) -> Type:
    """Return the type of a variable that actions change; refuse permutations, which a change would break."""
    if any(isinstance(part, SeqType) and part.distinct for part in subtypes(type_)):
        raise ModelError(
            f"{name} holds a permutation, which cannot change item by item",
            location=place,
            help="make it a Seq; a Perm is the parameter of an action or property, or a Parameter of the model",
        )
    return type_


def _constant(name: str, type_: Any, default: Any, place: Location | None) -> Constant:
    if default is not MISSING and type(default) is not type_:
        raise ModelError(
            f"the parameter {name} is {article(type_.__name__)}, its default is {default!r}",
            location=place,
            help=f"state {article(type_.__name__)}, or none",
        )
    return Constant(name, type_, default, place)


def _annotated_names(cls: type[Model]) -> dict[str, type[Any]]:
    """Return the names that a class annotates, each with the class that annotates it last."""
    names: dict[str, type[Any]] = {}
    for owner in reversed(cls.__mro__):
        if owner not in (object, Model):
            names.update(dict.fromkeys(inspect.get_annotations(owner), owner))
    return names


def methods_of(cls: type[Model]) -> Iterator[Method]:
    """Yield the decorated methods of a class, in the order in which they are first defined."""
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
    if kind is None and not callable(function):
        raise ModelError(
            f"{name} replaces {article(inherited.value)} by {function!r}",
            location=place,
            help=f"to take it away: {name} = removed",
        )
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
    parameters = _parameters(cls, function, kind, place)
    fair: Fairness | None = getattr(function, "__assay_fair__", None)
    fires: Fires = getattr(function, "__assay_fires__", "somewhere")
    refined: type[Model] | None = getattr(function, "__assay_refines__", None)
    return Method(name, kind, function, parameters, place, fair, fires, refined)


_ACTING = {Kind.ACTION, Kind.INITIAL}
_DRAWING = {Kind.ACTION, Kind.INVARIANT, Kind.LEMMA, Kind.STEP_INVARIANT, Kind.REACHABLE, Kind.TERMINAL}
_DRAWING |= {Kind.CONSTRAINT, Kind.STEP_CONSTRAINT}
"""The kinds of methods whose parameters may be drawn from sets of the state."""
_ALONE = (Kind.TERMINAL, Kind.REFINEMENT)


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


def _parameters(
    cls: type[Model], function: Callable[..., Any], kind: Kind, place: Location | None
) -> tuple[tuple[str, Type], ...]:
    signature = _signature(function)[1:]
    if kind.is_about_steps:
        if not signature:
            raise ModelError(
                f"{function.__name__} is {article(kind.value)}, it needs the state after the step",
                location=place,
                help=f"def {function.__name__}(self, after: Self) -> bool",
            )
        _demand_state(cls, function, kind, signature[0].name, place)
        signature = signature[1:]
    else:
        _demand_no_state(function, kind, [parameter.name for parameter in signature], place)
    if signature and kind in _ALONE:
        raise ModelError(
            f"{function.__name__} is {article(kind.value)}, it takes no parameter but self",
            location=place,
            help="quantify inside: all(... for n in Node)",
        )
    hints = filled_hints(cls, function, hints_of(function, place)) if signature else {}
    return tuple(_parameter(parameter, hints, function.__name__, kind, place) for parameter in signature)


def _demand_state(
    cls: type[Model], function: Callable[..., Any], kind: Kind, name: str, place: Location | None
) -> None:
    """Refuse a method about steps whose first parameter is annotated as a value: it is the state after the step."""
    hint = hints_of(function, place).get(name, Self)
    if get_origin(hint) is not None or (isinstance(hint, type) and hint not in cls.__mro__ and not _is_state(hint)):
        raise ModelError(
            f"the first parameter of {function.__name__}, {article(kind.value)}, is the state after the step",
            location=place,
            help=f"def {function.__name__}(self, after: Self, {name}: ...) -> bool",
        )


def _demand_no_state(function: Callable[..., Any], kind: Kind, names: list[str], place: Location | None) -> None:
    """Refuse a second state where there is none."""
    hints = hints_of(function, place) if names else {}
    if any(_is_state(hints.get(name)) for name in names):
        decorator = "step_constraint" if kind is Kind.CONSTRAINT else "step_invariant"
        raise ModelError(
            f"{function.__name__} is {article(kind.value)}, which has no state after a step",
            location=place,
            help=f"what is true of steps is decorated with @{decorator}",
        )


def _is_state(hint: object) -> bool:
    return hint is Self or (isinstance(hint, type) and issubclass(hint, Model))


@functools.cache
def _signature(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    return tuple(inspect.signature(function).parameters.values())


def unbounded_parameter(
    name: str, method: str, type_: Type, place: Location | None, draw: str | None = None
) -> ModelError:
    """Return the error for a parameter with infinitely many values; ``draw`` says how to draw it from the state."""
    bounds = "state them: Annotated[int, Range(0, 3)], or Range[0, 3] for short"
    return ModelError(
        f"the parameter {name} of {method} is {article(type_)}, which has no bounds to choose within",
        location=place,
        help=bounds if draw is None else f"{bounds}; or {draw}",
    )


def _parameter(
    parameter: inspect.Parameter, hints: Mapping[str, Any], method: str, kind: Kind, place: Location | None
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
    # It may draw such a value from a set, by guards or conditions, but only compiling it can tell.
    if has_unbounded(type_) and (kind not in _DRAWING or is_container(type_)):
        raise unbounded_parameter(parameter.name, method, type_, place)
    return parameter.name, type_
