"""Tests of ops.repository."""
