"""Quorum systems, their analyses, and one file per configuration format."""
