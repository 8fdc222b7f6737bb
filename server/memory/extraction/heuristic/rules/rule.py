"""What a rule is."""

from collections.abc import Callable

from server.memory.extraction.heuristic.reading import Reading

Rule = Callable[[Reading], None]
"""Reads one clause and states what it finds, or nothing when the clause is none of its business."""
