"""`local/heuristic`: extraction by rules, with no model, no download and no key."""
