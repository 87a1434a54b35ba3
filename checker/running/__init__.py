"""Run clusters for real: processes, injected faults, and checks of their journals."""
