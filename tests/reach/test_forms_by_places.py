"""Every form of question about a container is accepted in every place, and both engines answer it alike.

The whole table has 10,000 cells. A test takes every so many questions, from another one on for each kind and place, so
that all forms and all places are among them.
"""

from __future__ import annotations

import itertools
import zlib
from pathlib import Path

import pytest
from readings import counted
from tables import cells, model_of, questions, source

from tests.tiers import one_in

FEW = 40
"""One question in so many is asked in the first tier, and in places that have little in common."""

SOME = 15
"""One in so many is asked in the second."""


def agreed(kind: str, place: str, sparse: bool, folder: Path, one_in: int) -> None:
    """Ask one question in so many, all in one model."""
    first = zlib.crc32(f"{kind} {place} {sparse}".encode()) % one_in
    asked = [*itertools.islice(questions(kind, place, sparse), first, None, one_in)]
    assert not asked or counted(model_of(source(kind, place, sparse, asked), folder)) > 1


@pytest.mark.parametrize("place", ["guard", "update", "invariant", "mapping"])
@pytest.mark.parametrize(
    ("kind", "sparse"), one_in(4, [("sets", True), ("sequences", False), ("bags", True), ("maps", False)])
)
def test_some_questions_have_one_answer_in_some_places(kind: str, place: str, sparse: bool, tmp_path: Path) -> None:
    agreed(kind, place, sparse, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "place", "sparse"), cells())
def test_what_is_asked_of_containers_has_one_answer_in_every_place(
    kind: str, place: str, sparse: bool, tmp_path: Path
) -> None:
    agreed(kind, place, sparse, tmp_path, SOME)
