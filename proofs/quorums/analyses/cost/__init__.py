"""Costs of quorums: size, load, availability and latency."""
