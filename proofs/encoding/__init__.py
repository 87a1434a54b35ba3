"""From the typed IR of a model to first-order terms."""
