"""A parser for each system whose configuration is read, with the rule that forms its quorums."""
