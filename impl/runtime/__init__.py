"""Run nodes for real: one process each, over TCP, with durable attributes in SQLite before a message leaves."""
