"""The search index behind recall."""
