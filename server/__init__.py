"""spectrond: the HTTP server, worker and scheduler."""
