"""Formulas of every construct say what the model's own code does: in a proof as in both explorers.

That explorers agree on the same models is shown in ``tests/checker/engine/test_constructs_agree.py``, and that these
models use all that the page on the language lists in ``tests/checker/language/test_documentation.py``.
"""

from __future__ import annotations

import pytest
from agreement import disagreements, some_states
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.proofs.encoding.problem import encode

from tests.checker.engine.test_constructs_agree import CONSTRUCTS, models_of

SIZES = {"Node": 2, "Ballot": 2, "Level": 2}
"""Small ones: every choice of every relation is looked at."""

REFUSED = {"TheFirstInsideOfValues": "the value [first(Ballot)]"}
"""Models of which the formulas cannot say everything, and what they say of it: the rest is not proved."""

ELSEWHERE = {
    "carried": "messages with numbers that cannot be enumerated; both explorers draw them from what is in transit",
    "drawn_from_bags": "bags of messages that have no known number, of which the page says that formulas refuse them",
    "shared": "no models, but what others import",
    "large_choices": "calls that are too many to evaluate formulas for each; both explorers draw them from sets",
    "unbounded": "numbers that cannot be enumerated: tests/proofs/induction/test_unbounded.py proves what they do",
}
"""Files whose formulas are not evaluated, and why."""

FILES = sorted(path.stem for path in CONSTRUCTS.glob("*.py") if path.stem not in ELSEWHERE)


@pytest.mark.parametrize("name", FILES)
def test_formulas_agree_with_the_code(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CONSTRUCTS))
    for cls in models_of(name):
        specification = specify(cls)
        sizes = {sort.__name__: SIZES[sort.__name__] for sort in specification.sorts if sort.__name__ in SIZES}
        instance = instantiate(specification, sizes)
        problem = encode(specification, instance=instance)
        refused = [one.construct for one in problem.unencodable]
        if cls.__name__ in REFUSED:
            assert REFUSED[cls.__name__] in refused
            continue
        assert refused == [], f"{cls.__name__} is accepted, and cannot be proved: refuse it, or say so on the page"
        with instance.active():
            assert next(disagreements(problem, instance, some_states(instance, 6)), None) is None, cls.__name__


def test_files_that_are_left_out_are_there() -> None:
    assert {*ELSEWHERE} <= {path.stem for path in CONSTRUCTS.glob("*.py")}
