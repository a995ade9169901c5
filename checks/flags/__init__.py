"""Flags in code: where one is read, what its value decides, where it is set hard."""
