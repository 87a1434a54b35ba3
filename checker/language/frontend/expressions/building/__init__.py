"""What loops build in local names, and changes of local containers in place, as expressions."""
