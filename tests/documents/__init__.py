"""Tests of server.documents."""
