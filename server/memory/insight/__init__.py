"""What follows from many beliefs together: observations about entities, and edges that others imply."""
