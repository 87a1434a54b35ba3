"""What runs over collections: loops, comprehensions, quantifiers, folds and membership."""
