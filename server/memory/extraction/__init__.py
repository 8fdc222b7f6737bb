"""From the text of a turn to a structured diff of what it says."""
