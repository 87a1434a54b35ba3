"""What runs over collections: comprehensions, folds, copies, slices, and what an order makes definite."""
