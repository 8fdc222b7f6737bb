"""Restores: `spectron-ops restore run`, into a new Context or a fresh deployment, never over what is there."""
