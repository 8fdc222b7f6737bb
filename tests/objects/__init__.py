"""Tests of server.objects."""
