"""What configurations are written in: JSON, YAML, TOML, XML, properties and shells, each with places."""
