"""What the gate verifies by proofs: models for any number of nodes, and quorum configurations."""
