"""The languages of configurations: JSON, YAML, TOML, XML, properties and shells, read with line numbers."""
