"""What is done: the `backout` command, its verbs, and the actions GitHub runs."""
