"""The reference pages and the code that writes them from what they describe."""
