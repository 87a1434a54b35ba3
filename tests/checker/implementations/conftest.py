"""Lets the tests of this folder import what lies beside them, and gives them the command line."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from tests.command_line import assay, in_a_project_of_its_own

__all__ = ["assay", "in_a_project_of_its_own"]
