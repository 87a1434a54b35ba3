"""How to get safely from one configuration to another."""
