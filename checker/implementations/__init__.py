"""Explore implementations: clusters of nodes (`assay.impl.node`) in every order of events, with every fault."""
