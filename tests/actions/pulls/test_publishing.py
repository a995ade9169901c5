"""`backout revert` up to the pull request, on a real server: once, whatever happens."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.actions.pulls import client, publish, transport
from support.github import Fault, Login
from support.shop import BRANCH, REVERT, TOKEN, Shop

Capture = pytest.CaptureFixture[str]


def is_whole(shop: Shop) -> bool:
    """One pull request, complete, of a branch that holds just the rollback."""
    project = shop.project
    (pull,) = project.pulls
    record = project.git(
        "ls-tree", "-r", "--name-only", BRANCH, ".backout/rollbacks"
    ).split()
    base = project.git("merge-base", "main", BRANCH)
    changed = set(project.git("diff", "--name-only", base, BRANCH).split("\n"))
    return (
        len(record) == 1
        and changed == {"core/new.py", "core/old.py", *record}
        and (pull.head, pull.base, pull.state) == (BRANCH, "main", "open")
        and pull.labels == ["P1", "rollback"]
        and (pull.reviewers, pull.teams) == (["bob"], ["tech-leads"])
        and pull.assignees == ["ada"]
    )


def test_it_ends_with_the_address_of_one_pull_request(
    shop: Shop, capsys: Capture
) -> None:
    assert main(REVERT) == 0
    lines = capsys.readouterr().out.splitlines()
    url = f"{shop.hub.url}/acme/{shop.project.name}/pull/431"
    assert f"Branch {BRANCH} pushed." in lines
    assert f"Pull request: {url}" in lines
    assert is_whole(shop)
    assert shop.clone.git("status", "--porcelain") == ""
    assert shop.clone.git("rev-parse", BRANCH) == shop.project.sha(BRANCH)


def test_a_second_run_says_that_it_is_open(shop: Shop, capsys: Capture) -> None:
    main(REVERT)
    capsys.readouterr()
    tip = shop.project.sha(BRANCH)
    assert main(REVERT) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"Already open: {shop.hub.url}/acme/")
    assert line.endswith("checks running).")
    assert shop.project.sha(BRANCH) == tip
    assert is_whole(shop)


def test_what_is_reverted_already_is_a_success(shop: Shop, capsys: Capture) -> None:
    main(REVERT)
    (pull,) = shop.project.pulls
    shop.project.merge(pull, "merge")
    assert main(REVERT) == 0
    out = capsys.readouterr().out
    assert "Nothing to undo" in out
    assert f"Already rolled back by {shop.hub.url}/acme/{shop.project.name}" in out
    assert len(shop.project.pulls) == 1


def test_the_base_that_nobody_fetched_is_the_one_it_is_computed_on(
    shop: Shop, capsys: Capture
) -> None:
    landed = shop.land({"docs/later.md": "later\n"}, "Later (#420)")
    assert main(REVERT) == 0
    assert shop.project.git("merge-base", "main", BRANCH) == landed
    assert is_whole(shop)


def test_a_base_that_moves_and_does_not_matter_changes_nothing(
    shop: Shop, capsys: Capture
) -> None:
    main(REVERT)
    tip = shop.project.sha(BRANCH)
    shop.land({"docs/later.md": "later\n"}, "Later (#420)")
    capsys.readouterr()
    assert main(REVERT) == 0
    assert capsys.readouterr().out.startswith("Already open")
    assert shop.project.sha(BRANCH) == tip


def test_a_base_that_moves_and_matters_is_computed_on_without_a_force(
    shop: Shop, capsys: Capture
) -> None:
    main(REVERT)
    tip = shop.project.sha(BRANCH)
    more = "More of it (#421)\n\nBackout-Phase: storage-v2/7"
    landed = shop.land({"core/third.py": "c = 1\n"}, more)
    assert main(REVERT) == 0
    project = shop.project
    parents = project.git("rev-list", "--parents", "-n", "1", BRANCH).split()[1:]
    assert parents == [tip, landed]
    assert project.git("ls-tree", "-r", "--name-only", BRANCH, "core") == "core/old.py"
    (pull,) = project.pulls
    (comment,) = pull.comments
    assert "computed again" in comment
    shop.clone.git("checkout", "-q", "--detach", "origin/" + BRANCH)
    assert main(["gate", "--from", "origin/main"]) == 0
    assert "a pure rollback of storage-v2/7, proven" in capsys.readouterr().out
    capsys.readouterr()
    assert main(REVERT) == 0
    assert capsys.readouterr().out.startswith("Already open")
    assert len(pull.comments) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_can_be_cut_off_at_its_comment_and_run_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, method: str, after: bool
) -> None:
    main(REVERT)
    more = "More of it (#421)\n\nBackout-Phase: storage-v2/7"
    shop.land({"core/third.py": "c = 1\n"}, more)
    with monkeypatch.context() as patched:
        cut = _killing(f"{method} .*/comments", after=after)
        patched.setattr(publish, "over_httpx", cut)
        with pytest.raises(Killed):
            main(REVERT)
    assert main(REVERT) == 0
    (pull,) = shop.project.pulls
    assert len(pull.comments) == 1


def test_a_base_that_moves_and_conflicts_is_said_beside_what_is_open(
    shop: Shop, capsys: Capture
) -> None:
    main(REVERT)
    shop.land({"core/new.py": "a = 1\nb = 2\nc = 3\n"}, "Later (#420)")
    capsys.readouterr()
    assert main(REVERT) == 1
    out = capsys.readouterr().out
    assert "Conflict in 1 of 2 files:" in out
    assert f"Open, computed on an older main: {shop.hub.url}" in out


def test_what_somebody_added_by_hand_stays(shop: Shop, tmp_path: Path) -> None:
    main(REVERT)
    other = shop.another_clone(tmp_path / "other")
    other.git("fetch", "-q", str(shop.project.path), BRANCH)
    other.git("checkout", "-q", "FETCH_HEAD")
    other.commit({"core/mend.py": "m = 1\n"}, "Mend it by hand")
    other.git("push", "-q", str(shop.project.path), f"HEAD:{BRANCH}")
    tip = shop.project.sha(BRANCH)
    more = "More of it (#421)\n\nBackout-Phase: storage-v2/7"
    shop.land({"core/third.py": "c = 1\n"}, more)
    assert main(REVERT) == 0
    assert shop.project.sha(BRANCH) == tip


def test_a_login_that_a_runner_left_in_the_clone_is_not_sent_too(shop: Shop) -> None:
    """actions/checkout leaves one, and GitHub refuses two."""
    key = f"http.{shop.hub.url}/.extraheader"
    shop.clone.git("config", key, "AUTHORIZATION: basic eDp5")
    assert main(REVERT) == 0
    assert is_whole(shop)


# What is asked of the server over its API, in order; each may be the last that happens.
STEPS: list[tuple[str, str]] = [
    ("looking at the repository", r"GET /api/v3/repos/acme/[\w-]+"),
    ("looking for a pull request", r"GET .*/pulls"),
    ("opening it", r"POST .*/pulls"),
    ("asking for review", r"POST .*/requested_reviewers"),
    ("assigning", r"POST .*/assignees"),
    ("labelling", r"POST .*/labels"),
]


class Killed(BaseException):
    """As if by kill -9: nothing of ours catches it."""


Opening = Callable[[], AbstractContextManager[transport.Transport]]


def _killing(pattern: str, *, after: bool) -> Opening:
    """A transport that ends the program at a request: before it is sent, or after."""

    @contextmanager
    def make() -> Generator[transport.Transport]:
        with transport.over_httpx() as send:
            yield cut_off(send)

    def cut_off(send: transport.Transport) -> transport.Transport:
        def one(request: transport.Request) -> transport.Response:
            path = "/" + request.url.split("/", 3)[3].partition("?")[0]
            meets = re.fullmatch(pattern, f"{request.method} {path}")
            if meets and not after:
                raise Killed
            answer = send(request)
            if meets:
                raise Killed
            return answer

        return one

    return make


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "pattern", [step for _, step in STEPS], ids=[name for name, _ in STEPS]
)
def test_it_can_be_cut_off_at_any_request_and_run_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, pattern: str, after: bool
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(publish, "over_httpx", _killing(pattern, after=after))
        with pytest.raises(Killed):
            main(REVERT)
    assert len(shop.project.pulls) <= 1
    assert main(REVERT) == 0
    assert is_whole(shop)


@pytest.mark.parametrize("where", ["branch made", "pushed"])
def test_it_can_be_cut_off_around_the_push_and_run_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    from backout.core.remote import Remote

    create = Remote.create

    def killed(self: Remote, branch: str, tip: str) -> None:
        if where == "pushed":
            create(self, branch, tip)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Remote, "create", killed)
        with pytest.raises(Killed):
            main(REVERT)
    assert shop.clone.git("rev-parse", "--verify", BRANCH)
    assert (shop.project.sha(BRANCH) is None) == (where == "branch made")
    assert main(REVERT) == 0
    assert is_whole(shop)


def test_a_branch_made_before_the_base_moved_is_made_anew(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([*REVERT, "--no-push"]) == 0
    more = "More of it (#421)\n\nBackout-Phase: storage-v2/7"
    landed = shop.land({"core/third.py": "c = 1\n"}, more)
    assert main(REVERT) == 0
    assert shop.project.git("merge-base", "main", BRANCH) == landed


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that were to be slept."""
    slept: list[float] = []
    monkeypatch.setattr(client, "sleep", slept.append)
    return slept


FAULTS: list[tuple[str, Fault]] = [
    ("502 after creation", Fault(r"POST .*/pulls", "502 after")),
    ("502 before creation", Fault(r"POST .*/pulls", "502", times=2)),
    ("reset after creation", Fault(r"POST .*/pulls", "reset after")),
    ("reset before creation", Fault(r"POST .*/pulls", "reset")),
    ("429 with Retry-After at creation", Fault(r"POST .*/pulls", "429", wait=7)),
    ("a secondary limit at creation", Fault(r"POST .*/pulls", "secondary", wait=7)),
    ("no requests left for a moment", Fault(r"GET .*/pulls", "primary", wait=7)),
    ("429 at a look-up", Fault(r"GET .*/pulls", "429", wait=7)),
    ("502 at a look-up", Fault(r"GET .*/pulls", "502", times=3)),
    ("reset at a look-up", Fault(r"GET .*/pulls", "reset", times=2)),
    ("502 after labelling", Fault(r"POST .*/labels", "502 after")),
    ("reset after assigning", Fault(r"POST .*/assignees", "reset after")),
]


@pytest.mark.parametrize("fault", [f for _, f in FAULTS], ids=[n for n, _ in FAULTS])
def test_a_fault_of_the_server_ends_with_one_pull_request(
    shop: Shop, no_sleep: list[float], fault: Fault
) -> None:
    fault.met = 0
    shop.hub.faults.append(fault)
    assert main(REVERT) == 0
    assert fault.met == fault.times
    assert sum(no_sleep) >= (7 if fault.wait == 7 else 0)
    assert is_whole(shop)


def test_silence_after_creation_ends_with_one_pull_request(
    shop: Shop, no_sleep: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def brief() -> AbstractContextManager[transport.Transport]:
        return transport.over_httpx(whole=0.3)

    monkeypatch.setattr(publish, "over_httpx", brief)
    shop.hub.faults.append(Fault(r"POST .*/pulls", "silence after"))
    assert main(REVERT) == 0
    assert is_whole(shop)


def test_a_wait_too_long_for_a_night_is_said_and_the_next_run_goes_on(
    shop: Shop, no_sleep: list[float], capsys: Capture
) -> None:
    shop.hub.faults.append(Fault(r"POST .*/pulls", "429", wait=3000))
    assert main(REVERT) == 2
    out = capsys.readouterr().out
    assert "it asks to wait 3000 s" in out
    assert "/compare/main...emergency/rollback-storage-v2-7?" in out
    assert no_sleep == []
    assert main(REVERT) == 0
    assert is_whole(shop)


def test_two_people_at_once_end_with_one_pull_request(
    shop: Shop, tmp_path: Path
) -> None:
    from support.program import COMMAND
    from support.repository import clean_environment

    environment = {
        **clean_environment(GH_TOKEN=TOKEN),
        **shop.hub.environment,
    }
    other = shop.another_clone(tmp_path / "other")
    clones = (shop.clone, other)
    runs = [
        subprocess.Popen(
            [*COMMAND, *REVERT],
            cwd=clone.path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for clone in clones
    ]
    said = [run.communicate()[0].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert all("/pull/431" in text for text in said)
    assert is_whole(shop)


REFUSALS: list[tuple[str, Login, str, str]] = [
    (
        "a token that may only read",
        Login("carol", may_push=False),
        "the token may not push to acme/shop",
        "nothing",
    ),
    (
        "a classic token without the scope",
        Login("carol", scopes="read:org"),
        "lacks the scope `repo`",
        "pull request",
    ),
    (
        "an App that may not open pull requests",
        Login("carol", may_open=False),
        "it needs `pull-requests: write`",
        "branch",
    ),
    (
        "a person without the right to label",
        Login("carol", may_triage=False),
        "could not label it: Must have triage rights",
        "pull request",
    ),
]


@pytest.mark.parametrize(
    ("login", "said", "left"),
    [case[1:] for case in REFUSALS],
    ids=[case[0] for case in REFUSALS],
)
def test_what_a_token_may_not_do_is_said(
    shop: Shop, capsys: Capture, login: Login, said: str, left: str
) -> None:
    shop.hub.logins[TOKEN] = login
    code = main(REVERT)
    streams = capsys.readouterr()
    assert said in streams.out + streams.err
    has_branch = shop.project.sha(BRANCH) is not None
    assert has_branch == (left != "nothing")
    assert bool(shop.project.pulls) == (left == "pull request")
    assert code == (0 if left == "pull request" else 2)


def test_a_workflow_that_comes_back_needs_the_scope_before_the_push(
    shop: Shop, capsys: Capture
) -> None:
    message = "Change CI (#422)\n\nBackout-Phase: storage-v2/7"
    shop.land({".github/workflows/ci.yml": "on: push\n"}, message)
    shop.hub.logins[TOKEN] = Login("carol", scopes="repo", may_change_workflows=False)
    assert main(REVERT) == 2
    assert "lacks the scope `workflow`" in capsys.readouterr().err
    assert shop.project.sha(BRANCH) is None


def test_a_rule_on_names_says_what_to_change(shop: Shop, capsys: Capture) -> None:
    shop.project.only_branches("^(main|hotfix/.*)$")
    assert main(REVERT) == 2
    err = capsys.readouterr().err
    assert "A branch must match ^(main|hotfix/.*)$" in err
    assert "change `branch:` of the migration in backout.yaml" in err
    assert shop.project.sha(BRANCH) is None
    assert main([*REVERT, "--branch", "hotfix/storage"]) == 0, capsys.readouterr()
    assert shop.project.pulls[0].head == "hotfix/storage"


def test_the_token_of_a_runner_that_may_not_open(shop: Shop, capsys: Capture) -> None:
    shop.hub.logins[TOKEN] = Login("github-actions[bot]")
    shop.project.lets_actions_open = False
    assert main(REVERT) == 2
    out = capsys.readouterr().out
    assert "Allow GitHub Actions to create and approve pull requests" in out
    assert "Open the pull request: " in out


def test_the_token_of_a_runner_starts_no_checks_and_that_is_said(
    shop: Shop, capsys: Capture
) -> None:
    shop.hub.logins[TOKEN] = Login("github-actions[bot]")
    assert main(REVERT) == 0
    assert "required checks wait for ever" in capsys.readouterr().out
    main(REVERT)
    (comment,) = shop.project.pulls[0].comments
    assert "GitHub starts no workflows" in comment
    assert "checks none yet" in capsys.readouterr().out


def test_without_drafts_the_title_says_it(shop: Shop) -> None:
    shop.land({"core/new.py": "a = 1\nb = 2\nc = 3\n"}, "Later (#420)")
    shop.project.has_drafts = False
    assert main([*REVERT, "--draft"]) == 1
    (pull,) = shop.project.pulls
    assert not pull.draft
    assert pull.title.startswith("Do not merge yet: EMERGENCY: Rollback")


def test_a_closed_one_is_not_opened_behind_their_back(
    shop: Shop, capsys: Capture
) -> None:
    main(REVERT)
    shop.project.pulls[0].state = "closed"
    assert main(REVERT) == 2
    assert "was closed without being merged" in capsys.readouterr().err
    assert len(shop.project.pulls) == 1
