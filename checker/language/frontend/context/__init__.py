"""The context in which a form is compiled: names, types, facts, limits, and how to refuse."""
