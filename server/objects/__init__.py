"""The object store that keeps the originals of documents."""
