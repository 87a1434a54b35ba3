"""How the package is built from its source tree: used by setuptools (see pyproject.toml), and by nothing else here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

__all__ = ["BuildAfresh"]


class BuildAfresh(build_py):
    """Build exactly the packages in the tree, without leftovers of an earlier build.

    setuptools packs whatever lies in ``build/lib``, so a model that was removed from the tree would be installed
    for as long as that folder lives. And it finds no packages whose folders are mapped to other names.
    """

    def finalize_options(self) -> None:
        """Find the packages below those that pyproject.toml names."""
        super().finalize_options()
        self.packages = [package for top in self.distribution.packages or () for package in self._below(top)]

    def _below(self, top: str) -> list[str]:
        root = Path(self.get_package_dir(top))
        folders = sorted(Path(folder) for folder, _, files in os.walk(root) if "__init__.py" in files)
        return [".".join((top, *folder.relative_to(root).parts)) for folder in folders]

    def run(self) -> None:
        """Build, in a folder that is empty."""
        if not self.editable_mode:
            shutil.rmtree(Path(self.build_lib) / "assay", ignore_errors=True)
        super().run()
