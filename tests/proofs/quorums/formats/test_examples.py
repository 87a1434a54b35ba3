"""Every example file means what its name says, by brute force and by the analysis; and every part has a place."""

import pytest
from assay.proofs.quorums.formats import FORMATS, read_configuration
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from assay.proofs.quorums.safety import verify
from format_oracle import EXAMPLES, origins, verdict

NAMES = sorted(path.name for path in EXAMPLES.iterdir())
WORDS = {"unsafe": "split", "no-quorum": "no quorum", "safe": "safe"}


def expected(name):
    stem = name.partition(".")[0]
    return next(verdict for ending, verdict in WORDS.items() if stem.endswith(f"-{ending}"))


@pytest.mark.parametrize("name", NAMES)
def test_the_example_has_the_verdict_that_its_name_says(name):
    configuration = read_configuration(EXAMPLES / name)
    assert verdict(configuration) == expected(name)
    assert verify(resolve(configuration.system, UnknownNodes.ABSENT)).condition.value == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_content_alone_tells_the_format(name):
    configuration = read_configuration(EXAMPLES / name)
    assert name.startswith(configuration.format)
    assert read_configuration(EXAMPLES / name, as_=configuration.format) == configuration


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_a_tree_names_the_line_it_came_from(name):
    configuration = read_configuration(EXAMPLES / name)
    if configuration.format == "assay" and "system" in (EXAMPLES / name).read_text():
        pytest.skip("the library builds these trees")
    places = origins(configuration)
    exact = [place for place in places if place is not None]
    assert {place.file for place in exact} <= set(configuration.files)
    assert all(place.line >= 1 for place in exact)
    leaves_and_groups = len(exact) / len(places)
    assert leaves_and_groups > 0.5


def test_every_format_has_a_safe_and_an_unsafe_example():
    for format in FORMATS:
        mine = {expected(name) for name in NAMES if read_configuration(EXAMPLES / name).format == format.name}
        wanted = {"safe", "split"}
        assert wanted <= mine, format.name


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_and_its_source_are_named(name):
    configuration = read_configuration(EXAMPLES / name)
    assert configuration.rule
    assert configuration.source or configuration.format == "assay"
