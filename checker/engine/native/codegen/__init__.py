"""From the IR and an instance to the source of C functions over packed states."""
