"""Descriptions of many nodes at once: Kubernetes manifests, charts and resources, Compose files, directories."""
