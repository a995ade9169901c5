"""Rollbacks that are there: which is a pure one, and which are in force."""
