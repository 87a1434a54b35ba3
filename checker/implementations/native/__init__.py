"""The native explorer of clusters: what handlers and predicates come to is computed once, worlds are packed words."""
