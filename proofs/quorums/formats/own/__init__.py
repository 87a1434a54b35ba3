"""assay's own format: systems of the literature by name, and systems written out in full."""
