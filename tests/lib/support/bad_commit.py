"""The README's picture: `git commit` in a colour terminal, stopped by the gate.

All of it is real: git, pre-commit and the hook as `.pre-commit-hooks.yaml` has it, under
the policy that the README shows. `make generated` writes the picture anew.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from support.picture import svg
from support.repository import Repository, clean_environment

TOP = Path(__file__).parents[3]

ORDERS = "class OrderService:\n    def place(self, cart): ...\n"
CHECKOUT = """\
from shop.orders import OrderService as Orders


def checkout(cart):
    return Orders().place(cart)
"""
COMMIT = ["git", "commit", "-m", "Speed up the checkout"]


def policy() -> str:
    """The smallest one that does something, as the README has it."""
    page = (TOP / "README.md").read_text("utf-8")
    found = re.search(r"```yaml\n(version: 1\n.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def hook() -> str:
    """The hook `backout`, run where it lies instead of being installed."""
    offered = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    chosen = next(hook for hook in offered if hook["id"] == "backout")
    python, _, rest = chosen["entry"].partition(" ")
    assert python == "python"
    here = {"language": "system", "entry": f"{shlex.quote(sys.executable)} {rest}"}
    return json.dumps({"repos": [{"repo": "local", "hooks": [{**chosen, **here}]}]})


def stopped(folder: Path) -> str:
    """What is typed and what is printed, in colour, but for how long it took."""
    repo = Repository(folder / "shop")
    repo.commit(
        {
            ".pre-commit-config.yaml": hook(),
            "backout.yaml": policy(),
            "docs/rollback.md": "# Rollback\n",
            "src/shop/orders.py": ORDERS,
            "src/shop/orders_v2.py": ORDERS,
        }
    )
    repo.stage({"src/shop/checkout.py": CHECKOUT})
    colored = {"PRE_COMMIT_COLOR": "always", "TERM": "xterm", "NO_COLOR": ""}
    environment = clean_environment(
        PRE_COMMIT_HOME=str(folder / "cache"), SKIP="", **colored
    )
    install = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(
        install, cwd=repo.path, env=environment, capture_output=True, check=True
    )
    done = subprocess.run(
        COMMIT,
        cwd=repo.path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stdout
    typed = f'$ git commit -m "{COMMIT[-1]}"\n'
    return typed + re.sub(r"\(\d+\.\d+ s\)", "(0.31 s)", done.stdout)


def picture(folder: Path) -> str:
    """The SVG; `folder` is an empty one to work in."""
    return svg(stopped(folder), "git commit, stopped by backout gate")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        sys.stdout.write(picture(Path(temporary)))
