"""Resilience of quorum systems: against outages, and against Byzantine nodes."""
