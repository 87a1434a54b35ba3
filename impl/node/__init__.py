"""The interface of nodes and clusters: all that an application needs to be explored, checked and run.

It imports the standard library and nothing else, so an application can ship it (``assay help implementations``).
"""

from __future__ import annotations

from assay.impl.node.attributes import Durable
from assay.impl.node.cluster import Caught, Cluster, Faults, Network, Record, mutated, record
from assay.impl.node.errors import ClusterError, NodeError
from assay.impl.node.freezing import freeze
from assay.impl.node.handling import message, on, on_timeout
from assay.impl.node.node import Address, Node, Port, Timer
from assay.impl.node.thawing import thaw
from assay.impl.node.world import Envelope, Invocation, Response, World

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
