"""The typed intermediate representation (IR) of a model's source, which every backend shares."""
