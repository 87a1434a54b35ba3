"""From what an explorer found to verdicts on the model's properties."""
