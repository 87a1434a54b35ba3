"""From the findings of an explorer to verdicts on the model's properties."""
