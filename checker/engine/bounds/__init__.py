"""Between which numbers a model's own code keeps variables that are declared without bounds."""
