"""References, as users write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from assay.checker.references import file_of


@pytest.mark.parametrize("reference", ["{}", "{}:Lease", "HEAD~1:{}", "HEAD~1:{}:Lease"])
def test_the_file_of_a_reference_is_found_beside_a_revision_and_a_class(reference: str, tmp_path: Path) -> None:
    file = tmp_path / "lease.py"
    file.touch()
    assert file_of(reference.format(file)) == str(file)


@pytest.mark.parametrize(
    "reference", ["paxos", "paxos:FlexiblePaxos", "package.module:Class", "absent.py:Class", "", ":"]
)
def test_a_reference_that_names_no_file_has_none(reference: str) -> None:
    assert file_of(reference) is None
