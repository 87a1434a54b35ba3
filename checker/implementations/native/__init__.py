"""The native explorer of clusters: handlers and predicates are tabulated, worlds are packed into words."""
