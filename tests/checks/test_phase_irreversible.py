"""Phases that have shipped: a merge may not stand in the way of their rollback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backout.checks.phase_irreversible import check
from backout.core import change as changes
from backout.core.finding import Finding, Severity
from backout.core.git import Git
from backout.core.policy import Migration, Phase, Policy
from support.repository import Repository

OLD = "".join(f"line {i}\n" for i in range(20))
NEW = OLD.replace("line 10\n", "line ten\n")
NOW = datetime(2026, 1, 10, tzinfo=UTC)


def policy(final: bool = False, rollback: str = "revert") -> Policy:
    first = Phase("1", title="Lines", paths=("core/",), final=final)
    if rollback == "none":
        first = Phase("1", paths=("core/",), rollback="none")
    phases = (first, Phase("2", paths=("later/",), after=("1",)))
    migration = Migration(id="v2", baseline="start", window="30d", phases=phases)
    return Policy(1, migrations={"v2": migration})


@pytest.fixture
def shipped(repo: Repository) -> Repository:
    """A phase that changed a line of a file outside of its own paths too."""
    repo.commit({"shared.py": OLD, "core/a.py": "1\n"})
    repo.git("tag", "start")
    text = "Ship\n\nBackout-Phase: v2/1"
    repo.commit({"shared.py": NEW, "core/a.py": "2\n"}, text)
    repo.git("checkout", "-q", "-b", "topic")
    return repo


def said(repo: Repository, policy: Policy, now: datetime = NOW) -> list[str]:
    with Git.find(repo.path) as git:
        change = changes.between(git, "main", "topic")
        change.now = now
        return [f"{f.place.path} {f.message}" for f in check(change, policy)]


SAME = NEW.replace("line ten\n", "line 10.0\n")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"README.md": "x\n"}, id="something else"),
        pytest.param(
            {"shared.py": NEW.replace("line 2\n", "line two\n")}, id="other lines"
        ),
        pytest.param({"core/a.py": "3\n"}, id="the phase goes on"),
        pytest.param(
            {"shared.py": SAME, "later/b.py": "1\n"}, id="a phase that comes after it"
        ),
    ],
)
def test_the_phase_stays_reversible(
    shipped: Repository, files: dict[str, str | bytes | None]
) -> None:
    shipped.commit(files)
    assert said(shipped, policy()) == []


def test_the_same_lines(shipped: Repository) -> None:
    ship = shipped.git("rev-parse", "main")
    shipped.commit({"shared.py": SAME})
    assert said(shipped, policy()) == [
        f"shared.py After this merge v2/1 (Lines) could not be reverted cleanly: this "
        f"file would conflict with undoing {ship[:9]}. Its last commit, of 2026-01-01, is "
        f"within its window of 30d."
    ]


def found(repo: Repository, policy: Policy) -> list[Finding]:
    with Git.find(repo.path) as git:
        change = changes.between(git, "main", "topic")
        change.now = NOW
        return list(check(change, policy))


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        pytest.param("NAMES.txt", Severity.WARNING, id="in a list of names"),
        pytest.param("core.py", Severity.ERROR, id="in code"),
    ],
)
def test_lines_that_only_touch(repo: Repository, path: str, severity: Severity) -> None:
    repo.commit({path: OLD})
    repo.git("tag", "start")
    repo.commit({path: OLD + "ours\n"}, "Ship\n\nBackout-Phase: v2/1")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit({path: OLD + "ours\ntheirs\n"})
    [finding] = found(repo, policy())
    assert finding.severity is severity
    assert "where the lines touch" in finding.message
    assert finding.help.startswith(
        "`backout revert v2/1 --adjacent --draft` would keep"
    )


def test_a_commit_of_two_phases_is_told_once(shipped: Repository) -> None:
    one = Phase("1", paths=("core/",))
    two = Phase("2", title="Again", paths=("core/a.py", "more/"))
    migrations = {
        "v2": Migration(id="v2", baseline="start", phases=(one,)),
        "v3": Migration(id="v3", baseline="start", phases=(two,)),
    }
    ship = shipped.git("rev-parse", "main")
    shipped.commit({"shared.py": SAME})
    [finding] = found(shipped, Policy(1, migrations=migrations))
    assert finding.message == (
        f"After this merge v2/1 and v3/2 (Again) could not be reverted cleanly: this "
        f"file would conflict with undoing {ship[:9]}. They are within their windows."
    )
    assert finding.severity is Severity.ERROR
    assert (finding.migration, finding.phase, finding.also) == ("v2", "1", ("v3/2",))


def test_a_file_that_moved_since(shipped: Repository) -> None:
    shipped.git("checkout", "-q", "main")
    shipped.git("mv", "shared.py", "moved.py")
    shipped.commit({}, "Move")
    shipped.git("checkout", "-q", "-B", "topic")
    shipped.commit({"moved.py": SAME})
    assert [finding.place.path for finding in found(shipped, policy())] == ["moved.py"]


def test_a_commit_beneath_others_that_have_nothing_to_do_with_the_change(
    shipped: Repository,
) -> None:
    shipped.git("checkout", "-q", "main")
    for number in range(3):
        files: dict[str, str | bytes | None] = {
            f"news/{number}": f"Nothing but {number}\n",
            "core/a.py": f"{number}\n",
        }
        shipped.commit(files, "More\n\nBackout-Phase: v2/1")
    shipped.commit({"news/0": None, "news/1": None, "core/b.py": "1\n"}, "Release")
    shipped.git("checkout", "-q", "-B", "topic")
    shipped.commit({"shared.py": SAME, "news/9": "Another one\n"})
    assert [finding.place.path for finding in found(shipped, policy())] == ["shared.py"]


@pytest.mark.parametrize(
    ("since", "is_told"),
    [
        pytest.param(OLD.replace("line 10\n", "line X\n"), False, id="the same lines"),
        pytest.param(
            NEW.replace("line 11\n", "line XI\n"), True, id="lines that only touch"
        ),
        pytest.param(NEW.replace("line 2\n", "line II\n"), True, id="other lines"),
    ],
)
def test_what_stood_in_the_way_before(
    repo: Repository, since: str, is_told: bool
) -> None:
    repo.commit({"shared.py": OLD, "other.py": OLD})
    repo.git("tag", "start")
    repo.commit({"shared.py": NEW, "other.py": NEW}, "Ship\n\nBackout-Phase: v2/1")
    repo.commit({"other.py": since}, "Another change")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit({"shared.py": SAME})
    assert [f.place.path for f in found(repo, policy())] == ["shared.py"] * is_told


def test_a_later_phase_of_which_nothing_has_landed(shipped: Repository) -> None:
    waiting = Phase("2", paths=("later/",), after=("1",), commits=("#12",))
    phases = (Phase("1", paths=("core/",)), waiting)
    migration = Migration(id="v2", baseline="start", phases=phases)
    shipped.commit({"shared.py": SAME})
    [finding] = found(shipped, Policy(1, migrations={"v2": migration}))
    assert finding.phase == "1"


@pytest.mark.parametrize(
    ("policy", "now"),
    [
        pytest.param(policy(final=True), NOW, id="the phase is final"),
        pytest.param(policy(rollback="none"), NOW, id="no code goes back"),
        pytest.param(
            policy(), datetime(2026, 3, 1, tzinfo=UTC), id="the window is over"
        ),
    ],
)
def test_what_is_over_may_rot(
    shipped: Repository, policy: Policy, now: datetime
) -> None:
    shipped.commit({"shared.py": SAME})
    assert said(shipped, policy, now) == []


def test_what_stood_in_the_way_before_is_not_this_changes_doing(
    shipped: Repository,
) -> None:
    shipped.git("checkout", "-q", "main")
    shipped.commit({"shared.py": SAME})
    shipped.git("checkout", "-q", "-B", "topic")
    shipped.commit({"shared.py": SAME.replace("10.0", "10.1")})
    assert said(shipped, policy()) == []
