"""Runbooks, one incident a page; every command in them is executed by the tests."""
