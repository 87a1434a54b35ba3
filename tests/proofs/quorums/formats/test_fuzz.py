"""Whatever the bytes, a parser returns a configuration or raises an InputError: nothing else ever comes out."""

import json
import re
import string

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.formats import FORMATS, Source, parse_source
from assay.proofs.quorums.formats.format import NodeFile
from assay.proofs.quorums.formats.texts.source import decode
from assay.proofs.quorums.resolution import UnknownNodes, resolve
from format_oracle import EXAMPLES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.tiers import one_in

NAMES = [format.name for format in FORMATS]
TEXTS = [path.read_text() for path in sorted(EXAMPLES.rglob("*")) if path.is_file() and path.name != "myid"]
EXAMPLE_TEXTS = {
    path.name: [file.read_text() for file in [path, *sorted(path.rglob("*"))] if file.is_file() and file.name != "myid"]
    for path in EXAMPLES.iterdir()
}
BY_FORMAT = {
    name: [text for example, texts in EXAMPLE_TEXTS.items() if example.startswith(f"{name}-") for text in texts]
    for name in NAMES
}
TOKENS = sorted(
    {word for text in TEXTS for word in text.replace(",", " , ").replace(":", " : ").split() if len(word) < 40}
)
ODD = ["", "\0", "\\", '"', "'", "{", "}", "[", "]", "\ud800", "\u202e", "\x85", "\u2028", "9" * 50, "-1", "0", "1e999"]
CALM = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


PYTHON = re.compile(r"\b(?:Element|Location|Source|Word|Property|Member)\(|\bNone\b(?!')|object at 0x|<class|\bdict_")


def refused(error):
    assert str(error).isprintable(), "one line, without characters that cannot be seen"
    assert not PYTHON.search(error.message), "in the words of the file, not of Python"


def outcome(text, as_=None):
    """Parse a text; whatever is not an InputError is a failure of the test that calls this."""
    try:
        configuration = parse_source(Source("fuzzed", text), as_=as_)
    except InputError as error:
        return refused(error)
    assert isinstance(configuration, Configuration)
    assert configuration.format == as_ or as_ is None
    resolve(configuration.system, UnknownNodes.ABSENT)
    return configuration


@pytest.mark.parametrize("name", one_in(3, NAMES))
@given(text=st.text(max_size=200))
@CALM
def test_any_text(name, text):
    outcome(text, name)


@pytest.mark.parametrize("name", one_in(3, NAMES))
@given(words=st.lists(st.sampled_from(TOKENS + ODD), max_size=30), glue=st.sampled_from(["", " ", "\n", " = "]))
@CALM
def test_any_words_of_the_formats(name, words, glue):
    outcome(glue.join(words), name)


@st.composite
def mutations(draw, texts):
    """A valid example with pieces cut out, doubled, swapped or replaced."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, max(len(text) - 1, 0)))
        end = draw(st.integers(start, min(start + draw(st.sampled_from([1, 8, 80])), len(text))))
        inserted = draw(st.sampled_from(["", text[start:end] * 2, *ODD, *TOKENS]))
        text = text[:start] + inserted + text[end:]
    return text


@pytest.mark.parametrize("name", one_in(3, NAMES))
@given(data=st.data())
@CALM
def test_mutated_examples(name, data):
    outcome(data.draw(mutations(BY_FORMAT[name])), name)


TOGETHER = [format for format in FORMATS if format.together is not None]


@pytest.mark.parametrize("format", TOGETHER, ids=lambda format: format.name)
@given(data=st.data())
@CALM
def test_mutated_files_of_several_nodes(format, data):
    texts = st.sampled_from(BY_FORMAT[format.name]) | mutations(BY_FORMAT[format.name])
    stems = data.draw(st.lists(st.sampled_from(["1", "2", "a-3", "infra0", "x"]), min_size=2, max_size=4, unique=True))
    files = [NodeFile(Source(stem, data.draw(texts)), stem) for stem in stems]
    try:
        configuration = format.together(files, {})
    except InputError as error:
        refused(error)
    else:
        assert configuration.format == format.name
        resolve(configuration.system, UnknownNodes.ABSENT)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(CALM, max_examples=3000)
def test_mutated_examples_for_long(name, data):
    outcome(data.draw(mutations(BY_FORMAT[name])), name)


@pytest.mark.parametrize("name", one_in(3, NAMES))
@given(data=st.data())
@CALM
def test_truncated_examples(name, data):
    text = data.draw(st.sampled_from(BY_FORMAT[name]))
    outcome(text[: data.draw(st.integers(0, len(text)))], name)


@pytest.mark.parametrize("name", one_in(3, NAMES))
@given(text=st.sampled_from(TEXTS))
@CALM
def test_examples_of_other_formats(name, text):
    outcome(text, name)


@given(text=st.one_of(st.text(max_size=100), mutations(TEXTS)))
@settings(CALM, max_examples=400)
def test_detection_by_content(text):
    outcome(text)


@given(st.binary(max_size=100))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf[assay]")
@CALM
def test_any_bytes(data):
    try:
        source = decode(data, "fuzzed")
    except InputError as error:
        refused(error)
    else:
        outcome(source.text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "members",
                        "validators",
                        "qsets",
                        "nodes",
                        "host",
                        "_id",
                        "ID",
                        "qset",
                        "threshold",
                        "t",
                        "v",
                        "name",
                        "id",
                        "publicKey",
                        "quorumSet",
                        "power",
                        "address",
                        "settings",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    ),
    st.sampled_from(["etcd", "mongodb", "cometbft", "stellar-network"]),
)
@settings(CALM, max_examples=400)
def test_any_json_of_their_keys(document, name):
    outcome(json.dumps(document), name)


def replaced(value, path, by):
    """The document with what a path leads to replaced."""
    if not path:
        return by
    key, *rest = path
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[key] = replaced(value[key], rest, by)
    return copy


def paths(value, so_far=()):
    yield so_far
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, (*so_far, key))


DOCUMENTS = [
    (next(name for name in sorted(NAMES, key=len, reverse=True) if example.startswith(f"{name}-")), text)
    for example, texts in EXAMPLE_TEXTS.items()
    for text in texts
    if text.lstrip().startswith(("{", "[")) and example.endswith(".json")
]


@pytest.mark.parametrize(("name", "text"), DOCUMENTS, ids=range(len(DOCUMENTS)))
@pytest.mark.parametrize("by", [None, True, 0, -1, 1.5, "", "x", [], {}, [{}], {"a": []}], ids=repr)
def test_any_value_in_the_place_of_any_other(name, text, by):
    document = json.loads(text)
    for path in [*paths(document)][:60]:
        outcome(json.dumps(replaced(document, path, by)), name)


@given(name=st.text(string.printable.strip() + "éß漢字|;$`", min_size=1, max_size=20))
@CALM
def test_odd_but_visible_names_are_kept_as_they_are(name):
    text = f'[assay]\nsystem = "majority"\nnodes = [{json.dumps(name)}, "other-node-of-this-test"]\n'
    configuration = outcome(text, "assay")
    assert configuration is not None
    assert configuration.system.nodes[0] == name
