"""The operators' automation."""
