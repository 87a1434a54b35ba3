"""What a newcomer gives to the command: every example is answered, and bad input is one line, with place and remedy."""

import json
import os
import re

import pytest
from assay.checker.cli import main
from formats.format_oracle import EXAMPLES

from tests.tiers import one_in

BAD = {
    "empty.cfg": ("", "the file is empty"),
    "blank.cfg": ("\n \n", "the file is empty"),
    "what.txt": ("hello world\n", "the format of this file is not recognised"),
    "list.json": ("[1, 2, 3]", "the format of this file is not recognised"),
    "type.toml": ('[assay]\nsystem = "majority"\nnodes = "a"\n', "type.toml:3:1: assay.nodes is 'a', not a list"),
    "key.toml": ('[assay]\nsystem = "majority"\nnodez = ["a"]\n', "key.toml:3:1: unknown key 'nodez'"),
    "twice.toml": ('[assay]\nsystem = "majority"\nnodes = ["a", "a"]\n', "twice.toml:3:15: the node 'a' occurs twice"),
    "negative.toml": (
        '[assay]\nsystem = "weighted"\nweights = {a = -1}\n',
        "negative.toml:3:12: assay.weights.a is -1",
    ),
    "power.json": ('{"chain_id": "c", "validators": [{"address": "a", "power": -4}]}', "power is -4"),
    "members.json": ('{"members": "x", "peerURLs": []}', "members is 'x', not a list"),
    "cut.json": ('{"members": [{"ID": 1, "peerURLs": ["http://a"]},', "the file ends where a value should come"),
    "weight.cfg": ("server.1=a:1:2\nserver.2=b:1:2\ngroup.1=1:2\nweight.1=-3\n", "weight.cfg:4: weight.1 is negative"),
}


def run(capsys, *arguments):
    status = main(["quorum", *map(str, arguments)])
    return status, *capsys.readouterr()


def is_one_clear_line(error):
    first, *rest = error.splitlines()
    assert first.startswith("error: ")
    assert len(rest) <= 1
    assert all(line.startswith("help: ") for line in rest)
    assert "Traceback" not in error


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_with_its_place_and_exit_status_two(name, tmp_path, capsys):
    text, message = BAD[name]
    (tmp_path / name).write_text(text)
    status, out, error = run(capsys, tmp_path / name)
    assert (status, out) == (2, "")
    assert message in error
    assert name in error
    is_one_clear_line(error)


def test_a_binary_an_empty_directory_and_a_missing_file(tmp_path, capsys):
    (tmp_path / "binary.cfg").write_bytes(b"\x7fELF\x02\x01\xd0\x00")
    (tmp_path / "nothing").mkdir()
    for name, message in (
        ("binary.cfg", "is not UTF-8 text"),
        ("nothing", "the directory has no files"),
        ("missing.cfg", "cannot be read"),
    ):
        status, out, error = run(capsys, tmp_path / name)
        assert (status, out) == (2, "")
        assert message in error
        is_one_clear_line(error)


def test_a_name_that_no_file_can_have(tmp_path, capsys):
    for name in ("a" * 300, "a/" * 3000, "a\0b"):
        status, out, error = run(capsys, tmp_path / name)
        assert (status, out) == (2, "")
        assert "cannot be read" in error
        is_one_clear_line(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path, capsys):
    (tmp_path / "zoo.cfg").write_text("server.1=a:1:2\n")
    (tmp_path / "zoo.cfg").chmod(0)
    status, _, error = run(capsys, tmp_path / "zoo.cfg")
    assert status == 2
    assert "Permission denied" in error
    is_one_clear_line(error)


@pytest.mark.parametrize("name", one_in(4, sorted(path.name for path in EXAMPLES.iterdir())))
def test_every_example_is_answered_in_every_form(name, capsys):
    status, out, error = run(capsys, EXAMPLES / name)
    stem = name.partition(".")[0]
    expected = 0 if stem.endswith("-safe") else 1
    assert (status, error) == (expected, "")
    assert re.search(r"^(safe|split|no quorum) in \d", out, re.MULTILINE)
    assert "missing:" not in out
    status, out, error = run(capsys, EXAMPLES / name, "--format", "json")
    record = json.loads(out)
    assert (status, error) == (expected, "")
    assert record["exit_status"] == expected
    assert record["missing"] == []
    assert "rule" in record
    for form in ("svg", "html"):
        status, out, error = run(capsys, EXAMPLES / name, "--format", form)
        assert (status, error) == (expected, "")
        assert out.startswith("<")


@pytest.mark.parametrize("name", one_in(4, sorted(path.name for path in EXAMPLES.iterdir())))
def test_no_change_at_all_is_as_safe_as_the_configuration(name, capsys):
    status, out, error = run(capsys, EXAMPLES / name, "--against", EXAMPLES / name)
    stem = name.partition(".")[0]
    assert error == ""
    assert "change in one step" in out
    assert "Traceback" not in out
    assert status == (0 if stem.endswith("-safe") else 1)
