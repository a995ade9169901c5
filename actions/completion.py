"""`backout completion`: a script for a shell that completes the whole command line."""

from __future__ import annotations

import argparse
from typing import cast

SHELLS = ("bash", "zsh", "tcsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout completion`."""
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = (
        "examples:\n"
        '  eval "$(backout completion bash)"               in ~/.bashrc\n'
        '  eval "$(backout completion zsh)"                in ~/.zshrc, after compinit\n'
        "  backout completion fish > ~/.config/fish/completions/backout.fish\n"
    )


def run(args: argparse.Namespace) -> int:
    """Print the script for the shell that was named."""
    import shtab

    from .cli import VERBS
    from .command_line import parser as command_line

    parser = command_line(VERBS)
    print(shtab.complete(parser, cast(str, args.shell)))
    return 0
