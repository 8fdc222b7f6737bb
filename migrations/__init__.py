"""SurrealQL migrations, one folder a kind of database.

A file is `V<number>__<what_it_adds>.surql` and never changes once it was released. It runs as one transaction together
with its record in `_migrations`, and it only adds: it removes nothing and redefines nothing. The engine builds an index
over rows that are there already from what was committed before the transaction, so that a file either changes rows or
indexes tables that may hold some, and names only analyzers of earlier files for them; an index built while other
processes write misses their rows.
"""
