"""Clusters that run for real: processes, faults, and what their journals are checked against."""
