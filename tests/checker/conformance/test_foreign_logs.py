"""Logs in the formats of programs that are not ours, each with a model and a mapping of its own.

The formats are those of the trace of termination detection in the TLA+ Examples (EWD998ChanTrace.ndjson: lines in no
order, with vector clocks), of the traces of etcd's raft library (a line for each call of its trace logger), and of
Jepsen's histories of etcd as porcupine's tests have them (text). The logs here are small and made up.

The public ones were checked against these models, too. The trace of termination detection and that of etcd's raft
conform, and no longer do once a line is taken out or given to another node. Of the first thirty histories of etcd,
27 are decided within twenty seconds, as porcupine's tests say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assay.checker.conformance.mapping import _MISSING, _looked_up

from tests.command_line import Assay, Ran

FOREIGN = Path(__file__).parent / "foreign"


def held(assay: Assay, name: str, lines: list[str], *settings: str) -> Ran:
    Path("foreign.log").write_text("".join(f"{line}\n" for line in lines))
    words = [str(FOREIGN / f"{name}.py"), "foreign.log", "--map", str(FOREIGN / f"{name}.toml")]
    return assay("conform", *words, *(("--set", *settings) if settings else ()))


def termination() -> Iterator[dict[str, Any]]:
    """Yield the lines of three nodes that exchange two messages and then detect that all is done."""
    clocks: dict[int, dict[int, int]] = {0: {}, 1: {}, 2: {}}
    flying: dict[str, dict[int, int]] = {}

    def did(event: str, node: int, name: str = "", **packet: Any) -> dict[str, Any]:
        clock = clocks[node]
        for other, count in flying.pop(name, {}).items() if event == "<" else ():
            clock[other] = max(clock.get(other, 0), count)
        clock[node] = clock.get(node, 0) + 1
        if event == ">":
            flying[name] = dict(clock)
        vector = {str(other): count for other, count in clock.items()}
        return {"event": event, "node": node, "pkt": {**packet, "vc": vector}}

    def sent(kind: str, source: int, target: int, **message: Any) -> Iterator[dict[str, Any]]:
        packet = {"snd": source, "rcv": target, "msg": {"type": kind, **message}}
        yield did(">", source, f"{kind}{source}{target}", **packet)
        yield did("<", target, f"{kind}{source}{target}", **packet)

    yield did("<", 0, snd=0, rcv=0, msg={"type": "tok", "q": 0, "color": "black"})
    yield from sent("pl", 0, 1)
    yield from sent("pl", 1, 2)
    for node in (0, 1, 2):
        yield did("d", node)
    yield from sent("tok", 0, 2, q=0, color="white")
    yield from sent("tok", 2, 1, q=-1, color="black")
    yield from sent("tok", 1, 0, q=-1, color="black")
    yield from sent("tok", 0, 2, q=0, color="white")
    yield from sent("tok", 2, 1, q=-1, color="white")
    yield from sent("tok", 1, 0, q=-1, color="white")
    yield from sent("trm", 0, 1)


def as_lines(lines: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> list[str]:
    return [json.dumps(line) for line in lines]


def test_termination_detection_conforms_by_its_vector_clocks_alone(assay: Assay) -> None:
    lines = [json.dumps({"N": 3}), *sorted(as_lines(termination()))]
    assert held(assay, "termination", lines).status == 0


def test_a_token_that_leaves_an_active_node_is_found(assay: Assay) -> None:
    lines = [line for line in termination() if (line["event"], line["node"]) != ("d", 2)]
    ran = held(assay, "termination", as_lines(lines))
    assert ran.status == 1
    assert "2 does > tok" in ran.out
    assert "not self.active[n]" in ran.out


def test_a_token_that_does_not_count_a_message_is_found(assay: Assay) -> None:
    lines = list(termination())
    second = [line for line in lines if line["pkt"].get("msg", {}).get("q") == -1][2]
    second["pkt"]["msg"]["q"] = 0
    ran = held(assay, "termination", as_lines(lines))
    assert ran.status == 1
    assert "token.q: the log has 0, the model -1" in ran.out


def raft(name: str, node: int, term: int, vote: int = 0, role: str = "Follower", log: int = 2, **more: Any) -> str:
    state = {"term": term, "vote": str(vote), "commit": 0}
    event = {"name": name, "nid": str(node), "state": state, "role": f"State{role}", "log": log, **more}
    return json.dumps({"level": "debug", "ts": 1.0, "tag": "trace", "event": event})


def vote(name: str, node: int, voter: int, candidate: int) -> str:
    message = {"from": str(voter), "to": str(candidate), "term": 2, "reject": False}
    return raft(name, node, 2, msg=message)


def election() -> list[str]:
    """Return the trace of three nodes of which the second becomes the leader and replicates an entry."""
    begin = [raft("ApplyConfChange", n, 1) for n in (1, 2, 3)]
    begin = [line for n in (1, 2, 3) for line in (raft("BecomeFollower", n, 1, log=0), begin[n - 1])]
    append = {"from": "2", "to": "2", "index": 3, "term": 2, "reject": False}
    return [
        *begin,
        raft("BecomeCandidate", 2, 2, 2, "Candidate"),
        vote("SendRequestVoteResponse", 2, 2, 2),
        vote("ReceiveRequestVoteResponse", 2, 2, 2),
        raft("BecomeFollower", 3, 2),
        vote("SendRequestVoteResponse", 3, 3, 2),
        raft("Ready", 3, 2, 2),
        vote("ReceiveRequestVoteResponse", 2, 3, 2),
        raft("BecomeLeader", 2, 2, 2, "Leader"),
        raft("SendAppendEntriesResponse", 2, 2, 2, "Leader", 3, msg=append),
        raft("SendAppendEntriesResponse", 3, 2, 2, log=3, msg={**append, "from": "3"}),
    ]


def test_an_election_of_the_raft_library_conforms(assay: Assay) -> None:
    assert held(assay, "elections", election()).status == 0


def test_a_leader_without_a_majority_is_found(assay: Assay) -> None:
    lines = [line for line in election() if not ("ReceiveRequestVote" in line and '"from": "3"' in line)]
    ran = held(assay, "elections", lines)
    assert ran.status == 1
    assert "len(self.counted[n]) >= self.quorum" in ran.out


def test_a_second_vote_in_a_term_is_found(assay: Assay) -> None:
    lines = election()
    lines.insert(13, raft("BecomeCandidate", 1, 2, 1, "Candidate"))
    lines.insert(14, vote("SendRequestVoteResponse", 3, 3, 1))
    ran = held(assay, "elections", lines)
    assert ran.status == 1
    assert "self.vote[n] == 0 or self.vote[n] == to" in ran.out


def test_an_acknowledgement_of_what_the_leader_has_not_is_found(assay: Assay) -> None:
    ran = held(assay, "elections", [*election(), election()[-1].replace('"index": 3', '"index": 5')])
    assert ran.status == 1
    assert "length[3]: the log has 3, the model 5" in ran.out


def history(*events: tuple[int, str, str, str]) -> list[str]:
    return [f"INFO  jepsen.util - {process}\t:{kind}\t:{call}\t{value}" for process, kind, call, value in events]


CONCURRENT = (
    (0, "invoke", "write", "1"),
    (1, "invoke", "read", "nil"),
    (2, "invoke", "cas", "[1 3]"),
    (0, "ok", "write", "1"),
    (2, "ok", "cas", "[1 3]"),
)


@pytest.mark.parametrize("value", ["nil", "1", "3"])
def test_a_read_beside_writes_may_see_either(assay: Assay, value: str) -> None:
    assert held(assay, "register", history(*CONCURRENT, (1, "ok", "read", value))).status == 0


def test_a_read_of_what_nobody_wrote_is_found(assay: Assay) -> None:
    ran = held(assay, "register", history(*CONCURRENT, (1, "ok", "read", "2")))
    assert ran.status == 1
    assert "answer_read" in ran.out


def test_a_stale_read_is_found(assay: Assay) -> None:
    lines = history((0, "invoke", "write", "1"), (0, "ok", "write", "1"), (1, "invoke", "read", "nil"))
    assert held(assay, "register", [*lines, *history((1, "ok", "read", "nil"))]).status == 1
    assert held(assay, "register", [*lines, *history((1, "ok", "read", "1"))]).status == 0


def test_what_timed_out_may_take_effect_later_or_never(assay: Assay) -> None:
    lines = history((0, "invoke", "write", "4"), (0, "info", "write", ":timed-out"), (1, "invoke", "read", "nil"))
    for value in ("nil", "4"):
        assert held(assay, "register", [*lines, *history((1, "ok", "read", value))]).status == 0
    back = history((1, "ok", "read", "4"), (1, "invoke", "read", "nil"), (1, "ok", "read", "nil"))
    assert held(assay, "register", [*lines, *back]).status == 1


@pytest.mark.parametrize("step", ["9" * 5_000, "1", "-1", "²", ""])
def test_an_index_that_a_list_does_not_have_is_missing(step: str) -> None:
    assert _looked_up(f"a.{step}", {"a": ["first"]}) is _MISSING


def test_an_index_selects_from_a_list() -> None:
    assert _looked_up("a.0.b", {"a": [{"b": 3}]}) == 3


JOINING = """
from enum import Enum

from assay.checker.language import Model, Range, Sort, Set, action


class Name(Sort): ...


class Colour(Enum):
    RED = 1


class Joining(Model):
    default = {"Name": 1}
    seen: Set[Name] = set()

    @action
    def join(self, who: Name, place: Range[0, 1]) -> None:
        self.seen.add(who)

    @action
    def paint(self, who: Colour, place: Range[5, 6]) -> None:
        pass
"""

JOINED = """
assign = ["Name"]

[actions]
go = ["join", "paint"]
"""


def test_names_in_an_alternative_that_does_not_fit_stand_for_nothing(assay: Assay) -> None:
    """The first line can only be `paint`, although RED could be the name of an element by itself."""
    Path("joining.py").write_text(JOINING)
    Path("map.toml").write_text(JOINED)
    events = [("RED", 5), ("a", 0), ("b", 1)]
    lines = [{"node": "-", "action": "go", "arguments": {"who": who, "place": place}} for who, place in events]
    Path("log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines[:2]))
    ran = assay("conform joining.py log.jsonl --map map.toml")
    assert ran.status == 0, ran
    Path("log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    ran = assay("conform joining.py log.jsonl --map map.toml")
    assert ran.status == 2
    assert 'who: "b" is the 2nd name of a Name, and there are 1' in ran.err
