"""Questions that stand in front of a screen."""
