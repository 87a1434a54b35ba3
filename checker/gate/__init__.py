"""The gate: what was verified and accepted stands in a lock file; a change is held against it."""
