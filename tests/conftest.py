"""Random tests fail for what they find and never because a machine is slow; all processes call a test the same."""

import gc
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("assay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")

# A process of tests holds half a million objects that last as long as it does. At Python's thresholds every test would
# pay for looking through them: a twentieth of the processor time. They are not frozen, since `Outside` looks at them.
gc.set_threshold(100_000, 20, 20)


_ADDRESS = re.compile(r"\bat 0x[0-9a-f]+")


_LONG = "tests/test_readme.py"
"""Tests of many seconds each. At the end, one of two processes would wait for the other to finish them."""


_FEW = 8
"""The first tier draws one in so many of the examples of a random test, and the second all of them."""

_LEAST = 5


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse a test whose name has an address in it: processes that share the tests must call them the same.

    Long tests come first. Tests that hypothesis draws examples for are marked as random.
    """
    random = {}
    for item in items:
        function = getattr(item, "function", None)
        if hasattr(function, "hypothesis") and item.get_closest_marker("slow") is None:
            item.add_marker("random")
            random[id(function)] = function
        if _ADDRESS.search(item.nodeid):
            raise pytest.UsageError(f"{item.nodeid}: the name has an address in it; give the parameter an id")
    if "random" not in str(config.getoption("markexpr")):
        for function in random.values():  # one for all parameters of a test
            _draw_few(function)
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


def _draw_few(function: Any) -> None:
    given = function._hypothesis_internal_use_settings  # hypothesis refuses a second @settings
    few = max(given.max_examples // _FEW, min(given.max_examples, _LEAST))
    function._hypothesis_internal_use_settings = settings(given, max_examples=few)
