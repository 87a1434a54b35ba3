"""Lets the tests of this folder import what lies beside them, and the random models of the language's tests."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "encoding"), str(HERE.parents[1] / "checker" / "language")]
