"""How what a turn states becomes part of what is believed."""
