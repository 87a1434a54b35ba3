"""Compare the claims of two versions of a model: do the old claims follow from the new ones?"""
