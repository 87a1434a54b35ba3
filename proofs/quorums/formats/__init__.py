"""Configuration files that people really run, one parser a file: text in, a `Configuration` out."""
