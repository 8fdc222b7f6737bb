"""From the bytes of a file to its text, in processes that may be killed."""
