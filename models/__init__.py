"""The library of protocols: one file each, with its properties, its lemmas and its broken variants."""
