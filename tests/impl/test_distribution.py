"""The distribution for applications: built from its folder, it stands in an interpreter that has nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

USED = """
import sys
from assay.impl.node import Cluster, Node, freeze
from assay.impl.runtime.host import Host
from assay.impl.runtime.loading import load_module, make_cluster

cluster = make_cluster(load_module("paxos"), {"acceptors": 5})
print(len(cluster.nodes), sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("distribution")
    shutil.copytree(ROOT / "impl", folder / "impl", ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta; build_meta.build_wheel('../wheels')"
    (folder / "wheels").mkdir()
    subprocess.run([sys.executable, "-c", build], cwd=folder / "impl", check=True, capture_output=True)
    (wheel,) = (folder / "wheels").glob("assay_node-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_it_needs_nothing_but_the_standard_library(unpacked: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r})\n{USED}"
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "7 ['__main__', 'assay']"


def test_it_holds_the_interface_and_the_runtime_and_is_typed(unpacked: Path) -> None:
    held = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert {"assay/impl/node/node.py", "assay/impl/runtime/host.py", "assay/impl/py.typed"} <= held
    assert not [name for name in held if "zookeeper" in name or "checker" in name]


def test_both_distributions_have_one_version() -> None:
    versions = [
        tomllib.loads((ROOT / name).read_text(encoding="utf-8"))["project"]["version"]
        for name in ("pyproject.toml", "impl/pyproject.toml")
    ]
    assert versions[0] == versions[1]
