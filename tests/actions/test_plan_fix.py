"""`backout plan fix`: what it corrects, what it leaves, and that it does no harm."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.actions.cli import main
from backout.checks.plans.correcting import FAIL_FAST, corrected, corrections
from backout.checks.plans.judge import judge
from backout.checks.plans.reading import read
from backout.checks.plans.rule import Context
from support.repository import Repository

NESTED = "```markdown\n1. Stop\n   ```bash\n   ls\n   ```\n2. Go\n```\n"
POLICY = """\
version: 1
migrations:
  m:
    plan: plan.md
    baseline: start
    phases: [{id: "7", paths: ["new/**", "old.py"]}]
"""


@pytest.fixture
def here(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    repo.commit({"old.py": "1\n", "backout.yaml": POLICY})
    repo.git("tag", "start")
    return repo


def fixed(repo: Repository, text: str | bytes) -> str:
    """What becomes of `text`; a second run must change nothing."""
    repo.write({"plan.md": text})
    assert main(["plan", "fix", "plan.md"]) == 0
    once = (repo.path / "plan.md").read_bytes()
    assert main(["plan", "fix", "plan.md"]) == 0
    assert (repo.path / "plan.md").read_bytes() == once
    return once.decode("utf-8")


def test_an_outer_fence_is_made_longer(here: Repository) -> None:
    assert fixed(here, NESTED) == (
        "````markdown\n1. Stop\n   ```bash\n   ls\n   ```\n2. Go\n````\n"
    )


def test_line_ends_and_a_byte_order_mark_stay(here: Repository) -> None:
    text = "\ufeff# A\r\n\r\n" + NESTED.replace("\n", "\r\n") + "last"
    assert fixed(here, text.encode()) == text.replace(
        "```markdown", "````markdown"
    ).replace("2. Go\r\n```", "2. Go\r\n````")


def test_the_revert_of_a_merge_gets_its_mainline(here: Repository) -> None:
    here.git("checkout", "-q", "-b", "side")
    here.commit({"side.py": "1\n"})
    here.git("checkout", "-q", "main")
    here.commit({"main.py": "1\n"})
    here.git("merge", "-q", "--no-edit", "side")
    merge = here.git("rev-parse", "--short=10", "HEAD")
    single = here.git("rev-parse", "--short=10", "HEAD^1")
    text = (
        f"```bash\ngit revert --no-edit {merge}\ngit revert {single}\n"
        f"git revert -m 1 {merge}\ngit revert {merge} && ls\ngit revert 0123456789\n```\n"
    )
    assert fixed(here, text) == text.replace(
        f"git revert --no-edit {merge}", f"git revert -m 1 --no-edit {merge}"
    )


def test_a_checkout_of_head_takes_what_was_before_the_phase(here: Repository) -> None:
    before = here.git("rev-parse", "HEAD")
    here.commit({"old.py": "2\n", "new/a.py": "1\n"})
    text = (
        "## Phase 7\n```bash\ngit checkout HEAD -- old.py  # back\n"
        "git checkout -- new/a.py\ngit checkout HEAD -- $FILES\n```\n"
    )
    assert fixed(here, text) == text.replace(
        "git checkout HEAD -- old.py",
        f"git restore --source={before[:12]} --staged --worktree -- old.py",
    )


def test_without_a_phase_the_source_is_not_guessed(here: Repository) -> None:
    text = "## Way back\n```bash\ngit checkout HEAD -- old.py\n```\n"
    assert fixed(here, text) == text


def test_a_loose_script_is_made_to_stop_at_its_first_failure(here: Repository) -> None:
    text = (
        "1. Go\n\n   ```bash\n   #!/bin/bash\n   rm -rf new/\n   rm -rf old/\n"
        '   echo "Rollback complete"\n   ```\n'
    )
    assert fixed(here, text) == text.replace(
        "#!/bin/bash\n", "#!/bin/bash\n   set -Eeuo pipefail\n"
    )


def test_a_session_with_prompts_is_no_script(here: Repository) -> None:
    text = '```bash\n$ rm -rf a\n$ rm -rf b\n$ echo "Rollback complete"\n```\n'
    assert fixed(here, text) == text


_LINES = st.sampled_from(
    [
        "```markdown", "```bash", "```", "````md", "````", "   ```sh", "   ```", "~~~md",
        "~~~", "1. Stop", "# A", "rm -rf a", "rm -rf b", 'echo "Rollback complete"', "",
        "> ```markdown", "> ```", "set -e", "text",
    ]
)  # fmt: skip


@given(st.lists(_LINES, max_size=25), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_second_run_changes_nothing(lines: list[str], end: str) -> None:
    content = end.join(lines).encode()
    context = Context(now=datetime(2026, 11, 20, tzinfo=UTC))
    found = list(judge("p.md", content, context))
    once = corrected(content, corrections(read("p.md", content), context, found))
    found = list(judge("p.md", once, context))
    assert corrections(read("p.md", once), context, found) == []
    # Only fences grow, and only the one line is added.
    kept = [line for line in once.decode().split(end) if line.strip(" >") != FAIL_FAST]
    assert [line.replace("`", "").replace("~", "") for line in kept] == [
        line.replace("`", "").replace("~", "") for line in lines or [""]
    ]


def test_what_is_left_is_shown_with_what_to_do(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"plan.md": NESTED + "\nUpdated: [Current Date]\n"})
    assert main(["plan", "fix", "plan.md"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == [
        "plan.md:1  nested-fence: the outer fence has 4 marks",
        "plan.md:7  nested-fence: the outer fence has 4 marks",
        "plan.md: 2 corrections; left for you:",
    ]
    assert (
        "  line 9, unfilled-placeholder: Put the value there; who reads it at night "
        "cannot ask." in told
    )


def test_a_difference_is_shown_and_nothing_is_written(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"plan.md": NESTED})
    assert main(["plan", "fix", "--diff", "plan.md"]) == 0
    assert (here.path / "plan.md").read_text("utf-8") == NESTED
    out = capsys.readouterr().out
    assert out.startswith(
        "--- a/plan.md\n+++ b/plan.md\n@@ -1,7 +1,7 @@\n-```markdown\n"
    )


def test_no_file_is_written_when_another_cannot_be_read(here: Repository) -> None:
    here.write({"plan.md": NESTED, "bad.md": b"\xff"})
    assert main(["plan", "fix", "plan.md", "bad.md"]) == 2
    assert (here.path / "plan.md").read_text("utf-8") == NESTED


def test_a_link_stays_a_link(here: Repository) -> None:
    here.write({"real.md": NESTED})
    (here.path / "plan.md").symlink_to("real.md")
    assert main(["plan", "fix", "plan.md"]) == 0
    assert (here.path / "plan.md").is_symlink()
    assert (here.path / "real.md").read_text("utf-8").startswith("````markdown")
