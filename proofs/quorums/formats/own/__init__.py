"""The formats of assay itself: systems written out, and those of the literature by name."""
