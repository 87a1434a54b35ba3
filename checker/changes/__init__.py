"""What changed from one version of a protocol to another: behaviours that are new, and behaviours that are gone."""
