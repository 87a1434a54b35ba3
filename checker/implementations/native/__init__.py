"""The native explorer of clusters: handlers and predicates are tabulated, and worlds are packed into words."""
