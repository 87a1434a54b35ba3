"""One module for each system whose configuration is read, with the rule by which its quorums are formed."""
