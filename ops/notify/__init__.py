"""Telling people what became of a job: signed web hooks, mail, and a ping whose absence is the alarm."""
