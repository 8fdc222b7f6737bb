"""What is believed, of any time and as it was known at any time."""
