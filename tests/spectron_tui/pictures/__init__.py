"""Pictures of the dashboard, as it is drawn."""
