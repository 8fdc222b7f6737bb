"""Tests of server.documents.extraction."""
