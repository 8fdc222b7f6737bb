"""What the dashboard can do: keys, footer, help, palette and the read-only gate all derive from these actions."""
