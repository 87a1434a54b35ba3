"""Read the journals of an earlier run and judge them again, by the nodes and the model as they are now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assay.checker.conformance.records import Record, json_records
from assay.checker.errors import InputError
from assay.checker.implementations.clients import judge_history
from assay.checker.inputs import read_text
from assay.checker.running.fleet import Deployment
from assay.checker.running.journals import judge
from assay.checker.running.run import Plan, Run
from assay.impl.node.cluster import Cluster
from assay.impl.node.errors import NodeError
from assay.impl.node.node import Address
from assay.impl.node.thawing import thaw
from assay.impl.runtime.codec import Codec
from assay.impl.runtime.loading import load_module, make_cluster

__all__ = ["is_journal", "judged_again"]

# The form of a line of a journal, as `Host` writes it: the keys, and the JSON type of each.
_TYPES: dict[str, type[Any]] = {
    "node": str,
    "time": int,
    "event": dict,
    "choices": list,
    "changed": dict,
    "sends": list,
    "client": list,
}
_EVENTS: dict[str, dict[str, type[Any]]] = {
    "start": {},
    "recover": {},
    "timer": {"timer": list},
    "receive": {"from": str},
}


def is_journal(path: str) -> bool:
    """Return whether a file begins like the journal of a run, and not like a log of `assay conform`."""
    if path == "-":
        return False
    first = next((line for line in read_text(path).splitlines() if line.strip()), "")
    return first.startswith("{") and '"event"' in first and '"changed"' in first and '"action"' not in first


def judged_again(protocol: str, settings: Mapping[str, int], paths: Sequence[str]) -> Run:
    """Judge the run that journals record.

    Parameters
    ----------
    protocol : str
        The implementation, as an argument of ``assay run``, with any mutant after a colon.
    settings : mapping of str to int
        The arguments of the deployment.
    paths : sequence of str
        ``run.jsonl``, or the journals of all nodes.

    Raises
    ------
    InputError
        If a line does not belong to a journal of this cluster.
    NodeError
        If the cluster cannot be made.
    """
    origin, colon, name = protocol.rpartition(":")
    module = load_module(origin if colon else protocol)
    function = "deployment" if hasattr(module, "deployment") else "cluster"
    if not hasattr(module, function):
        raise NodeError(
            f"{protocol} is no implementation, and {paths[0]} is the journal of a run",
            help="name the implementation that ran, as assay run was given it",
        )
    mutant = name if colon else None
    cluster = make_cluster(module, settings, function=function, mutant=mutant)
    journals = _journals(cluster, paths)
    deployment = Deployment(protocol, function, settings, mutant, 0, Path(paths[0]).parent)
    run = Run(Plan(cluster, deployment, {}), "as its journal says", files=[*paths])
    times = [line["time"] for lines in journals.values() for line in lines]
    run.seconds = (max(times) - min(times)) / 1e9 if times else 0.0
    run.judged = judge(cluster, journals)
    if cluster.sequential is not None:
        run.judgement = judge_history(cluster, run.judged.history)
    return run


def _journals(cluster: Cluster, paths: Sequence[str]) -> dict[Address, list[dict[str, Any]]]:
    codec = Codec(type(node) for node in cluster.nodes.values())
    found: dict[Address, dict[int, dict[str, Any]]] = {address: {} for address in cluster.nodes}
    starts: dict[Address, Record] = {}
    for record in (record for path in paths for record in json_records(path)):
        try:
            _demand_line(record.content, codec)
        except (_Malformed, NodeError) as error:
            raise InputError(f"no line of a journal: {error}", location=record.place) from None
        lines = _of_node(found, cluster, record)
        if lines.setdefault(record.content["time"], record.content) != record.content:
            raise InputError("no journal: its node has done something else at that time", location=record.place)
        _demand_one_run(starts, record)
    _demand_all(found, paths)
    _demand_beginnings(found, starts)
    return {address: [*lines.values()] for address, lines in found.items()}


def _demand_one_run(starts: dict[Address, Record], record: Record) -> None:
    """Refuse a node that starts again where it should have recovered: the journals are of two runs."""
    if record.content["event"]["kind"] != "start":
        return
    first = starts.setdefault(record.content["node"], record)
    if first.content["time"] != record.content["time"]:
        raise InputError(
            f"{record.content['node']} starts for the first time, as it does at {first.place}",
            location=record.place,
            help="these are journals of two runs: give those of one",
        )


def _demand_beginnings(found: Mapping[Address, Mapping[int, Any]], starts: Mapping[Address, Record]) -> None:
    """Refuse the journal of a node whose first lines are missing: what they did is not judged, and sent by nobody."""
    for address, lines in found.items():
        if lines and (address not in starts or starts[address].content["time"] > min(lines)):
            raise InputError(
                f"the journal of {address} does not begin with its start: lines are missing",
                help="give the journals as the run left them",
            )


def _demand_all(found: Mapping[Address, Mapping[int, Any]], paths: Sequence[str]) -> None:
    """Refuse journals of only some nodes: violations by the others would go unnoticed."""
    names = {Path(path).stem for path in paths}
    heard = {line["event"].get("from") for lines in found.values() for line in lines.values()}
    for address, lines in found.items():
        # A node that never got as far as its start leaves an empty file, and no line in the merged one.
        if not lines and (address in heard or not names & {address, "run"}):
            raise InputError(
                f"there is no journal of {address}",
                help="give the journals of all nodes, or run.jsonl, which has them all",
            )


def _of_node(found: dict[Address, dict[int, dict[str, Any]]], cluster: Cluster, record: Record) -> Any:
    node = record.content["node"]
    if node not in found:
        raise InputError(
            f"the cluster has no node {node!r}",
            location=record.place,
            help=f"it has {', '.join(cluster.nodes)}; --set NAME=... gives it the size that it had in the run",
        )
    return found[node]


class _Malformed(Exception):
    """A line is not one of a journal."""


def _demand(content: Mapping[str, Any], types: Mapping[str, type[Any]]) -> None:
    for key, type_ in types.items():
        if type(content.get(key)) is not type_:
            raise _Malformed(f"{key} is no {type_.__name__}")


def _demand_line(content: Mapping[str, Any], codec: Codec) -> None:
    """Refuse a line that no node could have written."""
    _demand(content, _TYPES)
    if not 0 <= content["time"] < 2**63:
        raise _Malformed("time is out of range")
    event = content["event"]
    kind = event.get("kind")
    if not isinstance(kind, str) or kind not in _EVENTS:
        raise _Malformed(f"there is no event {kind!r}")
    _demand(event, _EVENTS[kind])
    if kind == "timer" and not (event["timer"] and isinstance(event["timer"][0], str)):
        raise _Malformed("its timer has no name")
    values = [event.get("message"), *event.get("timer", ()), *content["changed"].values()]
    for pair in (*content["choices"], *content["client"], *content["sends"]):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise _Malformed("a choice, a message or an operation is no pair of a name and a value")
        values.append(pair[1])
    for value in values:
        _demand_value(value, codec)


def _demand_value(value: Any, codec: Codec) -> None:
    frozen = codec.decode(value)
    try:
        thaw(frozen)
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError):  # whatever a class says of its parts
        raise _Malformed(f"{json.dumps(value)[:80]} is no value that a node has written") from None
