"""Immutable classes are compared with the frozen dataclasses of the standard library, whatever their fields."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import types
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, field
from typing import Any

import pytest
from assay.checker.immutable import immutable
from hypothesis import given
from hypothesis import strategies as st

NAMES = ("x", "name", "put", "factories", "MISSING", "field_0", "field_1", "value")
"""Among them those by which the code of an initializer calls things itself."""

Options = dict[str, Any]


@st.composite
def classes(draw: st.DrawFn) -> tuple[list[dict[str, Options]], Options, bool]:
    """Return the fields of a class and of its base, the options of both, and whether there is a __post_init__."""
    names = draw(st.permutations(NAMES))
    cut = draw(st.integers(0, 3))
    shown = {name: draw(options()) for name in names[: draw(st.integers(cut, 6))]}
    levels = [dict(list(shown.items())[:cut]), dict(list(shown.items())[cut:])]
    return levels, {"eq": draw(st.booleans()), "kw_only": draw(st.booleans())}, draw(st.booleans())


@st.composite
def options(draw: st.DrawFn) -> Options:
    default = draw(st.sampled_from([{}, {}, {"default": 7}, {"default_factory": tuple}]))
    rest = {name: draw(st.booleans()) for name in ("compare", "repr", "kw_only") if draw(st.integers(0, 3)) == 0}
    return {**default, **rest}


def made(decorate: Callable[..., Any], levels: list[dict[str, Options]], options: Options, post_init: bool) -> Any:
    base: Any = object
    for fields in levels:
        body = {"__annotations__": dict.fromkeys(fields, "object")}
        body |= {name: field(**given) for name, given in fields.items() if given}
        body |= {"__post_init__": lambda self: object.__setattr__(self, "seen", True)} if post_init else {}
        base = decorate(**options)(
            types.new_class("Made", (base,), exec_body=lambda space, body=body: space.update(body))
        )
    return base


def standard(**options: Any) -> Any:
    return dataclasses.dataclass(frozen=True, **options)


@given(classes(), st.data())
def test_an_immutable_class_does_what_a_frozen_dataclass_does(
    drawn: tuple[list[dict[str, Options]], Options, bool], data: st.DataObject
) -> None:
    try:
        theirs = made(standard, *drawn)
    except TypeError:
        with pytest.raises(TypeError, match="without a default"):
            made(immutable, *drawn)
        return
    ours = made(immutable, *drawn)
    fields = dataclasses.fields(theirs)
    assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in fields]
    assert ours.__match_args__ == theirs.__match_args__
    assert _parameters(ours) == _parameters(theirs)
    given = [
        {f.name: data.draw(st.integers(0, 1)) for f in fields if _is_needed(f) or data.draw(st.booleans())}
        for _ in range(2)
    ]
    a, b = (ours(**each) for each in given)
    c, d = (theirs(**each) for each in given)
    assert (vars(a), vars(b)) == (vars(c), vars(d))
    assert (repr(a), a == b, a == copy.copy(a)) == (repr(c), c == d, c == copy.copy(c))
    if drawn[1]["eq"]:
        assert hash(a) == hash(c)
    assert vars(dataclasses.replace(a)) == vars(dataclasses.replace(c))
    assert a != c


def _is_needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _parameters(cls: type[Any]) -> list[tuple[str, Any, bool]]:
    parameters = inspect.signature(cls).parameters.values()
    return [(each.name, each.kind, each.default is inspect.Parameter.empty) for each in parameters]


@immutable
class Point:
    """A point."""

    x: int
    y: int = 0
    label: str = field(default="", compare=False)


@immutable
class Named(Point):
    """A point with a name that has an order of its own."""

    name: str = "origin"

    def __repr__(self) -> str:
        return self.name

    def __hash__(self) -> int:
        return 5


OWN: dict[str, Any] = {
    "__eq__": lambda self, other: self is other,
    "__hash__": lambda self: 5,
    "__repr__": lambda self: "own",
}


@given(st.sets(st.sampled_from(sorted(OWN))), st.booleans(), st.booleans())
def test_methods_of_its_own_are_kept_as_frozen_dataclasses_keep_them(own: set[str], eq: bool, hashable: bool) -> None:
    def body(space: dict[str, Any]) -> None:
        space.update({"__annotations__": {"x": "int"}, **{name: OWN[name] for name in own}})
        if not hashable:
            space["__hash__"] = None

    ours, theirs = (decorate(eq=eq)(types.new_class("Made", (), exec_body=body)) for decorate in (immutable, standard))
    a, b, c, d = ours(1), ours(1), theirs(1), theirs(1)
    assert (a == b, a == a) == (c == d, c == c)
    assert (repr(a) == "own") == (repr(c) == "own")
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)
    if ours.__hash__ is not None:
        assert (hash(a) == hash(b)) == (hash(c) == hash(d))


def test_nothing_can_be_assigned_or_deleted() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        point.z = 2  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert vars(point) == {"x": 1, "y": 0, "label": ""}


def test_values_of_two_classes_differ_although_their_fields_do_not() -> None:
    assert Named(1) != Point(1)
    assert Point(1, label="a") == Point(1, label="b")
    assert len({Point(1), Point(1, 0), Point(1, 1)}) == 2


def test_methods_that_a_class_defines_stay() -> None:
    assert (repr(Named(1)), hash(Named(1))) == ("origin", 5)


def test_values_can_be_pickled_and_copied() -> None:
    for value in (Point(1, 2), Named(3)):
        assert pickle.loads(pickle.dumps(value)) == value == copy.deepcopy(value)


def test_too_few_arguments_are_told_by_the_names_of_fields() -> None:
    with pytest.raises(TypeError, match=r"Point.__init__\(\) missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]


def test_a_value_that_contains_itself_can_be_shown() -> None:
    inner: list[Any] = []
    point = Point(inner)  # type: ignore[arg-type]
    inner.append(point)
    assert repr(point) == "Point(x=[...], y=0, label='')"


def test_classes_of_the_standard_library_do_not_mix_in() -> None:
    with pytest.raises(TypeError, match="non-frozen"):

        @dataclasses.dataclass(frozen=True)
        class Theirs(Point):
            z: int = 0

    with pytest.raises(TypeError, match="non-frozen"):

        @immutable
        class Ours(Theirs2):
            z: int = 0


@dataclasses.dataclass(frozen=True)
class Theirs2:
    """A dataclass of the standard library."""

    x: int
