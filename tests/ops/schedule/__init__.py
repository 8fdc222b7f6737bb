"""Tests of ops.schedule."""
