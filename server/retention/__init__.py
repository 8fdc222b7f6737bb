"""Retention policies and the sweep that enforces them."""
