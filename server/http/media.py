"""Content types beside JSON."""

DUMP = "application/surrealql"
