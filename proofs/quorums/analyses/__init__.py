"""Analyses of quorum systems: resilience, change, cost, and what these share."""
