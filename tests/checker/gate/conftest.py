"""The fixtures of the command line, and a cache of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from assay.checker.storage import kept_directory

from tests.command_line import assay, in_a_project_of_its_own

__all__ = ["assay", "cache", "in_a_project_of_its_own"]


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory in which this test alone keeps what it finds out."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("ASSAY_CACHE_DIR", str(folder))
    kept_directory.cache_clear()
    yield folder
    kept_directory.cache_clear()
