"""What is asked about a quorum system, by question: resilience, change, cost; and what they share."""
