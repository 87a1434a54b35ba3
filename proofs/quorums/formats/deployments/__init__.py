"""What describes many nodes at once: manifests, charts and resources of Kubernetes, Compose files, directories."""
