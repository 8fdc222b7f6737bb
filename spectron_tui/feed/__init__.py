"""What is known of the server, poll by poll."""
