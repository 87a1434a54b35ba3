"""The result of `assay quorum` as text, JSON, SVG and HTML."""
