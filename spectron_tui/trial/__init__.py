"""A server of one's own with something to look at, for as long as the dashboard is open."""
