"""Embedding and language model providers."""
