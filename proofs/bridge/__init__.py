"""The bridge from quorum configurations to models: a model explored under the quorums of a real configuration."""
