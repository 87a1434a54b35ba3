"""The lexical layers, against the standard library; and the places that they give to values."""

import json
import string
import tomllib

import pytest
from assay.checker.errors import InputError
from assay.proofs.quorums.formats import Source
from assay.proofs.quorums.formats.texts.json_text import parse_json, unwrap_extended
from assay.proofs.quorums.formats.texts.properties import parse_properties
from assay.proofs.quorums.formats.texts.toml_text import parse_toml
from hypothesis import given, settings
from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
DOCUMENTS = st.recursive(SCALARS, lambda i: st.lists(i) | st.dictionaries(st.text(), i), max_leaves=15)


def plain(element):
    if isinstance(element.value, dict):
        return {key: plain(inner) for key, inner in element.value.items()}
    if isinstance(element.value, list):
        return [plain(inner) for inner in element.value]
    return element.value


@given(document=DOCUMENTS, indent=st.sampled_from([None, 0, 2]), ascii=st.booleans())
@settings(deadline=None)
def test_json_means_what_the_standard_library_reads(document, indent, ascii):
    text = json.dumps(document, indent=indent, ensure_ascii=ascii)
    for shell in (False, True):
        assert plain(parse_json(Source("x", text), shell=shell)) == json.loads(text)


@given(text=st.text('{}[],:"\\ntrue0123.e-+ /', max_size=25))
@settings(max_examples=500, deadline=None)
def test_json_is_accepted_only_if_the_standard_library_accepts_it(text):
    try:
        mine = plain(parse_json(Source("x", text)))
    except InputError:
        return
    assert json.loads(text) == mine


def test_shell_output_is_read_without_executing_anything():
    text = """// rs.conf()
    { _id: 'it\\'s "x"', n: NumberLong(5), m: Long('7'), o: ObjectId("ab"), d: new Date(0), /* c */
      u: undefined, t: Timestamp(1, 2), l: [1, 2,], }"""
    assert plain(parse_json(Source("x", text), shell=True)) == {
        "_id": "it's \"x\"", "n": 5, "m": 7, "o": "ab", "d": 0, "u": None, "t": 1, "l": [1, 2]
    }  # fmt: skip


def test_extended_json_is_unwrapped():
    text = '{"a": {"$numberLong": "9007199254740993"}, "b": [{"$numberInt": "3"}]}'
    assert plain(unwrap_extended(parse_json(Source("x", text)))) == {"a": 2**53 + 1, "b": [3]}


def test_json_values_know_their_lines_and_paths():
    element = parse_json(Source("f.json", '{\n "a": [\n  {"b": 1},\n  2]}'))
    second = element.need("a").items()[1]
    first = element.need("a").items()[0].need("b")
    assert (str(first.location), first.path) == ("f.json:3:9", "a[0].b")
    assert (str(second.location), second.path) == ("f.json:4:3", "a[1]")


TOML = """# comment
top = 1
"quoted.key" = 'x' # = y
[a.b]
list = [ # [
  1, "]",
  { inline = 2, deep = [3] },
]
text = '''
multi = 1
'''
a.dotted."key" = 4
[[tables]]
n = 1
[tables.sub]
m = 2
[[tables]]
n = 3
"""


def test_toml_values_know_their_lines():
    element = parse_toml(Source("f", TOML))
    assert plain(element) == tomllib.loads(TOML)
    lines = {part.path: part.location.line for part in element.walk()}
    expected = {
        "top": 2, "quoted.key": 3, "a": 4, "a.b": 4, "a.b.list": 5, "a.b.list[0]": 6, "a.b.list[1]": 6,
        "a.b.list[2]": 7, "a.b.list[2].inline": 7, "a.b.list[2].deep[0]": 7, "a.b.text": 9, "a.b.a.dotted.key": 12,
        "tables": 13, "tables[0]": 13, "tables[0].n": 14, "tables[0].sub": 15, "tables[0].sub.m": 16,
        "tables[1]": 17, "tables[1].n": 18,
    }  # fmt: skip
    assert {path: lines[path] for path in expected} == expected


@given(text=st.text("[]{}ab.=\"'\\#\n ,1", max_size=40))
@settings(max_examples=500, deadline=None)
def test_toml_is_accepted_exactly_if_the_standard_library_accepts_it(text):
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(InputError):
            parse_toml(Source("x", text))
    else:
        assert plain(parse_toml(Source("x", text))) == expected


def test_properties_as_java_reads_them():
    text = "# c\n! c\n\n a = b \\\n   c\nd:e\nf g\n\\=h\\:=i\\u0041\\n\nj\\\\=k\nempty\r\nlast=x\\"
    found = {key: (line.value, line.location.line) for key, line in parse_properties(Source("x", text)).items()}
    assert found == {
        "a": ("b c", 4),
        "d": ("e", 6), "f": ("g", 7), "=h:": ("iA\n", 8), "j\\": ("k", 9), "empty": ("", 10), "last": ("x", 11)
    }  # fmt: skip


KEYS = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=8)


@given(st.dictionaries(KEYS, st.text(string.printable.replace("\r", ""), max_size=12), max_size=6))
def test_properties_written_with_escapes_are_read_back(pairs):
    def escaped(text):
        return "".join(f"\\u{ord(c):04x}" if not c.isalnum() else c for c in text)

    text = "\n".join(f"{key}={escaped(value)}" for key, value in pairs.items())
    assert {key: line.value for key, line in parse_properties(Source("x", text)).items()} == pairs
