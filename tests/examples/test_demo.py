"""`make demo`, from the first commit to landing again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.repository import clean_environment

DEMO = Path(__file__).parents[2] / "examples" / "demo.py"


def test_the_demo_goes_on_to_the_end() -> None:
    done = subprocess.run(
        [sys.executable, "-I", DEMO],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    said = done.stdout.decode()
    moments = (
        "2 findings in 1 staged file",
        "Clean: 1 file goes.",
        "Pull request: http://127.0.0.1:",
        "Already open: http://127.0.0.1:",
        "This takes back **pricing-v2 / 2 Checkout on the engine**",
        "a pure rollback of pricing-v2/2, proven",
        "Already rolled back by http://127.0.0.1:",
        "Branch reland/pricing-v2-2 created",
    )
    missing = [moment for moment in moments if moment not in said]
    assert missing == [], said
    places = [said.find(moment) for moment in moments]
    assert places == sorted(places)
