"""`make demo`: a small migration in a temporary folder, and backout at work on it.

Everything is real: a git repository, commits, the gate and the rollback as a user runs
them. Nothing outside the temporary folder is touched, and it is removed at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

# The GitHub of our tests, so that nothing leaves this machine.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "lib"))

from support.github import Hub, Login, Project

TOKEN = "ghp_only_for_this_demo"

POLICY = """\
version: 1
default-branch: main
source-roots: [src]
owners: ["@acme/platform"]
severities:
  P0: {action: revert, within: 5m, notify: [stakeholders]}
  P1: {action: revert, within: 1h, approve: [tech-lead]}
triggers: [{metric: wrong_receipts, above: 0.01, severity: P0, level: flag}]
contacts: {tech-lead: "@acme/tech-leads", stakeholders: shop-status@acme.example}
migrations:
  pricing-v2:
    title: One price engine
    strategy: feature-flag
    plan: docs/rollback/pricing-v2.md
    baseline: migration-start
    flags:
      - {env: USE_PRICE_ENGINE, legacy: "0", new: "1"}
    forbid:
      - symbol: shop.prices.net_price
        use: shop.engine.price
        from-phase: "1"
        except: [src/shop/checkout.py]      # the way back, behind the flag
    keep:
      - {paths: [src/shop/prices.py], until-phase: "3", must-not-import: [shop.engine]}
    phases:
      - {id: "1", title: The engine, paths: [src/shop/engine.py], risk: low}
      - id: "2"
        title: Checkout on the engine
        risk: medium
        after: ["1"]
        paths: [src/shop/checkout.py, src/shop/receipt.py]
        recovery-time: 30m
        re-enable:
          require: [Root cause fixed, Receipts compared with the old ones]
          stages: [{percent: 5, hold: 1d}, {percent: 100}]
      - {id: "3", title: Old prices go, after: ["2"]}
"""

PLAN = """\
# Rollback of pricing-v2

Set `USE_PRICE_ENGINE=0` where the service reads its environment, and restart it.
If that does not help: `backout revert pricing-v2/2`.
"""

PRICES = '''\
"""Prices as they were computed until 2026."""


def net_price(item):
    return item["price"] * (100 - item.get("discount", 0)) / 100
'''

ENGINE = '''\
"""The one place that knows prices."""


def price(item, *, rounding=2):
    return round(item["price"] * (1 - item.get("discount", 0) / 100), rounding)
'''

CHECKOUT = '''\
"""What a basket costs."""

import os

from shop import engine, prices

USE_ENGINE = os.environ.get("USE_PRICE_ENGINE", "1") == "1"


def total(basket):
    if USE_ENGINE:
        return sum(engine.price(item) for item in basket)
    return sum(map(prices.net_price, basket))
'''

BASKET = '''\
"""A basket that tells what it would cost."""

from importlib import import_module

import shop.prices as legacy


def quick_total(basket):
    """Faster than checkout: no rounding."""
    return sum(legacy.net_price(item) for item in basket)


def quicker_total(basket):
    return sum(map(import_module("shop.prices").net_price, basket))
'''

BASKET_MENDED = '''\
"""A basket that tells what it would cost."""

from shop.engine import price


def quick_total(basket):
    return sum(price(item, rounding=6) for item in basket)
'''

RECEIPT = '''\
"""What the customer reads."""

from shop.engine import price


def line(item):
    return f"{item['name']:20} {price(item):8.2f}"
'''


def main() -> None:
    """Build the repository, and show each moment."""
    with tempfile.TemporaryDirectory(prefix="backout-demo-") as name:
        folder = Path(name) / "shop"
        folder.mkdir()
        demo = _Demo(folder)
        demo.start()
        demo.at_commit()
        demo.at_night()
        with Hub(Path(name) / "hub") as hub:
            demo.to_the_pull_request(hub)


class _Demo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        self.environment = {
            **kept,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
            **{
                f"GIT_{who}_EMAIL": "ada@acme.example"
                for who in ("AUTHOR", "COMMITTER")
            },
        }

    def start(self) -> None:
        """A shop that replaces its prices, and promises to be able to go back."""
        _say("A shop replaces its old prices by one engine. Its policy, backout.yaml:")
        print(POLICY)
        self._git("init", "-q", "-b", "main")
        self._write({"src/shop/prices.py": PRICES, "src/shop/__init__.py": ""})
        self._commit("Sell things")
        self._git("tag", "migration-start")
        self._write({"backout.yaml": POLICY, "docs/rollback/pricing-v2.md": PLAN})
        self._commit("Promise that the price engine can be taken back")
        self._write({"src/shop/engine.py": ENGINE, "src/shop/checkout.py": CHECKOUT})
        self._commit("Add the price engine (#11)\n\nBackout-Phase: pricing-v2/1")

    def at_commit(self) -> None:
        """The gate on a bad change and on a good one."""
        _say("A commit brings the old prices back, in two spellings:")
        self._write({"src/shop/basket.py": BASKET})
        self._git("add", "-A")
        self._backout("gate")
        _say("The same idea with the engine:")
        self._write({"src/shop/basket.py": BASKET_MENDED})
        self._git("add", "-A")
        self._backout("gate")
        self._commit("Let a basket tell what it would cost (#12)")

    def at_night(self) -> None:
        """A phase lands, fails, and is taken back."""
        self._write({"src/shop/receipt.py": RECEIPT})
        self._commit("Print receipts (#13)\n\nBackout-Phase: pricing-v2/2")
        self._write({"src/shop/receipt.py": RECEIPT.replace("8.2f", "10.2f")})
        self._commit("Leave room for large sums (#14)\n\nBackout-Phase: pricing-v2/2")
        self._write({"README.md": "Our shop.\n"})
        self._commit("Say hello (#15)")
        _say(
            "Phase 2 landed in two commits. At three in the morning receipts are wrong:"
        )
        self._write({".git/now.json": '{"wrong_receipts": 0.04}\n'})
        self._backout("decide", "pricing-v2/2", "--metrics", ".git/now.json")
        _say("What would the rollback do?")
        why = ["--severity", "P0", "--reason", "receipts show wrong sums"]
        self._backout("revert", "pricing-v2/2", *why, "--dry-run")

    def to_the_pull_request(self, hub: Hub) -> None:
        """A GitHub of our own: the branch is pushed, the pull request opened, once."""
        project = hub.project("acme", "shop")
        hub.logins[TOKEN] = Login("ada")
        self._git("remote", "add", "origin", hub.remote(project))
        project.publish(self.folder, "main", "migration-start")
        self.environment |= {**hub.environment, "GH_TOKEN": TOKEN}
        why = ["--severity", "P0", "--reason", "receipts show wrong sums"]
        _say(f"Nothing was touched. Now for real, with a GitHub at {hub.url}:")
        self._backout("revert", "pricing-v2/2", *why)
        self._shown("git", "log", "--oneline", "--graph", "--all")
        _say("Run again, it finds what is there:")
        self._backout("revert", "pricing-v2/2", *why)
        (pull,) = project.pulls
        _say(f"The pull request, {pull.title!r}, as those who approve read it:")
        print(pull.body)
        self._merged(project)

    def _merged(self, project: Project) -> None:
        (pull,) = project.pulls
        _say("The gate knows a genuine rollback by computing it again:")
        self._git("checkout", "-q", pull.head)
        self._backout("gate", "--from", "main")
        self._git("checkout", "-q", "main")
        project.merge(pull, "merge")
        self._git("pull", "-q", "--ff-only", str(project.path), "main")
        _say(
            "Merged. Once more, at four in the morning, by somebody who does not know:"
        )
        self._backout("revert", "pricing-v2/2", "--reason", "receipts show wrong sums")
        _say("In the morning: what is rolled back, and what are people told?")
        self._backout("status")
        self._backout("notify", "pricing-v2/2")
        _say("And the way forward, once the cause is found:")
        self._backout("reland", "pricing-v2/2")
        self._backout("reland", "pricing-v2/2", "--done", "1", "--done", "2")
        self._backout("gate", "--from", "main", "--to", "reland/pricing-v2-2")

    def _write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def _git(self, *args: str) -> None:
        subprocess.run(
            ["git", *args], cwd=self.folder, env=self.environment, check=True
        )

    def _commit(self, message: str) -> None:
        self._git("add", "-A")
        self._git("commit", "-q", "-m", message)

    def _backout(self, *args: str) -> None:
        shown = " ".join(f'"{arg}"' if " " in arg else arg for arg in args)
        print(f"$ backout {shown}", flush=True)
        command = [sys.executable, "-I", "-m", "backout.actions", *args]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, check=False
        )
        print(f"(exit code {done.returncode})\n", flush=True)

    def _shown(self, *args: str) -> None:
        print(f"$ {' '.join(args)}", flush=True)
        subprocess.run(args, cwd=self.folder, env=self.environment, check=True)


def _say(sentence: str) -> None:
    print(f"\n--- {sentence}\n", flush=True)


if __name__ == "__main__":
    main()
