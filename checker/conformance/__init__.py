"""Check logs of running systems against models: is a log the trace of some run of the model?

`assay.checker.conformance.logs` reads a log, `assay.checker.conformance.search` checks it against an instance, and
`assay.checker.conformance.explaining` explains why it is not one.
"""
