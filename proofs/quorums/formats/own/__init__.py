"""The formats of assay itself: systems written out in full, and systems of the literature by name."""
