"""What a dashboard was answered, kept in a file and played from it."""
