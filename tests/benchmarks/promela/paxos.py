"""Single-decree Paxos as in the TLA+ Examples, in Promela: three acceptors, message sets as bit masks.

A vote is a number: 0 for none, and ``1 + 2 * ballot + value`` otherwise, so that larger votes are of larger
ballots.
"""

from __future__ import annotations

from itertools import combinations

__all__ = ["paxos"]

ACCEPTORS, VALUES = 3, 2

HEADER = """/* Single-decree Paxos: 3 acceptors, {ballots} ballots, 2 values; actions as in Lamport's Paxos. */
#define B {ballots}
byte asked;               /* 1a: a bit for each ballot */
{vote_set} promised[3 * B];     /* 1b: for each acceptor and ballot the set of votes it reported */
{ballot_set} proposed;            /* 2a: a bit for each ballot and value */
{ballot_set} accepted[3];         /* 2b: likewise, for each acceptor */
byte highest[3];          /* 1 + the highest ballot that the acceptor knows of; 0 for none */
byte vote[3];

#define BY_TWO ((accepted[0] & accepted[1]) | (accepted[0] & accepted[2]) | (accepted[1] & accepted[2]))
#define CHOSEN(mask) (BY_TWO & (mask))

active proctype system() {{
  do
"""


def paxos(ballots: int) -> str:
    """Return the Promela source."""
    actions = [f"asked = asked | {1 << ballot}" for ballot in range(ballots)]
    for ballot in range(ballots):
        actions += [_propose(ballots, ballot, value) for value in range(VALUES)]
        for acceptor in range(ACCEPTORS):
            actions.append(_promise(ballots, acceptor, ballot))
            actions += [_accept(ballots, acceptor, ballot, value) for value in range(VALUES)]
    vote_set = "byte" if 1 + 2 * ballots <= 8 else "short"
    ballot_set = "byte" if 2 * ballots <= 8 else "short"
    header = HEADER.format(ballots=ballots, vote_set=vote_set, ballot_set=ballot_set)
    return header + "".join(f"  :: d_step {{ {action} }}\n" for action in actions) + "  od\n}\n"


def _promise(ballots: int, acceptor: int, ballot: int) -> str:
    place = acceptor * ballots + ballot
    guard = f"(asked & {1 << ballot}) && highest[{acceptor}] < {ballot + 1}"
    votes = f"promised[{place}] = promised[{place}] | (1 << vote[{acceptor}])"
    return f"{guard} -> highest[{acceptor}] = {ballot + 1}; {votes}"


def _propose(ballots: int, ballot: int, value: int) -> str:
    quorums = combinations(range(ACCEPTORS), 2)
    safe = " || ".join(_allows(ballots, quorum, ballot, value) for quorum in quorums)
    guard = f"!(proposed & {3 << 2 * ballot}) && ({safe})"
    return f"{guard} -> proposed = proposed | {1 << (2 * ballot + value)}"


def _allows(ballots: int, quorum: tuple[int, ...], ballot: int, value: int) -> str:
    """Say that the quorum has promised, and that none of it has voted, or the highest of its votes is for `value`."""
    left, right = (f"promised[{acceptor * ballots + ballot}]" for acceptor in quorum)
    votes = f"({left} | {right})"
    conditions = [f"{votes} == 1"]
    for earlier in range(ballot):
        voted = f"({votes} & {1 << (1 + 2 * earlier + value)})"
        conditions.append(f"({voted} && ({votes} >> {3 + 2 * earlier}) == 0)")
    return f"({left} && {right} && ({' || '.join(conditions)}))"


def _accept(ballots: int, acceptor: int, ballot: int, value: int) -> str:
    bit = 1 << (2 * ballot + value)
    values = [sum(1 << (2 * b + v) for b in range(ballots)) for v in range(VALUES)]
    agreement = f"assert(!(CHOSEN({values[0]}) && CHOSEN({values[1]})))"
    guard = f"(proposed & {bit}) && highest[{acceptor}] <= {ballot + 1}"
    update = f"highest[{acceptor}] = {ballot + 1}; vote[{acceptor}] = {1 + 2 * ballot + value}"
    return f"{guard} -> {update}; accepted[{acceptor}] = accepted[{acceptor}] | {bit}; {agreement}"
