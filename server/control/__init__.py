"""Contexts, keys, secrets at rest, configuration and audit."""
