"""Tests of ops.backup."""
