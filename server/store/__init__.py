"""The engine, migrations and scoped queries; the only package that holds a database connection."""
