"""Backup, restore, drill, object store set-up and schedules."""
