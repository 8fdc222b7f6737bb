"""`spectron-ops doctor`: whether all that has to work at night would work now."""
