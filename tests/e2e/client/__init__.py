"""The official client against a real server."""
