"""Implementations: the interface that nodes are written against, and the protocols that come with it."""
