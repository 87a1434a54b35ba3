"""What is verified in a process of its own: a module for each kind, with a function `verify`."""
