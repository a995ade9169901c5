"""Rollback plans: reading them, what their commands do, and the rules they are held to.

A plan is data. It is parsed, never run, whatever it says.
"""
