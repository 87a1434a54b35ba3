"""Theorems about the formulas of distributed protocols, proved for every number of nodes."""
