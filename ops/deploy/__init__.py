"""How a cluster is set up: systemd units, a compose file, and the schedule of its backups."""
