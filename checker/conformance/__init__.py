"""Logs of running systems, checked against models: is what happened a run of the model?

`assay.checker.conformance.logs` reads a log, `assay.checker.conformance.search` checks it against an instance, and
`assay.checker.conformance.explaining` says why it is no run.
"""
