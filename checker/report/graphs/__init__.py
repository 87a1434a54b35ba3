"""State graphs on paper."""
