"""The literature's suite of protocols, by which verifiers measure themselves; each proved for any number of nodes."""
