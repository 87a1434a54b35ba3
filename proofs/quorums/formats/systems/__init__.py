"""One module a system whose configuration is read, with the rule by which its quorums are formed."""
