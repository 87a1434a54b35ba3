"""Safe changes from one configuration to another."""
