"""What a file's judgement says is the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
from backout.checks.symbols.judging import judge
from backout.checks.symbols.naming import Names
from backout.checks.symbols.target import Target

SOURCE = b'''
if x:
    from shop.old import Cart
elif y:
    from shop.old import Cart
else:
    from shop import old
    Cart = old.Cart
if isinstance(x, (Cart, old.Cart)):
    x.run()
Cart()
'''
targets = [Target("symbol", "shop.old.Cart"), Target("module", "shop.old")]
print(judge("a.py", SOURCE, Names(targets, ())).uses)
"""


def test_no_order_of_a_set_decides() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "12345"
    }
    assert len(said) == 1
