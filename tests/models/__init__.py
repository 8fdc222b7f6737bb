"""Tests of server.models."""
