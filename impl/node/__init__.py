"""The interface of nodes and clusters: all that an application needs to be explored, checked and run.

It imports the standard library and nothing else, so an application can ship it (``assay help implementations``).
"""

from __future__ import annotations

from assay.impl.node.cluster import (
    Caught,
    Cluster,
    Envelope,
    Faults,
    Invocation,
    Network,
    Record,
    Response,
    World,
    mutated,
    record,
)
from assay.impl.node.errors import ClusterError, NodeError
from assay.impl.node.freezing import freeze, thaw
from assay.impl.node.node import Address, Durable, Node, Port, Timer, message, on, on_timeout

__all__ = [
    "Address",
    "Caught",
    "Cluster",
    "ClusterError",
    "Durable",
    "Envelope",
    "Faults",
    "Invocation",
    "Network",
    "Node",
    "NodeError",
    "Port",
    "Record",
    "Response",
    "Timer",
    "World",
    "freeze",
    "message",
    "mutated",
    "on",
    "on_timeout",
    "record",
    "thaw",
]
