"""From the typed IR to first-order logic, and proofs for any number of nodes."""
