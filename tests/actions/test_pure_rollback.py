"""The gate and rollbacks: proven ones pass, forged ones are ordinary changes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings

from backout.actions import gate
from backout.actions.cli import main
from backout.actions.reversal import branch
from backout.actions.reversal.computing import Computed, Options, compute
from backout.actions.reversal.record import Record, Undone
from backout.actions.rollbacks.impure import Impure
from backout.actions.rollbacks.pure import proof_of
from backout.core.change import between
from backout.core.finding import Severity
from backout.core.git import Git
from backout.core.policy_file import read_policy
from backout.core.report import Report
from backout.core.reversal.scratch import Scratch
from support.phased import NEW, POLICY, Landed, build, landings
from support.repository import Repository

BRANCH = "emergency/rollback-shop-1"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
POLICY_AS_READ = read_policy(POLICY.encode(), "backout.yaml")
PROVEN = "a pure rollback of shop/1"


def judged(repo: Repository, head: str, base: str = "main") -> Report:
    with Git.find(repo.path) as git:
        return gate.judge(gate.between(git, base, head))


def errors(report: Report) -> list[str]:
    return sorted({f.rule for f in report.findings if f.severity is Severity.ERROR})


def is_proven(report: Report) -> bool:
    return any(note.startswith(PROVEN) for note in report.notes)


def why_not(report: Report) -> str:
    start = "not a pure rollback, so an ordinary change: "
    (why,) = [note for note in report.notes if note.startswith(start)]
    return why.removeprefix(start)


def proven(repo: Repository, head: str) -> str:
    """Why `head` is no pure rollback, "" if it is one."""
    with Git.find(repo.path) as git:
        change = between(git, "main", head)
        try:
            proof_of(git, change, POLICY_AS_READ)
        except Impure as why:
            return str(why)
    return ""


def roll_back(repo: Repository, *, squash: bool = False) -> bool:
    """Make the rollback branch as `backout revert` does; False where it is not clean."""
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        computed = compute(git, scratch, ["shop/1"], Options(onto="main"))
        plan = computed.plan
        if plan.verdict != "clean":
            return False
        branch.create(git, scratch, computed, made(computed), squash=squash)
    return True


def made(computed: Computed) -> Record:
    """The record of what was computed."""
    plan = computed.plan
    return Record(
        name=plan.name,
        onto=plan.onto,
        tree=plan.tree,
        undone=tuple(Undone(t.commit.sha, t.mainline) for t in plan.targets),
        started=NOW,
        reason="wrong sums",
        by="Ada <ada@example.org>",
        migration=plan.migration,
        phases=plan.phases,
        severity="P0",
        baseline=computed.choices.baseline,
    )


def forged(
    repo: Repository, files: dict[str, str | None], message: str = "", mode: str = ""
) -> str:
    """The rollback's last commit made anew, with other files, message or mode."""
    for path, text in files.items():
        if text is None:
            repo.git("update-index", "--force-remove", path)
            continue
        oid = repo.git("hash-object", "-w", "--stdin", data=text.encode())
        facts = f"{mode or '100644'},{oid},{path}"
        repo.git("update-index", "--add", "--cacheinfo", facts)
    tree = repo.git("write-tree")
    message = message or repo.git("log", "-1", "--format=%B", BRANCH)
    parent = repo.git("rev-parse", f"{BRANCH}^")
    return repo.git("commit-tree", "-p", parent, "-F", "-", tree, data=message.encode())


def record_of(repo: Repository) -> str:
    return repo.git("ls-tree", "-r", "--name-only", BRANCH, "--", ".backout/rollbacks/")


@given(landings())
@settings(
    max_examples=settings().max_examples // 2,
)
def test_a_generated_rollback_passes_and_each_of_its_forgeries_does_not(
    landed: list[Landed],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = Repository(Path(folder))
        build(repo, landed)
        assume(roll_back(repo, squash=len(landed) % 2 == 0))
        assert proven(repo, BRANCH) == ""
        repo.git("read-tree", BRANCH)
        own = repo.git("show", f"{BRANCH}:use.py")
        said = repo.git("log", "-1", "--format=%B", BRANCH)
        forgeries: list[tuple[dict[str, str | None], str, str, str]] = [
            ({"use.py": f"{own}\n#"}, "", "", "use.py differs"),
            ({"use.py": f"{own}\n"}, "", "100755", "use.py differs"),
            ({"use.py": f"{own}\n", "extra": "x"}, "", "", "extra differs"),
            (
                {"extra": None},
                f"{said}\nBackout-Phase: shop/2",
                "",
                "says Backout-Phase: shop/2",
            ),
        ]
        for files, message, mode, why in forgeries:
            assert why in proven(repo, forged(repo, files, message, mode))


@pytest.fixture
def shop(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A shop with phase 1 landed, and the branch that takes it back."""
    build(
        repo,
        [
            Landed(True, {"use.py": NEW, "old.py": None, "new.py": "sell = print\n"}),
            Landed(False, {"r0": "other work\n"}),
            Landed(True, {"p0.py": "more\n", "guard.sh": None}),
        ],
    )
    assert roll_back(repo)
    repo.git("read-tree", BRANCH)
    monkeypatch.chdir(repo.path)
    return repo


def test_the_report_says_what_is_proven_and_what_it_allows(shop: Repository) -> None:
    report = judged(shop, BRANCH)
    base = shop.git("rev-parse", "main")[:9]
    tree = shop.git("rev-parse", f"{BRANCH}^{{tree}}")
    assert report.notes == (
        f"a pure rollback of shop/1, proven: tree {tree} computed again on main at "
        f"{base}. What it brings back needs no waiver",
    )
    (finding,) = [f for f in report.findings if f.rule == "forbidden-symbol"]
    assert finding.severity is Severity.INFO
    assert finding.message.startswith("Part of the pure rollback of shop/1: This is")
    assert report.verdict == "clean"


def test_a_rollback_stays_proven_when_the_base_has_moved(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"r1": "later work\n"}, "Work on")
    report = judged(shop, BRANCH)
    assert is_proven(report), report.notes


def test_a_trial_merge_of_the_server_is_proven_too(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"r1": "later work\n"}, "Work on")
    shop.git("checkout", "-q", "--detach")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge a into b", BRANCH)
    assert is_proven(judged(shop, "HEAD"))


def test_more_of_the_phase_on_a_moved_base_makes_it_stale(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    sha = shop.commit({"p9": "more\n"}, "More\n\nBackout-Phase: shop/1")
    why = why_not(judged(shop, BRANCH))
    assert why == f"{sha[:9]} of shop/1 would have to go too: undo it anew"


def test_a_later_phase_that_landed_meanwhile_makes_it_stale(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    text = shop.git("show", "main:backout.yaml") + "\n"
    books = "title: The books", 'title: The books, after: ["1"]'
    shop.commit({"backout.yaml": text.replace(*books)}, "Order")
    assert is_proven(judged(shop, BRANCH))
    shop.commit({"r5": "x\n"}, "Books\n\nBackout-Phase: shop/2")
    assert why_not(judged(shop, BRANCH)) == "phase 2 stands on what it undoes"


def test_a_base_that_conflicts_with_it_makes_it_stale(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"use.py": "import new\n\nnew.sell(1)\n"}, "Sell one")
    why = why_not(judged(shop, BRANCH))
    assert why == "it conflicts with the base in use.py"


def test_conflicts_that_people_settled_prove_nothing(shop: Repository) -> None:
    shop.git("branch", "-q", "-D", BRANCH)
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"use.py": "import new\n\nnew.sell(1)\n"}, "Sell one")
    why = ["--reason", "wrong sums", "--draft", "--branch", BRANCH]
    assert main(["revert", "shop/1", *why]) == 1
    assert why_not(judged(shop, BRANCH)) == "conflicts were left to people"


def test_a_shallow_clone_proves_nothing(
    shop: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.git("branch", "-q", "-D", BRANCH)
    shop.git("checkout", "-q", "-f", "main")
    for number in range(8):
        shop.commit({"r0": f"{number}\n"}, "Work on")
    assert roll_back(shop)
    clone = Repository(tmp_path / "clone")
    depth = ["--depth=6", f"file://{shop.path}"]
    clone.git("fetch", "-q", *depth, "main:base", f"{BRANCH}:head")
    monkeypatch.chdir(clone.path)
    report = judged(clone, "head", base="base")
    assert why_not(report).endswith(
        "shallow. In GitHub Actions: actions/checkout with fetch-depth: 0"
    )
    assert report.verdict != "clean"


def test_what_a_rollback_breaks_is_still_found(shop: Repository) -> None:
    shop.git("branch", "-q", "-D", BRANCH)
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"later.py": "import new\n\nnew.sell()\n"}, "Use the new one")
    assert roll_back(shop)
    report = judged(shop, BRANCH)
    assert is_proven(report)
    assert errors(report) == ["rollback-dangling-import"]


def of(files: dict[str, str | None], mode: str = "") -> Callable[[Repository], str]:
    """A last commit with other files."""
    return lambda repo: forged(repo, files, mode=mode)


def changed(key: str, value: object) -> Callable[[Repository], str]:
    """A record that says something else, in canonical form."""

    def forge(repo: Repository) -> str:
        path = record_of(repo)
        record = json.loads(repo.git("show", f"{BRANCH}:{path}"))
        record[key] = value
        text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        return forged(repo, {path: text})

    return forge


def said(old: str, new: str) -> Callable[[Repository], str]:
    """A last commit with another message."""
    return lambda repo: forged(
        repo, {}, repo.git("log", "-1", "--format=%B", BRANCH).replace(old, new)
    )


def moved(repo: Repository) -> str:
    path = record_of(repo)
    text = repo.git("show", f"{BRANCH}:{path}") + "\n"
    return forged(repo, {path: None, path.replace("shop", "shoq"): text})


def blank(repo: Repository) -> str:
    path = record_of(repo)
    return forged(repo, {path: repo.git("show", f"{BRANCH}:{path}") + "\n\n"})


def executable(repo: Repository) -> str:
    path = record_of(repo)
    text = repo.git("show", f"{BRANCH}:{path}") + "\n"
    return forged(repo, {path: text}, mode="100755")


def twice(repo: Repository) -> str:
    path = record_of(repo)
    text = repo.git("show", f"{BRANCH}:{path}") + "\n"
    return forged(repo, {path.replace("Z.json", "1Z.json"): text})


def on_top(repo: Repository) -> str:
    tree = repo.git("rev-parse", f"{BRANCH}^{{tree}}")
    return repo.git("commit-tree", "-p", BRANCH, "-m", "Hello", tree)


def own_policy(repo: Repository) -> str:
    """The head calls another commit a phase, and rolls that back."""
    policy = repo.git("show", "main:backout.yaml").replace(
        "title: The books", 'title: The books, commits: ["#7"]'
    )
    return forged(repo, {"backout.yaml": policy})


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        pytest.param(
            of({"use.py": "old.sell() \n"}),
            "use.py differs from what undoing it gives",
            id="a byte in a file that goes back",
        ),
        pytest.param(
            of({"r0": "other  work\n"}),
            "r0 differs from what undoing it gives",
            id="a byte in a file of other work",
        ),
        pytest.param(
            of({"r0": "other work\n"}, mode="100755"),
            "r0 differs from what undoing it gives",
            id="a mode bit",
        ),
        pytest.param(
            of({"x.py": "import old\n"}),
            "x.py differs from what undoing it gives",
            id="one more file",
        ),
        pytest.param(
            of({"old.py": None}),
            "old.py differs from what undoing it gives",
            id="one file less",
        ),
        pytest.param(
            own_policy,
            "backout.yaml differs from what undoing it gives",
            id="the policy of the head",
        ),
        pytest.param(
            said("Backout-Severity: P0", "Backout-Severity: P3"),
            "says Backout-Severity: P3",
            id="another severity in the message",
        ),
        pytest.param(
            said("Backout-Severity: P0", "Backout-Phase: shop/2"),
            "says Backout-Phase: shop/2",
            id="a phase in the message",
        ),
        pytest.param(
            said("Backout-Rollback: shop/1", "Backout-Rollback: shop/2"),
            "says Backout-Rollback: shop/2",
            id="another rollback in the message",
        ),
        pytest.param(
            said("wrong sums", "This reverts commit 1234567."),
            "says that it reverts 1234567",
            id="another revert in the message",
        ),
        pytest.param(on_top, "is none of the rollback's own", id="one commit more"),
        pytest.param(blank, "it was edited by hand", id="a record edited by hand"),
        pytest.param(
            moved, "holds the record of another file", id="a record elsewhere"
        ),
        pytest.param(executable, "is no regular file", id="a record that can be run"),
        pytest.param(twice, "it brings 2 records", id="two records"),
        pytest.param(
            changed("tree", "0" * 40), "and its record says 000000000", id="its tree"
        ),
        pytest.param(
            changed("onto", "1" * 40), "111111111111 is no commit", id="its start"
        ),
        pytest.param(
            changed("undone", [{"sha": "2" * 40, "mainline": 1}]),
            "says that it reverts",
            id="commits that are not here",
        ),
        pytest.param(changed("undone", []), "a rollback of nothing", id="no commits"),
        pytest.param(
            changed("name", "shop"), "says Backout-Rollback: shop/1", id="its name"
        ),
        pytest.param(
            changed("severity", "P9"), "says Backout-Severity: P0", id="its severity"
        ),
        pytest.param(
            changed("baseline", "3" * 40), "names another baseline", id="its baseline"
        ),
        pytest.param(
            changed("leave", ["use.py"]), "and its record says", id="what it left"
        ),
        pytest.param(
            changed("adjacent", True),
            "--adjacent guesses",
            id="lines that were guessed",
        ),
        pytest.param(changed("version", 2), "is not the record of", id="its version"),
        pytest.param(changed("more", 1), "is not the record of", id="a new field"),
        pytest.param(
            changed("started", "2026-11-20T03:00:00"), "without a zone", id="its time"
        ),
    ],
)
def test_a_forgery_is_an_ordinary_change(
    shop: Repository, forge: Callable[[Repository], str], why: str
) -> None:
    report = judged(shop, forge(shop))
    assert why in why_not(report)
    assert {"forbidden-symbol"} <= {*errors(report)} or why.startswith("use.py")
    assert report.verdict == "found"


def chosen(repo: Repository, **options: tuple[str, ...]) -> Report:
    """The report on a rollback whose author chose something."""
    repo.git("branch", "-q", "-D", BRANCH)
    flags = [
        x for key, values in options.items() for v in values for x in (f"--{key}", v)
    ]
    assert main(["revert", "shop/1", "--reason", "wrong sums", "--draft", *flags]) in (
        0,
        1,
    )
    return judged(repo, BRANCH)


def test_all_that_the_phase_brought_may_go(shop: Repository) -> None:
    shop.git("branch", "-q", "-D", BRANCH)
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"guard.sh": "true\n"}, "Guard\n\nBackout-Phase: shop/1")
    assert roll_back(shop)
    report = judged(shop, BRANCH)
    assert is_proven(report)
    assert errors(report) == []


@pytest.mark.parametrize(
    ("options", "left"),
    [
        pytest.param({}, [], id="nothing is chosen"),
        pytest.param({"leave": ("backout.yaml",)}, [], id="the policy is left"),
        pytest.param({"leave": ("p0.py",)}, ["guard-weakened"], id="a file is left"),
        pytest.param({"paths": ("guards",)}, ["guard-weakened"], id="some go back"),
        pytest.param(
            {"restore": ("backout.yaml",)},
            ["guard-weakened", "plan-missing", "policy-weakened"],
            id="the policy is taken from the baseline",
        ),
    ],
)
def test_a_rollback_in_parts_answers_for_legacy_names_alone(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, tuple[str, ...]],
    left: list[str],
) -> None:
    """The phase strengthened a guard, so undoing it weakens one."""
    policy = "guards: [guard.sh]", "guards: [guards]"
    build(
        repo,
        [
            Landed(True, {"use.py": NEW, "old.py": None, "new.py": "sell = print\n"}),
            Landed(True, {"p0.py": "more\n", "guards/b.sh": "exit 1\n"}),
        ],
    )
    text = repo.git("show", "main:backout.yaml") + "\n"
    repo.commit({"backout.yaml": text.replace(*policy)}, "Guard more")
    monkeypatch.chdir(repo.path)
    repo.git("branch", BRANCH)
    report = chosen(repo, **options)
    assert is_proven(report), report.notes
    assert errors(report) == left


def test_what_else_is_undone_brings_back_no_names_of_other_phases(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(
        repo,
        [
            Landed(True, {"use.py": NEW, "old.py": None, "new.py": "sell = print\n"}),
            Landed(True, {"p0.py": "more\n"}),
        ],
    )
    text = repo.git("show", "main:backout.yaml") + "\n"
    ban = '{symbol: old.sell, from-phase: "1"'
    repo.commit({"backout.yaml": text.replace(ban, "{symbol: old.sell")}, "For good")
    sha = repo.commit({"p9": "x\n"}, "Books\n\nBackout-Phase: shop/2")
    first = repo.git("log", "--format=%H", "--grep=Change 1$", "main")
    assert first != sha
    monkeypatch.chdir(repo.path)
    branch = "emergency/rollback-shop-2"
    asked = ["revert", "shop/2", "--with", first, "--reason", "wrong", "--draft"]
    assert main([*asked, "--branch", branch]) in (0, 1)
    report = judged(repo, branch)
    assert "in parts that its author chose, proven" in report.notes[0]
    assert "forbidden-symbol" in errors(report)


def test_a_branch_that_was_computed_again_is_proven(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    shop.commit({"p0.py": "still more\n"}, "More\n\nBackout-Phase: shop/1")
    assert not is_proven(judged(shop, BRANCH))
    with Git.find(shop.path) as git, Scratch(git) as scratch:
        computed = compute(git, scratch, ["shop/1"], Options(onto="main"))
        again = branch.advanced(
            git, scratch, computed, made(computed), git.resolve(BRANCH)
        )
    report = judged(shop, again)
    assert is_proven(report), report.notes


def test_a_base_without_a_policy_proves_nothing(shop: Repository) -> None:
    shop.git("checkout", "-q", "-f", "main")
    text = shop.git("show", "main:backout.yaml") + "\n"
    shop.commit({"backout.yaml": None}, "No policy")
    shop.git("checkout", "-q", "--detach", BRANCH)
    head = shop.commit({"backout.yaml": text}, "Ours")
    assert not is_proven(judged(shop, head))


class TestWhileItIsRolledBack:
    """What a merged rollback means for the changes that come after it."""

    @pytest.fixture(params=["merge", "squash", "rebase"])
    def merged(self, shop: Repository, request: pytest.FixtureRequest) -> Repository:
        shop.git("checkout", "-q", "-f", "main")
        if request.param == "merge":
            shop.git("merge", "-q", "--no-ff", "-m", "Merge pull request #9", BRANCH)
        elif request.param == "squash":
            shop.git("merge", "-q", "--squash", BRANCH)
            shop.git("commit", "-q", "-m", "EMERGENCY: Rollback shop (#9)")
        else:
            shop.git("merge", "-q", "--ff-only", BRANCH)
        return shop

    def test_its_legacy_names_are_allowed(self, merged: Repository) -> None:
        merged.git("checkout", "-q", "-b", "work")
        merged.commit({"use.py": "import old\n\nold.sell(2)\n"}, "Work on")
        report = judged(merged, "work")
        assert errors(report) == []
        assert [f.severity for f in report.findings] == [Severity.INFO]
        assert any(note.startswith("shop/1 is rolled back") for note in report.notes)

    def test_the_whole_tree_is_clean(self, merged: Repository) -> None:
        with Git.find(merged.path) as git:
            for asked in (gate.tree(git, "main"), gate.work_tree(git), gate.index(git)):
                assert "forbidden-symbol" not in errors(gate.judge(asked))

    def test_a_commit_in_the_making_is_clean(self, merged: Repository) -> None:
        merged.stage({"use.py": "import old\n\nold.sell(2)\n"})
        with Git.find(merged.path) as git:
            assert errors(gate.judge(gate.staged(git))) == []

    @pytest.mark.parametrize(
        ("files", "message"),
        [
            pytest.param(
                {"new.py": "sell = 1\n"}, "New", id="what it took away is there again"
            ),
            pytest.param({"use.py": NEW}, "Use it", id="a file is as it was before it"),
            pytest.param({"old.py": None}, "Tidy", id="what it restored goes"),
            pytest.param(
                {"other.py": "x = 1\n"},
                "Fix it\n\nBackout-Phase: shop/1",
                id="a commit says that it is of the phase",
            ),
        ],
    )
    def test_it_may_not_land_by_the_way(
        self, merged: Repository, files: dict[str, str | bytes | None], message: str
    ) -> None:
        merged.git("checkout", "-q", "-b", "work")
        merged.commit(files, message)
        assert "landed-without-reland" in errors(judged(merged, "work"))

    def test_other_work_lands(self, merged: Repository) -> None:
        merged.git("checkout", "-q", "-b", "work")
        merged.commit({"r0": "more work\n", "r9": "x\n"}, "Work on")
        assert errors(judged(merged, "work")) == []

    def test_a_revert_of_it_is_found(self, merged: Repository) -> None:
        merged.git("checkout", "-q", "-b", "work")
        is_merge = merged.git("rev-list", "--count", "--merges", "HEAD") != "0"
        which = ["-m1", "HEAD"] if is_merge else ["HEAD"]
        merged.git("revert", "--no-edit", *which)
        assert "landed-without-reland" in errors(judged(merged, "work"))


def test_a_phase_that_never_landed_is_not_rolled_back(shop: Repository) -> None:
    """Its names would be allowed because somebody named it in a rollback."""
    shop.git("branch", "-q", "-D", BRANCH)
    shop.git("checkout", "-q", "-f", "main")
    text = shop.git("show", "main:backout.yaml") + "\n"
    ban = '      - {symbol: old.buy, from-phase: "2"}\n    guards'
    shop.commit({"backout.yaml": text.replace("    guards", ban)}, "Forbid more")
    why = ["--reason", "wrong sums", "--branch", BRANCH]
    assert main(["revert", "shop", *why]) in (0, 1)
    assert any("pure rollback of shop, proven" in n for n in judged(shop, BRANCH).notes)
    shop.git("merge", "-q", "--no-ff", "-m", "Merge it", BRANCH)
    shop.git("checkout", "-q", "-b", "work")
    shop.commit({"r8.py": "import old\n\nold.sell()\n"}, "Sell")
    assert errors(judged(shop, "work")) == []
    shop.commit({"r9.py": "import old\n\nold.buy()\n"}, "Buy")
    assert errors(judged(shop, "work")) == ["forbidden-symbol"]


def test_a_forged_rollback_in_the_base_allows_nothing(shop: Repository) -> None:
    """Somebody merged it as an ordinary change, with a waiver."""
    head = forged(shop, {"r0": "other  work\n"})
    shop.git("checkout", "-q", "-f", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge pull request #9", head)
    shop.git("checkout", "-q", "-b", "work")
    shop.commit({"use.py": "import old\n\nold.sell(2)\n"}, "Work on")
    assert errors(judged(shop, "work")) == ["forbidden-symbol"]
