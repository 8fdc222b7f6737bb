"""How to search."""

from enum import StrEnum


class Mode(StrEnum):
    """Ways of searching."""

    VECTOR = "vector"
    BM25 = "bm25"
    HYBRID = "hybrid"
    HYBRID_GRAPH = "hybrid_graph"
