"""The deployment that the demo shows, and how its recording is made."""
