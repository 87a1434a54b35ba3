"""The native explorer: packed states, a compiled successor function, an exact hash table."""
