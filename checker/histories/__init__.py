"""Histories of what clients asked and were answered, and whether an object that is asked in turn explains them."""
