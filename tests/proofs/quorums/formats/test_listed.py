"""The page on quorums and the help of the command list every format and every setting, and no others."""

import re
from pathlib import Path

import pytest
from assay.proofs.quorums.formats import FORMATS

PAGE = Path(__file__).parents[4] / "checker" / "help" / "quorums.md"
ROW = re.compile(r"^\| `([a-z][a-z-]*)` \| [^|]+ \| ([^|]*)\|$", re.MULTILINE)


def test_the_page_lists_every_format_with_its_settings():
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("| `--as` |") :]
    rows = {name: set(re.findall(r"`([a-z-]+)`", settings)) for name, settings in ROW.findall(table.split("\n\n")[0])}
    assert rows == {format.name: set(format.settings) for format in FORMATS}


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_help_of_the_command_names_it(format):
    from assay.proofs.commands.quorum import quorum

    words = set(re.findall(r"[a-z][a-z-]+", quorum.__doc__))
    assert {format.name, *format.settings} <= words


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_its_module_tells_the_rule_and_its_source(format):
    import sys

    doc = sys.modules[format.parse.__module__].__doc__
    assert format.name == "assay" or ("Rule." in doc and "Source:" in doc)
