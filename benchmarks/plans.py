"""Plans: five of the usual size, one of 10,000 lines, and 250, 500, 1,000 in one run.

python -m benchmarks.plans

Seconds are of the processor, so that a busy machine changes nothing. It exits with 1 where the five take 0.5 s beyond start-up, the long one 2 s, or a
thousand take more than two and a half times as long as half of them.
"""

from __future__ import annotations

import subprocess
import sys
import time

from backout.checks.plans.judge import judge
from backout.checks.plans.rule import Context

PHASE = """\
## Phase {n}: storage

**Issue**: duplicates are written. **Recovery time**: 30 minutes.

| Severity | Action | Approval |
|---|---|---|
| P0 | roll back | tech lead |

```bash
set -euo pipefail
# Stop the writers
sudo systemctl stop shop-worker
pg_dump -Fc shop -f /var/backups/before-{n}.dump
pg_restore --list /var/backups/phase-{n}.dump | head
rm -rf core/storage_{n}/
git checkout HEAD -- scripts/score_{n}.py
export USE_STORAGE_{n}=false
tail -f logs/shop.log | grep -m1 ready
systemctl start shop-worker
```

1. Verify the result
   ```sql
   SELECT count(*) FROM orders_{n};
   ```
2. **Command:** `git push origin back-{n}`

```python
def check_{n}(session):
    return session.get("phase") == {n}
```

- [ ] Support is told, in #shop
"""


def plan(phases: int) -> bytes:
    """A plan with that many phases, 34 lines each."""
    return (
        "# Rollback\n\n" + "\n".join(PHASE.format(n=n) for n in range(phases))
    ).encode()


def seconds(plans: list[bytes]) -> float:
    """How long it takes to judge them one after the other."""
    start = time.process_time()
    for content in plans:
        assert list(judge("plan.md", content, Context()))
    return time.process_time() - start


def main() -> int:
    five = seconds([plan(8) for _ in range(5)])
    long = plan(10_000 // 34 + 1)
    one = seconds([long])
    many = {n: seconds([plan(1)] * n) for n in (250, 500, 1000)}
    print(f"five plans, imports and all  {five:6.3f} s   limit 0.5")
    print(f"{len(long.splitlines()):,} lines                 {one:6.3f} s   limit 2.0")
    for count, took in many.items():
        print(
            f"{count:5,} plans                  {took:6.3f} s   {took / count * 1e3:.2f} ms each"
        )
    code = (
        "import sys, backout.checks, backout.checks.plan\n"
        "heavy = {'markdown_it', 'tree_sitter', 'tree_sitter_sql', 'libcst'}\n"
        "print(sorted(heavy & {*sys.modules}))"
    )
    seen = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    print(f"imported without a plan       {seen.stdout.strip()}")
    is_linear = many[1000] < 2.5 * many[500]
    is_light = seen.stdout.strip() == "[]"
    return 0 if five < 0.5 and one < 2 and is_linear and is_light else 1


if __name__ == "__main__":
    raise SystemExit(main())
