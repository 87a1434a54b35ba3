"""Whether quorums meet: the layered procedure that proves it, or names two that miss each other."""
