"""`python -I -m backout.actions`: the `backout` command, isolated."""

from .cli import main

raise SystemExit(main())
