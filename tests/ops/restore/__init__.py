"""Tests of ops.restore."""
