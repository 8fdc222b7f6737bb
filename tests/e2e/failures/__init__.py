"""What could fail in silence, and does not: each case with its exit code, its words and its alarm."""
