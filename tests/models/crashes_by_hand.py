"""Two-phase commit with crashes, written again by hand: bare tuples, no part of the language or its explorers.

A state is (participants, coordinator, told). A participant is (state, log, down), the coordinator is
(decision, log, votes, down), and told is the set of messages: a participant's number for its vote, "c", "a".
"""

from collections.abc import Iterator

Participant = tuple[str, str, bool]
Coordinator = tuple[str, str, frozenset[int], bool]
State = tuple[tuple[Participant, ...], Coordinator, frozenset[object]]


def start(n: int) -> State:
    return (("working", "working", False),) * n, ("?", "?", frozenset(), False), frozenset()


def steps(state: State) -> Iterator[State]:
    participants, coordinator, told = state
    for after, message in coordinator_steps(coordinator, told, len(participants)):
        yield participants, after, told | message
    for p in range(len(participants)):
        for after, message in participant_steps(p, participants, told):
            yield (*participants[:p], after, *participants[p + 1 :]), coordinator, told | message


def coordinator_steps(
    coordinator: Coordinator, told: frozenset[object], n: int
) -> Iterator[tuple[Coordinator, set[object]]]:
    decision, log, votes, down = coordinator
    if down:
        yield (log, log, frozenset(), False), set()
        return
    yield (decision, log, votes, True), set()
    if decision != "?":
        yield coordinator, {decision}
        return
    yield ("a", "a", votes, False), set()
    if len(votes) == n:
        yield ("c", "c", votes, False), set()
    for p in range(n):
        if p in told:
            yield (decision, log, votes | {p}, False), set()


def participant_steps(
    me: int, participants: tuple[Participant, ...], told: frozenset[object]
) -> Iterator[tuple[Participant, set[object]]]:
    state, log, down = participants[me]
    if down:
        recovered = "aborted" if log == "working" else log
        yield (recovered, recovered, False), set()
        return
    yield (state, log, True), set()
    if state == "working":
        yield ("prepared", "prepared", False), {me}
        yield ("aborted", "aborted", False), set()
    if state in ("working", "prepared"):
        if "c" in told:
            yield ("committed", "committed", False), set()
        if "a" in told:
            yield ("aborted", "aborted", False), set()
    if state == "prepared":
        for other, _, other_down in participants:
            if not other_down and other in ("committed", "aborted"):
                yield (other, other, False), set()


def explore(n: int) -> tuple[set[State], int, int]:
    """Return the reachable states, how many were generated, and the depth."""
    level, generated, depth = {start(n)}, 1, 0
    reached = set(level)
    while level:
        depth += 1
        successors = [after for state in level for after in steps(state)]
        generated += len(successors)
        level = set(successors) - reached
        reached |= level
    return reached, generated, depth
