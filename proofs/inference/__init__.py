"""Inferring the lemmas that make a safety property inductive: `assay prove --infer`."""
