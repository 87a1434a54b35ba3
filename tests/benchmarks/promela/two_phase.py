"""Two-phase commit as tightly as Promela can say it: sets are bit masks, and every action is one indivisible step."""

from __future__ import annotations

__all__ = ["two_phase"]

HEADER = """/* Two-phase commit with {n} participants; actions as in Lamport's TwoPhase. */
#define N {n}
#define ALL ((1 << N) - 1)
unsigned decision : 2;   /* 0 undecided, 1 commit, 2 abort */
unsigned prepared : N;   /* participants that are prepared, committed, aborted; the others are working */
unsigned committed : N;
unsigned aborted : N;
unsigned votes : N;      /* votes that the coordinator has received */
unsigned sent : N;       /* votes that were sent */
bit commit_sent;
bit abort_sent;

active proctype system() {{
  do
  :: d_step {{ decision == 0 && votes == ALL -> decision = 1; commit_sent = 1 }}
  :: d_step {{ decision == 0 -> decision = 2; abort_sent = 1 }}
"""

PARTICIPANT = """  :: d_step {{ decision == 0 && (sent & {bit}) -> votes = votes | {bit} }}
  :: d_step {{ !((prepared | committed | aborted) & {bit}) -> prepared = prepared | {bit}; sent = sent |
  {bit} }} :: d_step {{ !((prepared | committed | aborted) & {bit}) -> aborted = aborted | {bit} }} ::
  d_step {{ commit_sent -> prepared = prepared & ~{bit}; aborted = aborted & ~{bit};
      committed = committed | {bit}; assert(!aborted) }}
  :: d_step {{ abort_sent -> prepared = prepared & ~{bit}; committed = committed & ~{bit};
      aborted = aborted | {bit}; assert(!committed) }}
"""


def two_phase(participants: int) -> str:
    """Return the Promela source."""
    options = "".join(PARTICIPANT.format(bit=1 << p) for p in range(participants))
    return HEADER.format(n=participants) + options + "  od\n}\n"
