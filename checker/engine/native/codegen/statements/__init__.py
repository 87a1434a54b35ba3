"""Actions in generated code: guards, assignments and control."""
