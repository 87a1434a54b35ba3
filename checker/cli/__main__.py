"""``python -m assay.checker.cli``: the command line, where the script is not on the path."""

import sys

from assay.checker.cli import main

sys.exit(main())
