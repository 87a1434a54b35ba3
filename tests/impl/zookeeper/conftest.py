"""A ZooKeeper for the tests of this folder; where there is none they are skipped, except in CI."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from assay.impl.zookeeper.installation import NoZooKeeper, classpath, find_java
from assay.impl.zookeeper.servers import Servers

from tests.command_line import assay, in_a_project_of_its_own

sys.path.insert(0, str(Path(__file__).parent))

__all__ = ["assay", "in_a_project_of_its_own"]


def demand_zookeeper() -> None:
    """Skip a test where no ZooKeeper is installed; in CI it must be."""
    try:
        find_java()
        classpath()
    except NoZooKeeper as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"{missing.message}: {missing.help}")


@pytest.fixture(scope="session")
def zookeeper() -> Iterator[Servers]:
    """One server, for all tests."""
    demand_zookeeper()
    with Servers(1) as servers:
        yield servers


@pytest.fixture
def ensemble() -> Iterator[Servers]:
    """Three servers, for one test, which may break them."""
    demand_zookeeper()
    with Servers(3) as servers:
        yield servers
