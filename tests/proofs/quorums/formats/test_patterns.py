"""The patterns of the formats mean the same in every Python that assay runs on."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from assay.proofs.quorums import formats

MODULES = sorted(module.name for module in pkgutil.walk_packages(formats.__path__, f"{formats.__name__}."))


def operations(parsed: object) -> Iterator[str]:
    """Yield the name of every operation in a parsed pattern, at any depth."""
    for part in parsed if isinstance(parsed, list | tuple) or hasattr(parsed, "data") else ():
        if hasattr(part, "name"):
            yield part.name
        yield from operations(part)


def found_in(pattern: re.Pattern[str]) -> set[str]:
    return set(operations(re._parser.parse(pattern.pattern, pattern.flags)))  # type: ignore[attr-defined]


def test_a_possessive_quantifier_is_seen() -> None:
    assert "POSSESSIVE_REPEAT" in found_in(re.compile(r"x(?:a|(?:b|cd)*+)+"))


@pytest.mark.parametrize("name", MODULES)
def test_no_pattern_is_possessive_which_python_before_3_11_5_mis_matches(name: str) -> None:
    patterns = [value for value in vars(importlib.import_module(name)).values() if isinstance(value, re.Pattern)]
    assert not [pattern.pattern for pattern in patterns if "POSSESSIVE_REPEAT" in found_in(pattern)]
