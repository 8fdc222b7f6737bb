"""Tests that drive real processes."""
