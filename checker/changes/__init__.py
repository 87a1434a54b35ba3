"""Compare two versions of a protocol: behaviour added and removed, claims weakened, state reshaped."""
