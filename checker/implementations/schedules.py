"""Schedules, sequences of a cluster's steps: run them, judge every step, and shorten them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import eq

from assay.checker.errors import UsageError
from assay.checker.implementations.judging import ClaimViolation, Judge
from assay.checker.implementations.steps import Step
from assay.checker.implementations.worlds import FrozenWorld
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError

__all__ = ["Played", "Schedule", "play", "play_words", "shortened"]

Schedule = tuple[Step, ...]

_MOST_REPLAYS = 3_000
"""Maximum number of schedules tried in search of a shorter one: a minute or two for schedules of a hundred steps."""


@dataclass(frozen=True)
class Played:
    """The result of running a schedule.

    Attributes
    ----------
    steps : Schedule
        The steps taken, up to the violation.
    worlds : tuple of FrozenWorld
        The initial world, and the world after each step.
    finding : ClaimViolation, optional
        The first violation.
    """

    steps: Schedule
    worlds: tuple[FrozenWorld, ...]
    finding: ClaimViolation | None


def play(judge: Judge, start: FrozenWorld, schedule: Sequence[Step]) -> Played:
    """Run a schedule until a violation, skipping steps that are not enabled."""
    return _play(judge, start, (partial(eq, wanted) for wanted in schedule))


def play_words(cluster: Cluster, schedule: Sequence[str], *, whole: bool = True) -> Played:
    """Take steps by their names, as reports show them, until a violation.

    If there are several initial worlds, or several steps have the same name, each is tried.

    Parameters
    ----------
    cluster : Cluster
        The cluster.
    schedule : sequence of str
        The steps, as reports show them.
    whole : bool
        Whether every step must be possible. Otherwise, impossible ones are skipped: once the code is fixed, a message
        that the schedule delivers may never be sent.

    Raises
    ------
    UsageError
        If ``whole``, and a step is not possible, because the code has changed since.
    """
    judge = Judge(cluster)
    with judge.active():
        plays = [Played((), (start,), judge.first(start)) for start in judge.starts()]
        for called in schedule:
            following = [further for played in plays for further in _further(judge, played, called)]
            if whole and not following and not any(played.finding for played in plays):
                raise UsageError(f"the schedule is not possible any more: {called}")
            plays = _most_promising(following, plays)
        return next((played for played in map(partial(_ended, judge), plays) if played.finding is not None), plays[0])


def _ended(judge: Judge, played: Played) -> Played:
    return Played(played.steps, played.worlds, played.finding or judge.ending(played.worlds[-1]))


_MOST_PLAYS = 1_000
"""The most ways to take a schedule that are followed at a time; names of steps leave choices open, which multiply."""


def _most_promising(following: list[Played], before: list[Played]) -> list[Played]:
    """Return the ways that go on, those with a finding first; if none does, the ones before."""
    found = [played for played in before if played.finding is not None]
    apart = {played.worlds[-1]: played for played in sorted(following, key=lambda played: played.finding is not None)}
    best_first = sorted(apart.values(), key=lambda played: played.finding is None)
    return found or (best_first or before)[:_MOST_PLAYS]


def _further(judge: Judge, played: Played, called: str) -> Iterator[Played]:
    """Yield the continuation of a way by each step of a name."""
    world = played.worlds[-1]
    try:
        taken = [(step, after) for step, after in judge.possible(world) if str(step) == called]
    except NodeError as error:
        yield Played(played.steps, played.worlds, ClaimViolation("rules", error.message))
        return
    for step, after in taken:
        yield Played((*played.steps, step), (*played.worlds, after), judge.step(world, after))


def _play(judge: Judge, start: FrozenWorld, wanted: Iterator[Callable[[Step], bool]]) -> Played:
    worlds, steps = [start], list[Step]()
    finding = judge.first(start)
    for is_wanted in wanted:
        if finding is not None:
            break
        try:
            possible = judge.steps(worlds[-1])
            found = next(((step, after) for step, after in possible if is_wanted(step)), None)
        except NodeError as error:
            finding = ClaimViolation("rules", error.message)
            break
        if found is not None:
            finding = judge.step(worlds[-1], found[1])
            steps.append(found[0])
            worlds.append(found[1])
    return Played(tuple(steps), tuple(worlds), finding or judge.ending(worlds[-1]))


def shortened(judge: Judge, played: Played) -> Played:
    """Return a schedule to the same finding from which no step can be left out.

    Steps are left out in ever smaller groups, as in Zeller and Hildebrandt, *Simplifying and isolating failure-inducing
    input* (2002); the search ends after some thousand tries.
    """
    assert played.finding is not None
    name, best, tries, size = played.finding.name, played, 0, max(1, len(played.steps) // 2)
    while tries < _MOST_REPLAYS:
        position, is_shorter = 0, False
        while position < len(best.steps) and tries < _MOST_REPLAYS:
            tries += 1
            without = best.steps[:position] + best.steps[position + size :]
            tried = play(judge, best.worlds[0], without)
            if tried.finding is not None and tried.finding.name == name:
                best, is_shorter = tried, True
            else:
                position += size
        if size == 1 and not is_shorter:
            break
        size = max(1, min(size // 2, len(best.steps) // 2))
    return best
