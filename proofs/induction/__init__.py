"""From terms to verdicts: obligations, attempts to prove them, counterexamples, certificates."""
