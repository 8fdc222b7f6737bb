"""One module a reference page; each says what its page holds."""
