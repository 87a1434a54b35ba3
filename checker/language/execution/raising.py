"""Exceptions in a model's own code, as errors that say where, in which call, and what to do."""

from __future__ import annotations

import traceback
import types
from pathlib import Path
from typing import Any

from assay.checker.errors import FalseAssertion, Location, ModelError
from assay.checker.language.choosing import picked
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.picks import choices_of
from assay.checker.language.execution.written_values import written
from assay.checker.language.introspection import eagerness
from assay.checker.language.introspection.specification import Method

__all__ = ["are_alike", "explained", "raised"]


def explained(
    method: Method,
    arguments: tuple[Any, ...],
    instance: Instance,
    message: str,
    location: Location | None,
    help: str | None,
    *,
    kind: type[ModelError] = ModelError,
) -> ModelError:
    """Return an error about one call of a method, at a location, or by default at the method."""
    named = zip(method.parameters, arguments, strict=True)
    call = f"{method.name}({', '.join(f'{name}={written(type_, value, instance)}' for (name, type_), value in named)})"
    chosen = choices_of(picked(), instance)
    call += f"{', choosing ' if chosen else ''}{', '.join(map(str, chosen))}"
    return kind(f"{call}: {message}", location=location or method.location, help=help)


def raised(method: Method, arguments: tuple[Any, ...], instance: Instance, error: BaseException) -> ModelError:
    """Return an exception from a model's code as an error at the deepest line of the model's own code."""
    place, running = _deepest(error)
    if isinstance(error, AssertionError):
        what = ": ".join(["the assertion is false", *map(str, error.args[:1])])
        return explained(method, arguments, instance, what, place, None, kind=FalseAssertion)
    help = _remedy(error)
    # The code may test for this already, but in another argument of the same call: Python evaluates all of them.
    if help is not None:
        eager = eagerness.remedy_at(place.file, place.line, max(place.column - 1, 0), running.f_globals)
        help = eager or help
    return explained(method, arguments, instance, f"raised {_first_line(error)}", place, help)


def are_alike(one: BaseException, other: BaseException) -> bool:
    """Return whether two exceptions say the same of the same place in the model's code."""
    return (type(one), str(one), _deepest(one)[0]) == (type(other), str(other), _deepest(other)[0])


def _deepest(error: BaseException) -> tuple[Location, types.FrameType]:
    """Return the deepest place of the model's own code at which an exception was raised, and its frame."""
    frames = list(zip(traceback.extract_tb(error.__traceback__), traceback.walk_tb(error.__traceback__), strict=True))
    own = (frame for frame in reversed(frames) if _LANGUAGE not in Path(frame[0].filename).parents)
    last, (running, _) = next(own, frames[-1])
    return Location(last.filename, last.lineno or 0, 0 if last.colno is None else last.colno + 1), running


_LANGUAGE = Path(__file__).parent.parent
"""The folder of the language's own code, whose frames are skipped: errors are placed in the model's code."""


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0].removesuffix(": ")


def _remedy(error: BaseException) -> str | None:
    match error:
        case TypeError() | AttributeError() if "NoneType" in str(error):
            return "it may be None: ask `is not None` first"
        case AttributeError():
            return "it may be another record of the union: ask isinstance first"
        case StopIteration():
            return "next of what may be nothing needs a default: next((x for x in xs if ...), None)"
        case IndexError() if "pop from empty" in str(error):
            return "it may be empty: require that it is not"
        case IndexError():
            return "the sequence may be shorter: ask for its len(...) first"
        case KeyError():
            return "ask `in` first; a map has the keys of its type only"
        case LookupError():
            return "compare it with last(...) or first(...) before"
        case ZeroDivisionError():
            return "ask whether it is 0 first"
        case ValueError() if "not in list" in str(error):
            return "ask `in` first"
        case ValueError():
            return "min and max of what may be empty need default="
        case _:
            return None
