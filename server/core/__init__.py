"""Scope, clock, ids and errors: pure, without I/O."""
