"""The modelling language: ``from assay.checker.language import *`` is all a model needs."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from assay.checker.language.expectations import Holds, Violates
from assay.checker.language.model import (
    Model,
    action,
    axiom,
    constraint,
    initial,
    invariant,
    lemma,
    reachable,
    removed,
    require,
    some,
    step_invariant,
    terminal,
)
from assay.checker.language.sorts import Order, QuorumSystem, Sort, first
from assay.checker.language.values import (
    AtMost,
    Bag,
    Function,
    Map,
    Parameter,
    Perm,
    Range,
    Relation,
    Seq,
    Set,
    anything,
    everywhere,
    implies,
    record,
)

__all__ = [
    "Annotated",
    "AtMost",
    "Bag",
    "Enum",
    "Function",
    "Holds",
    "Map",
    "Model",
    "Order",
    "Parameter",
    "Perm",
    "QuorumSystem",
    "Range",
    "Relation",
    "Seq",
    "Set",
    "Sort",
    "Violates",
    "action",
    "anything",
    "axiom",
    "constraint",
    "dataclass",
    "everywhere",
    "first",
    "implies",
    "initial",
    "invariant",
    "lemma",
    "reachable",
    "record",
    "removed",
    "require",
    "some",
    "step_invariant",
    "terminal",
]
