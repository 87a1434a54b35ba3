"""The fixtures of the command line."""

from tests.command_line import assay, in_a_project_of_its_own

__all__ = ["assay", "in_a_project_of_its_own"]
