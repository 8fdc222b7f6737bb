"""Tests of ops.s3."""
