"""Forgetting: hidden and reinstatable, or erased for good. Both take the same records."""
