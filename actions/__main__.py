"""`python -I -m backout.actions`: the `backout` command, isolated."""

from .cli import command

command()
