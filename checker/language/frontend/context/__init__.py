"""What is known where a form is compiled: names, types, shapes, limits, and how to refuse."""
