"""Runbooks, one incident a page."""
