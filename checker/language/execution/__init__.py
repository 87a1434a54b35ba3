"""A specification at one size: finite instances, their states, and the interpreter that executes them."""
