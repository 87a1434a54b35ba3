"""Temporal logic on arrays of states and steps: automata of formulas, fair components, lassos."""
