"""The gate: verification results are accepted into a lock file, and later changes are compared with it."""
