"""Reports on proofs and theorems, put together from the parts of `assay.checker.report`."""
