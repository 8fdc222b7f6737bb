# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""The synchronous client."""
