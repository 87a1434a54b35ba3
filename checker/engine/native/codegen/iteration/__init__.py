"""Whatever iterates over collections: loops, comprehensions, quantifiers, folds and membership."""
