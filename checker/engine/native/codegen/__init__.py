"""From the IR and an instance to instructions of functions over packed states."""
