"""Random tests fail for what they find and never because a machine is slow; all processes call a test the same."""

import re

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("assay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")


_ADDRESS = re.compile(r"\bat 0x[0-9a-f]+")


_LONG = "tests/test_readme.py"
"""Tests of many seconds each. At the end, one of two processes would wait for the other to finish them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test whose name has an address in it: processes that share the tests must call them the same.

    Long tests come first.
    """
    for item in items:
        if _ADDRESS.search(item.nodeid):
            raise pytest.UsageError(f"{item.nodeid}: the name has an address in it; give the parameter an id")
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
