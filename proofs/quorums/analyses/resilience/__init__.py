"""What a quorum system survives: outages, and nodes that lie."""
