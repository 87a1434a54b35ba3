"""Liveness verdicts that are published for TLA+ specifications: what newcomers will compare with."""

from __future__ import annotations

import pytest
from assay.checker.engine.explorers import Engine
from assay.checker.engine.limits import Limits
from assay.checker.language import Model
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Options, check
from assay.checker.verdicts import Verdict

from tests.checker.temporal import published

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED

VERDICTS: dict[type[Model], dict[str, Verdict]] = {
    published.SimpleAllocator: {
        "clients_will_return": HOLDS,
        "clients_will_obtain": HOLDS,
        "is_satisfied": HOLDS,
    },
    published.SimpleAllocator2: {
        "clients_will_return": HOLDS,
        "clients_will_obtain": VIOLATED,
        "is_satisfied": VIOLATED,
    },
    published.DijkstraMutex: {"deadlock_free": HOLDS, "starvation_free": VIOLATED},
    published.ChangRoberts: {"liveness": HOLDS},
    published.EWD840: {
        "liveness": HOLDS,
        "all_nodes_terminate_if_no_messages": VIOLATED,
        "false_liveness": VIOLATED,
    },
    published.EWD840FairInAll: {
        "liveness": HOLDS,
        "all_nodes_terminate_if_no_messages": HOLDS,
        "false_liveness": VIOLATED,
    },
    published.BlockingQueue: {"producer_does_not_starve": VIOLATED, "consumer_does_not_starve": HOLDS},
    published.BlockingQueueFair: {"producer_does_not_starve": HOLDS, "consumer_does_not_starve": HOLDS},
    published.ReadersWriters: {"reads": HOLDS, "writes": HOLDS, "reads_not": HOLDS, "writes_not": HOLDS},
}

SETTINGS = {published.EWD840: {"Node": 2}, published.EWD840FairInAll: {"Node": 2}}


@pytest.mark.parametrize("model", VERDICTS, ids=lambda model: model.__name__)
def test_verdicts_are_the_published_ones(model: type[Model]) -> None:
    instance = instantiate(specify(model), SETTINGS.get(model, {}))
    result = check(instance, Options(Engine.NATIVE, Limits(), keep_going=True, deadlock=False))
    assert {p.name: p.verdict for p in result.properties if p.kind.is_temporal} == VERDICTS[model]
