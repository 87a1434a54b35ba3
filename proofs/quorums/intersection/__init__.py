"""Decide whether quorums intersect: prove it, or find quorums that have too little in common."""
