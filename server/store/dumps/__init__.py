"""Whole databases as SurrealQL text that carries its own proof: written, checked and loaded again."""
