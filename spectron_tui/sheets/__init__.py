"""Records as rows and as text."""
