"""Documents: from upload to searchable chunks and keywords."""
