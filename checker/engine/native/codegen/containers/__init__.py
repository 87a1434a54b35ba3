"""Sets, sequences and bags in generated code."""
