"""The pages of ``assay help`` make a site, without a network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HELP = ROOT / "checker" / "help"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-f",
        str(ROOT / ".ci" / "site.yml"),
        "-d",
        str(folder),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.mark.parametrize("page", sorted(HELP.glob("*.md")), ids=lambda page: page.stem)
def test_every_page_is_on_the_site(site: Path, page: Path) -> None:
    made = site / "index.html" if page.stem == "index" else site / page.stem / "index.html"
    title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    assert f">{title}</h1>" in made.read_text(encoding="utf-8")


def test_the_first_page_lists_all_others() -> None:
    linked = re.findall(r"\]\((\w+)\.md\)", (HELP / "index.md").read_text(encoding="utf-8"))
    assert sorted(linked) == sorted(page.stem for page in HELP.glob("*.md") if page.stem != "index")


def test_the_site_has_them_in_the_same_order() -> None:
    linked = re.findall(r"\]\((\w+\.md)\)", (HELP / "index.md").read_text(encoding="utf-8"))
    shown = re.findall(r"^  - (\w+\.md)$", (ROOT / ".ci" / "site.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert shown == ["index.md", *linked]


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    """Links lead out; scripts, styles and pictures do not."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'(?:src|link [^>]*href)="(https?:[^"]+)"', text) == [], page
