"""Nodes over real sockets: one process a node, what is durable in SQLite and on disk before a message leaves."""
