"""Tests of ops.notify."""
