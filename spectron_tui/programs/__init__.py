"""Commands that run beside the dashboard: what they are, who starts them, what they say, and the log of them."""
