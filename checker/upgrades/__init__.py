"""Check rolling upgrades: clusters and models in which two versions run side by side."""
