"""The library of protocols: one file each, with its properties, its broken variants and what they must show."""
