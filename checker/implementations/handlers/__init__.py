"""Calls of the handlers of nodes: their outcomes, what they may not depend on, and several releases side by side."""
