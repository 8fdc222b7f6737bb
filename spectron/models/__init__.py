"""What the server's answers are read into: frozen dataclasses that tolerate fields they do not know."""
