"""Clocks of events: times, the system's own orders, vector clocks. None may run backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assay.checker.conformance.events import Event, Moment
from assay.checker.errors import InputError

__all__ = ["began", "demand_onward", "ended", "is_before"]


def demand_onward(chain: Sequence[Event], skew: Moment) -> None:
    """Refuse a chain of events along which a clock runs backwards."""
    furthest: dict[tuple[str, str], Event] = {}
    for event in chain:
        for name, is_back in _CLOCKS.items():
            if getattr(event.when, name) is None:
                continue
            key = name, event.node if name == "clock" else ""
            before = furthest.get(key)
            if before is not None and is_back(before, event, skew):
                raise _backwards(name, before, event)
            # Times are intervals that may overlap, so each event is compared with the latest beginning before it.
            if before is None or name != "time" or began(event, skew) >= began(before, skew):
                furthest[key] = event


def _backwards(name: str, earlier: Event, later: Event) -> InputError:
    what = {"time": "clock", "order": "order", "clock": "vector clock"}[name]
    whose = f" of {later.node!r}" if earlier.node == later.node else ""
    return InputError(
        f"the {what}{whose} runs backwards: {_worded(later, name)} after {_worded(earlier, name)} ({earlier.place})",
        location=later.place,
        help="a node's events follow each other as they stand in the file: sort it, or number them with seq"
        + ("; --skew says by how much clocks may be wrong" if name == "time" else ""),
    )


def _worded(event: Event, name: str) -> str:
    value = getattr(event.when, name)
    if name == "time":
        first, last = (float(moment) if not isinstance(moment, int) else moment for moment in value)
        return f"{first}" if first == last else f"{first} to {last}"
    return str(dict(value) if name == "clock" else value)


def _time_is_back(earlier: Event, later: Event, skew: Moment) -> bool:
    return ended(later, skew) < began(earlier, skew)


def _order_is_back(earlier: Event, later: Event, _: Moment) -> bool:
    assert earlier.when.order is not None
    assert later.when.order is not None
    return later.when.order < earlier.when.order


def _clock_is_back(earlier: Event, later: Event, _: Moment) -> bool:
    return not is_before(earlier, later)


_CLOCKS: dict[str, Callable[[Event, Event, Moment], bool]] = {
    "order": _order_is_back,
    "time": _time_is_back,
    "clock": _clock_is_back,
}


def began(event: Event, skew: Moment) -> Moment:
    """Return the earliest time at which an event may have begun, if clocks are wrong by at most `skew`."""
    assert event.when.time is not None
    return event.when.time[0] - skew


def ended(event: Event, skew: Moment) -> Moment:
    """Return the latest time at which an event may have ended, if clocks are wrong by at most `skew`."""
    assert event.when.time is not None
    return event.when.time[1] + skew


def _has_seen(later: Event, earlier: Event) -> bool:
    """Return whether the later event's vector clock dominates the earlier one's in every component."""
    assert later.when.clock is not None
    assert earlier.when.clock is not None
    return all(later.when.clock.get(node, 0) >= count for node, count in earlier.when.clock.items())


def is_before(earlier: Event, later: Event) -> bool:
    """Return whether `earlier` happened before `later`, by their vector clocks (Fidge 1988, Mattern 1989)."""
    return _has_seen(later, earlier) and not _has_seen(earlier, later)
