"""Check recorded histories of clients against sequential specifications: linearizability, sequential consistency."""
