"""What quorums cost: their size, load, availability and latency."""
