"""Sessions, turns, entities, attributes and what is believed now."""
