"""Is a rolling upgrade safe? Clusters and models in which two versions run side by side."""
