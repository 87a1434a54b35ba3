"""Turn the records of a log into events of a model, checking every key of the format."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from assay.checker.conformance.events import ANY, Demand, Event, Moment, Step, When
from assay.checker.conformance.observations import observations
from assay.checker.conformance.records import Record
from assay.checker.conformance.values import LogValueError, Values, shortened
from assay.checker.errors import InputError, Location
from assay.checker.language.execution.instance import Instance
from assay.checker.language.introspection.specification import Method
from assay.checker.language.types import SortType
from assay.checker.wording import listed, nearest

__all__ = ["KEYS", "ActionMapping", "Reader"]

KEYS = ("node", "action", "arguments", "before", "state", "seq", "order", "time", "clock", "note")
"""The keys of a line; only the first two are required."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
"""A time as the text of a number; eight digits are one, and no date."""


@dataclass(frozen=True)
class ActionMapping:
    """The actions of the model that an action of a log stands for.

    Attributes
    ----------
    alternatives : tuple of sequences of str
        Sequences of names of the model's actions: the event is any one of them.
    node : str or bool
        The parameter that is the acting node; True for the first one that is of a sort, False for none.
    """

    alternatives: tuple[tuple[str, ...], ...]
    node: str | bool = True


@dataclass
class Reader:
    """Turns records into events of an instance.

    Attributes
    ----------
    instance : Instance
        The model.
    values : Values
        Translates values.
    actions : mapping from action of the log to ActionMapping
        The actions that have other names than in the model.
    outsiders : frozenset of str
        Nodes that are not elements of a sort.
    """

    instance: Instance
    values: Values
    actions: Mapping[str, ActionMapping] = field(default_factory=dict)
    outsiders: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._methods = {method.name: method for method in self.instance.specification.actions}
        self._demands: dict[str, Demand] = {}
        self._times: tuple[str, Location] | None = None
        """The form of the first time, and its place."""

    def event(self, record: Record) -> Event:
        """Return the event of a record.

        Raises
        ------
        InputError
            If a key is missing, unknown or of another type, or a name or value is not the model's; with its place.
        """
        try:
            return self._event(record)
        except (LogValueError, _Malformed) as error:
            raise InputError(str(error), location=record.place, help=getattr(error, "help", None)) from None

    def _event(self, record: Record) -> Event:
        content = record.content
        for key in content:
            if key not in KEYS:
                raise _Malformed(
                    f"there is no key {key!r}{nearest(key, KEYS)}",
                    f"possible are {', '.join(KEYS)}; --map FILE says where a log has them",
                )
        node, action = _text(content, "node"), _text(content, "action")
        self._demand_one_form(content, record.place)
        when = When(_seq(content), _order(content), _time(content), _clock(content))
        return Event(record.place, node, action, self._demand(node, action, content), when)

    def _demand_one_form(self, content: Mapping[str, Any], place: Location) -> None:
        """Refuse times that cannot be compared: which second a number or a date without a zone is, nobody knows."""
        value = content.get("time")
        for moment in value if isinstance(value, list) else [value]:
            form = None if moment is None else _form(moment)
            self._times = self._times or (None if form is None else (form, place))
            if form is not None and self._times is not None and form != self._times[0]:
                first, where = self._times
                raise _Malformed(f"time: {form}, and {first} before ({where})", "write all times of a log in one form")

    def _demand(self, node: str, action: str, content: Mapping[str, Any]) -> Demand:
        said = {key: _object(content, key) for key in ("arguments", "before", "state")}
        # Events that say the same share one demand, so that the search computes once for a state what it allows.
        key = json.dumps([node, action, said], sort_keys=True)
        if key not in self._demands:
            mapping = self.actions.get(action) or ActionMapping(((action,),))
            self._demand_known(mapping, action, said["arguments"])
            self._demands[key] = Demand(
                self._alternatives(mapping, node, said["arguments"]),
                observations(self.values, said["before"]),
                observations(self.values, said["state"]),
            )
        return self._demands[key]

    def _demand_known(self, mapping: ActionMapping, action: str, arguments: Mapping[str, Any]) -> None:
        methods = [self._method(name) for names in mapping.alternatives for name in names]
        known = dict.fromkeys(name for method in methods for name, _ in method.parameters)
        for name in arguments:
            if name not in known:
                raise _Malformed(f"{action} has no argument {name!r}{nearest(name, known)}", f"it has {listed(known)}")
        if isinstance(mapping.node, str) and mapping.node not in known:
            what = f"{action} has no argument {mapping.node!r}, which is to be its node"
            raise _Malformed(what, f"it has {listed(known)}")

    def _alternatives(
        self, mapping: ActionMapping, node: str, arguments: Mapping[str, Any]
    ) -> tuple[tuple[Step, ...], ...]:
        """Return the alternatives that the arguments allow; drop one that cannot take them, unless none can."""
        found, refused = [], None
        for names in mapping.alternatives:
            met = self.values.met()
            try:
                found.append(self._steps(mapping, names, node, arguments))
            except (LogValueError, _Malformed) as error:
                self.values.forget_since(met)  # else what it read before it failed would stand for elements
                refused = refused or error
        if refused is not None and not found:
            raise refused
        return tuple(found)

    def _steps(
        self, mapping: ActionMapping, names: Sequence[str], node: str, arguments: Mapping[str, Any]
    ) -> tuple[Step, ...]:
        return tuple(self._step(mapping, self._method(name), node, arguments) for name in names)

    def _method(self, name: str) -> Method:
        if name not in self._methods:
            raise _Malformed(
                f"the model has no action {name!r}{nearest(name, self._methods)}",
                f"it has {', '.join(self._methods)}; --map FILE says what a log's actions are",
            )
        return self._methods[name]

    def _step(self, mapping: ActionMapping, method: Method, node: str, arguments: Mapping[str, Any]) -> Step:
        acting = self._acting(mapping, method)
        found = []
        for name, type_ in method.parameters:
            if name in arguments:
                found.append(self._argument(name, type_, arguments[name]))
            elif name == acting and node not in self.outsiders:
                found.append(self._node(method, name, type_, node))
            else:
                found.append(ANY)
        return Step(method, tuple(found))

    def _acting(self, mapping: ActionMapping, method: Method) -> str | None:
        """Return the parameter that is the acting node, or None."""
        sorts = [name for name, type_ in method.parameters if isinstance(type_, SortType) and not type_.ordered]
        if mapping.node is True:
            return next(iter(sorts), None)
        return mapping.node or None

    def _argument(self, name: str, type_: Any, value: Any) -> Any:
        try:
            return self.values.decode(type_, value)
        except LogValueError as error:
            raise LogValueError(f"{name}: {error}") from None

    def _node(self, method: Method, name: str, type_: Any, node: str) -> Any:
        try:
            return self.values.decode(type_, node)
        except LogValueError as error:
            raise _Malformed(
                f"the node is not in the configuration: {error}",
                f"give {method.name} its {name} in arguments, make the instance larger (--set {type_}=...), "
                "or rename the node in a mapping (--map FILE, [nodes])",
            ) from None


class _Malformed(Exception):
    """A record that does not conform to the format of logs."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def _text(content: Mapping[str, Any], key: str) -> str:
    if key not in content:
        raise _Malformed(f"the line has no {key!r}", 'only "node" and "action" are required, each a text')
    value = content[key]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise _Malformed(f"{key}: expected a text, found {shortened(content[key])}")
    return value


def _object(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = content.get(key, {})
    if not isinstance(value, dict):
        raise _Malformed(f"{key}: expected an object, found {shortened(value)}")
    return value


def _whole(key: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,30}|0[xX][0-9a-fA-F]{1,32}", value):
        return int(value, 16) if value[1:2] in ("x", "X") else int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Malformed(f"{key}: expected a whole number, found {shortened(value)}")
    return value


def _seq(content: Mapping[str, Any]) -> int | None:
    return None if content.get("seq") is None else _whole("seq", content["seq"])


def _order(content: Mapping[str, Any]) -> int | None:
    return None if content.get("order") is None else _whole("order", content["order"])


def _time(content: Mapping[str, Any]) -> tuple[Moment, Moment] | None:
    value = content.get("time")
    if value is None:
        return None
    if not isinstance(value, list):
        moment = _moment(value)
        return moment, moment
    if len(value) != 2:
        raise _Malformed(f"time: expected a time, or a pair of them, found {shortened(value)}")
    first, last = map(_moment, value)
    if last < first:
        raise _Malformed(f"time: the interval {shortened(value)} ends before it begins")
    return first, last


def _moment(value: Any) -> Moment:
    # The bound is that of texts. Numbers of hundreds of digits are no floats, which they become where they meet one.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**30:
        return value
    if isinstance(value, str):
        if _NUMBER.fullmatch(value):
            return Fraction(value)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return Fraction((moment - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    raise _Malformed(f"time: expected a number, or a date as in ISO 8601, found {shortened(value)}")


def _form(value: Any) -> str | None:
    """Return in which form a time is written, in words; None if it is no time, which `_moment` refuses."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return "a number"
    try:
        zone = datetime.fromisoformat(value).tzinfo
    except ValueError:
        return None
    return "a date without a time zone" if zone is None else "a date with a time zone"


def _clock(content: Mapping[str, Any]) -> dict[str, int] | None:
    if content.get("clock") is None:
        return None
    clock = _object(content, "clock")
    return {node: _whole(f"clock: {node}", count) for node, count in clock.items()}
