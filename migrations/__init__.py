"""SurrealQL migrations, one folder a kind of database."""
