"""The typed IR: one reading of a model's source that every backend shares."""
