"""The Informal Trace Format (Apalache's ADR-015): traces as JSON that other tools read, and back.

Integers are ``{"#bigint": "3"}``, sets ``{"#set": [...]}``, maps ``{"#map": [[k, v], ...]}``, bags maps from
elements to counts, tuples ``{"#tup": [...]}``, sequences lists, records objects, and members of a union or an optional
are variants ``{"tag": "Prepared", "value": {...}}``. Enum members and elements of sorts are strings, quorums are sets
of these. Each state's ``#meta`` names the action that led to it, its arguments and, in words, what it chose on its
way. In a lasso, ``loop`` is the index of
the state that follows the last one, and ``back`` in the ``#meta`` of the whole trace is the action that leads there;
without ``back``, nothing happens any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from assay.checker.engine.trace import Loop, Trace, TraceStep
from assay.checker.errors import InputError, Location
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.interpreter import Call
from assay.checker.language.execution.picks import Choice
from assay.checker.language.introspection.specification import Method
from assay.checker.language.types import (
    Type,
)
from assay.checker.report.itf_values import Codec, Refused

__all__ = ["RecordedTrace", "decode_loop", "decode_states", "encode_file", "encode_trace", "parse"]

DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"


def encode_trace(trace: Trace, **meta: Any) -> dict[str, Any]:
    """Return a trace as an ITF object.

    Parameters
    ----------
    trace : Trace
        The trace.
    **meta
        What to add to the ``#meta`` of the whole trace: the model, the property.
    """
    specification, codec = trace.instance.specification, Codec(trace.instance)
    states = []
    for index, step in enumerate(trace):
        values = zip(specification.variables, step.state, strict=True)
        encoded = {variable.name: codec.encode(variable.type, value) for variable, value in values}
        states.append({"#meta": {"index": index, **_action(codec, step.call, trace.chosen(index))}, **encoded})
    return {
        "#meta": {
            "format": "ITF",
            "format-description": DESCRIPTION,
            "varTypes": {variable.name: str(variable.type) for variable in specification.variables},
            "parameters": trace.instance.settings(),
            **({} if trace.loop is None or trace.loop.call is None else {"back": _back(codec, trace, trace.loop)}),
            **meta,
        },
        "vars": [variable.name for variable in specification.variables],
        "states": states,
        **({} if trace.loop is None else {"loop": trace.loop.start}),
    }


def _back(codec: Codec, trace: Trace, loop: Loop) -> dict[str, Any]:
    return _action(codec, loop.call, trace.chosen(len(trace)))


def _action(codec: Codec, call: Call | None, chosen: Sequence[Choice]) -> dict[str, Any]:
    if call is None:
        return {}
    method = _method(codec.instance, call[0])
    assert method is not None
    pairs = zip(method.parameters, call[1], strict=True)
    return {
        "action": call[0],
        "arguments": {name: codec.encode(type_, value) for (name, type_), value in pairs},
        **({"chosen": [{"name": choice.name, "value": choice.value} for choice in chosen]} if chosen else {}),
    }


def _method(instance: Instance, name: object) -> Method | None:
    return next((method for method in instance.specification.actions if method.name == name), None)


def encode_file(trace: Trace, **meta: Any) -> str:
    """Return a trace as the text of an ITF file, one line per state."""
    content = encode_trace(trace, **meta)
    states = ",\n".join(f"  {_line(state)}" for state in content["states"])
    head = f'"#meta": {_line(content["#meta"])},\n "vars": {_line(content["vars"])}'
    head += f',\n "loop": {content["loop"]}' if "loop" in content else ""
    return f'{{\n {head},\n "states": [\n{states}\n ]\n}}\n'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@immutable
class RecordedTrace:
    """A trace as read from its file, not yet checked against a model.

    Attributes
    ----------
    path : str
        The file.
    meta : mapping
        The content of its ``#meta``; if assay wrote the file, this includes the parameters and the property.
    states : sequence of mapping
        The states, as JSON objects.
    loop : int, optional
        If the trace is a lasso, the index of the state that follows the last one.
    """

    path: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    states: Sequence[Mapping[str, Any]] = ()
    loop: int | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The parameters of the instance that the trace was recorded on, as far as the file says."""
        parameters = self.meta.get("parameters", {})
        return {str(name): str(value) for name, value in parameters.items()} if isinstance(parameters, dict) else {}


def parse(text: str, path: str) -> RecordedTrace:
    """Read the text of an ITF file.

    Raises
    ------
    InputError
        If it is not JSON, or not ITF.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        place = Location(path, error.lineno, error.colno)
        raise InputError(f"not valid JSON: {error.msg}", location=place) from None
    except RecursionError:
        raise InputError("not a trace: it is nested too deep", location=Location(path)) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise InputError(f"not a trace: {error}".partition(";")[0], location=Location(path)) from None
    _demand(isinstance(content, dict), "an object with the keys vars and states", path)
    meta, states = content.get("#meta", {}), content.get("states")
    _demand(isinstance(meta, dict), '"#meta" to be an object', path)
    objects = isinstance(states, list) and all(isinstance(state, dict) for state in states)
    _demand(objects, '"states" to be a list of objects', path)
    _demand(bool(states), "at least one state", path)
    return RecordedTrace(path, meta, states, _loop(content.get("loop"), len(states), path))


def _loop(loop: Any, count: int, path: str) -> int | None:
    if loop is None:
        return None
    index = loop.get("#bigint", loop) if isinstance(loop, dict) else loop
    is_index = (isinstance(index, int) and not isinstance(index, bool)) or _is_number(index)
    _demand(is_index and 0 <= int(index) < count, '"loop" to be the index of a state', path)
    return int(index)


def _is_number(text: object) -> bool:
    """Return whether a text is a number that `int` reads: it refuses superscripts, and thousands of digits."""
    return isinstance(text, str) and re.fullmatch("[0-9]{1,18}", text) is not None


def _demand(condition: bool, expected: str, path: str) -> None:
    if not condition:
        raise InputError(f"not a trace in the Informal Trace Format: expected {expected}", location=Location(path))


def decode_states(recorded: RecordedTrace, instance: Instance) -> tuple[TraceStep, ...]:
    """Return the states and actions of a recorded trace as those of an instance.

    Raises
    ------
    InputError
        If a state lacks a variable or has one too many, or a value is not of its type; the message names the state.
    """
    decode = _Decoder(recorded.path, Codec(instance))
    return tuple(decode.step(index, state) for index, state in enumerate(recorded.states))


def decode_loop(recorded: RecordedTrace, instance: Instance) -> Loop | None:
    """Return the loop of a recorded lasso, or None for a finite trace.

    Raises
    ------
    InputError
        If the arguments of the action that leads back do not fit it.
    """
    if recorded.loop is None:
        return None
    back = recorded.meta.get("back")
    return Loop(recorded.loop, _Decoder(recorded.path, Codec(instance)).back(back), _chosen(back))


def _chosen(meta: Any) -> tuple[Choice, ...] | None:
    """Return what the record of a step says that its action chose, if it says that."""
    given = meta.get("chosen") if isinstance(meta, dict) else None
    if not isinstance(given, list) or not all(isinstance(choice, dict) for choice in given):
        return None
    return tuple(Choice(str(choice.get("name")), str(choice.get("value"))) for choice in given)


@immutable
class _Decoder:
    path: str
    codec: Codec

    def step(self, index: int, state: Mapping[str, Any]) -> TraceStep:
        variables = self.codec.instance.specification.variables
        present = {name for name in state if not name.startswith("#")}
        self._demand_same(f"state {index + 1}", [variable.name for variable in variables], present)
        values = tuple(
            self._value(f"state {index + 1}: {variable.name}", variable.type, state[variable.name])
            for variable in variables
        )
        meta = state.get("#meta", {})
        return TraceStep(self._call(index, meta), values, _chosen(meta))

    def back(self, meta: Any) -> Call | None:
        return self._named("the way back to the loop", meta)

    def _call(self, index: int, meta: Any) -> Call | None:
        return None if index == 0 else self._named(f"state {index + 1}", meta)

    def _named(self, place: str, meta: Any) -> Call | None:
        if not isinstance(meta, dict) or "action" not in meta:
            return None
        method = _method(self.codec.instance, meta["action"])
        if method is None:
            return str(meta["action"]), ()
        given, where = meta.get("arguments", {}), f"{place}: the action {method.name}"
        given = given if isinstance(given, dict) else {}
        self._demand_same(where, [name for name, _ in method.parameters], given)
        pairs = method.parameters
        return method.name, tuple(self._value(f"{where}: {name}", type_, given[name]) for name, type_ in pairs)

    def _demand_same(self, where: str, wanted: Sequence[str], present: Iterable[str]) -> None:
        missing = [name for name in wanted if name not in set(present)]
        extra = sorted(set(present) - set(wanted))
        if missing or extra:
            what = f"lacks {missing[0]!r}" if missing else f"has {extra[0]!r}, which the model does not"
            raise InputError(f"{where} {what}", location=Location(self.path))

    def _value(self, where: str, type_: Type, value: Any) -> Any:
        return self._located(where, lambda: self.codec.decode(type_, value))

    def _located(self, where: str, decode: Callable[[], Any]) -> Any:
        try:
            return decode()
        except Refused as refused:
            raise InputError(f"{where}: {refused}", location=Location(self.path)) from None
