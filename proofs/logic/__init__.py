"""Many-sorted first-order logic: terms, binders, printing, solvers, small structures. It knows no model."""
