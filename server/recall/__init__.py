"""Scoped recall and its traces."""
