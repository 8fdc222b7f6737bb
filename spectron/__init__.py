"""The Python SDK of Spectron."""
