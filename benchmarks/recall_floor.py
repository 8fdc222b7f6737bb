"""What recall is measured against: the least that a search can take, and the engine's own search."""

import time

import numpy as np
from recall_data import Corpus, Question
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from server.core.scope import parse
from server.core.visibility import visible
from server.models.local import LocalEmbedder
from server.store import vectors
from server.store.engine import Database
from server.store.scoped import condition

EFFORT = 40


class Floor:
    """One matrix product over the visible rows, and one tantivy query among them."""

    def __init__(self, corpus: Corpus, embedder: LocalEmbedder) -> None:
        self._embedder = embedder
        self.vectors = embedder.embed_now(corpus.texts)
        users = [corpus.user(number) for number in range(corpus.size)]
        self._of_user = {user: self.vectors[[one == user for one in users]] for user in set(users)}
        builder = SchemaBuilder()
        builder.add_text_field("text")
        builder.add_text_field("user", tokenizer_name="raw")
        self._index = Index(builder.build())
        writer = self._index.writer()
        for text, user in zip(corpus.texts, users, strict=True):
            writer.add_document(Document(text=[text], user=[user]))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: Question, user: str | None, k: int) -> float:
        """Milliseconds for the two searches, without what turns the question into a vector."""
        (vector,) = self._embedder.embed_now([question.text])
        rows = self._of_user[user] if user else self.vectors
        began = time.perf_counter()
        scores = rows @ vector
        np.argpartition(scores, len(scores) - k)[-k:]
        query, _ = self._index.parse_query_lenient(question.text, ["text"])
        if user:
            schema = self._index.schema
            within = Query.const_score_query(Query.term_query(schema, "user", user), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
        self._searcher.search(query, k)
        return (time.perf_counter() - began) * 1000


class EngineSearch:
    """Nearest neighbours by the engine's own index, with the scope as a condition."""

    def __init__(self, database: Database, embedder: LocalEmbedder) -> None:
        self._database = database
        self._embedder = embedder

    async def ask(self, question: Question, user: str, k: int) -> float:
        """Milliseconds until the rows are there."""
        (vector,) = self._embedder.embed_now([question.text])
        seen, variables = condition(visible(frozenset(), [parse({"user": user})]))
        began = time.perf_counter()
        await self._database.rows(
            f"LET $query = {vectors.decoded('$vector')}; SELECT id, vector::distance::knn() AS distance "
            f"FROM memory_chunk WHERE embedding <|{k},{EFFORT}|> $query AND {seen}",
            variables | {"vector": vectors.encode(vector)},
        )
        return (time.perf_counter() - began) * 1000
