"""What a quorum system survives and what it costs: one analysis a file."""
