"""The body of the pull request: whole, harmless, and never too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backout.actions.pulls.body import Facts, body, title
from backout.actions.pulls.body.markup import SIZE, block, length
from backout.actions.pulls.place import Place
from backout.actions.reversal.computing import Computed, Options, compute
from backout.actions.reversal.plan import (
    CommitFacts,
    Conflict,
    File,
    Lines,
    Loss,
    Plan,
    Target,
)
from backout.actions.reversal.record import Record
from backout.core.evidence import Backup, Source, Verification, encode, path_of
from backout.core.finding import Finding, Severity
from backout.core.finding import Place as Where
from backout.core.git import Git
from backout.core.reversal.scratch import Scratch
from support.repository import Repository
from support.shop import POLICY

NOW = datetime(2026, 11, 18, 3, 2, tzinfo=UTC)
PLACE = Place("https://github.com", "https://api.github.com", "acme", "shop")


class Night:
    """A computed rollback of the shop, in which a test changes what it is about."""

    def __init__(self, git: Git, computed: Computed) -> None:
        self.git = git
        self.computed = computed

    def facts(self, plan: Plan | None = None, **record: object) -> Facts:
        computed = self.computed
        if plan is not None:
            computed = computed._replace(plan=plan)
        made = Record(
            name=computed.plan.name,
            onto=computed.plan.onto,
            tree=computed.plan.tree,
            undone=(),
            started=NOW,
            reason="duplicates",
            by="Ada <ada@example.org>",
            migration="storage-v2",
            phases=("7",),
            severity="P1",
            tool="backout 1.0",
            git="2.39.5",
        )
        made = msgspec.structs.replace(made, **record)
        return Facts(self.git, computed, made, PLACE, "main")

    @property
    def plan(self) -> Plan:
        return self.computed.plan


def _landed(repo: Repository, files: dict[str, str | bytes | None]) -> None:
    start: dict[str, str | bytes | None] = {
        "backout.yaml": POLICY,
        "core/old.py": "x = 1\n",
    }
    repo.commit({**start, **files}, "Begin")
    repo.git("tag", "migration-start")
    repo.commit(
        {"core/new.py": "a = 1\n", "core/old.py": None},
        "Write through it (#412)\n\nBackout-Phase: storage-v2/7",
    )


@pytest.fixture
def night(repo: Repository) -> Iterator[Night]:
    _landed(repo, {})
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        yield Night(git, compute(git, scratch, ["storage-v2/7"], Options()))


@pytest.mark.parametrize(
    "said",
    [
        "| why | duplicates |",
        "**P1**: revert",
        "| deadline | 2026-11-18 04:02 UTC (1h after the start) |",
        "tech-lead (@acme/tech-leads)",
        "cto (\\+49 30 1234567)",
        "`export USE_UNIFIED_STORAGE=0` (it was `1`)",
        "restart `shop-workers`",
        "[#412](https://github.com/acme/shop/pull/412) Write through it",
        "| `core/old.py` | comes back | +1 -0 |",
        "> [!CAUTION]\n> **No backup of postgresql harbor is on record**",
        "Rows written since the backup",
        "60 min promised, from start to verified: until 2026-11-18 04:02 UTC",
        "- [ ] The issue is identified",
        "- [ ] Statistics agree with history",
        "- [ ] Comparison tests pass",
        "stages: 5 % for 1d, then 100 %",
        "Severity P1. Rollback started 2026-11-18 03:02 UTC by Ada.",
        "with backout 1.0 and git 2.39.5",
    ],
)
def test_it_says_what_those_who_approve_ask_for(night: Night, said: str) -> None:
    text = body(night.facts())
    assert said in text.replace("1\\.0", "1.0").replace("2\\.39", "2.39")


def test_the_title_is_the_policys(night: Night) -> None:
    expected = "EMERGENCY: Rollback storage-v2/7 Storage layer (P1)"
    assert title(night.facts()) == expected


def test_a_backup_that_nobody_signed_is_in_red(repo: Repository) -> None:
    backup = Backup(
        migration="storage-v2",
        phase="7",
        taken_at=datetime(2026, 11, 16, 1, 2, tzinfo=UTC),
        engine="postgresql",
        source=Source("harbor"),
        counts={"opportunities": 1204331},
        verification=Verification("restored"),
    )
    _landed(repo, {path_of(backup): encode(backup)})
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        computed = compute(git, scratch, ["storage-v2/7"], Options())
        text = body(Night(git, computed).facts())
    assert (
        "> Backup of 2026-11-16 01:02 UTC, restored: 1 tables, 1,204,331 rows." in text
    )
    assert "Restoring it loses 50 h of writes." in text
    assert "> **But its signature does not hold:" in text


def test_conflicts_losses_and_breaks_are_told(night: Night) -> None:
    late = CommitFacts("b" * 40, "tune thresholds (#415)", "Bob", NOW, 415)
    plan = msgspec.structs.replace(
        night.plan,
        conflicts=(
            Conflict(
                "core/scorer.py",
                "contents",
                "a" * 40,
                (Lines(41, 58, ("now = 1",), ("then = 1",)),),
                (late,),
            ),
        ),
        collateral=(Loss(late, {"core/retry.py": 4}),),
        findings=(
            Finding(
                "rollback-dangling-import",
                Severity.ERROR,
                Where("core/report.py", 12),
                "imports core.storage, which goes",
            ),
        ),
        settled=("core/list.py",),
    )
    text = body(night.facts(plan, draft=True, leave=("docs/**",)))
    assert "A draft: not to be merged as it is." in text
    assert "1 file could not be taken back." in text
    assert "lines 41-58: same lines" in text
    assert "  -now = 1\n  +then = 1" in text
    assert "blocked by [`bbbbbbbbb`](https://github.com/acme/shop/commit/bbbb" in text
    assert "| breaks | `core/report.py:12` |" in text
    assert "| 4 | `core/retry.py` |" in text
    assert "both edits are kept in `core/list.py`" in text
    assert "`docs/**` stays as it is now" in text


HOSTILE = [
    "@everyone please merge",
    "#1 closes #2, fixes acme/other#3",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden",
    "</details></summary><h1>Approved</h1>",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "https://evil.example and www.evil.example",
    "a | b | c\n| - | - |\n| x | y |",
    "```\n# heading\n```",
    "` | `@bob`",
    "\u202eright to left\u200b",
    "::set-output name=x::y\n##[error]no",
    "> [!CAUTION]\n> not ours",
    "- [x] The issue is identified",
    "$\\color{red}{approved}$",
]


def _everywhere(night: Night, text: str) -> Facts:
    """The text as everything in the body that somebody else wrote."""
    fact = CommitFacts("c" * 40, text, text, NOW, 0)
    file = File(text, 1, 2, 0o100644, 0o100644)
    plan = msgspec.structs.replace(
        night.plan,
        title=text,
        targets=(Target(fact, 1, "trailer"), Target(fact, 1, text)),
        changed=(file,),
        restored=(file,),
        conflicts=(
            Conflict(text, text, "a", (Lines(1, 2, (text,), (text,)),), (fact,)),
        ),
        collateral=(Loss(fact, {text: 3}),),
        findings=(Finding("x", Severity.ERROR, Where(text, 1), text, text),),
        settled=(text,),
    )
    return night.facts(
        plan, reason=text, by=text, leave=(text,), paths=(text,), draft=True
    )


_OURS = re.compile(r"</?(details|summary|code)>|&#?\w+;")
_PARSER = MarkdownIt("gfm-like", {"linkify": True, "html": True})


def _harm(text: str) -> list[str]:
    """What a reader of the rendered Markdown would follow, see or be called by."""
    found: list[str] = []
    for token in _PARSER.parse(text):
        if token.type == "html_block":
            found += [
                t
                for t in re.findall(r"<[^>]*>", token.content)
                if not _OURS.fullmatch(t)
            ]
        for child in token.children or ():
            href = str(child.attrs.get("href", ""))
            if child.type == "link_open" and not href.startswith(f"{PLACE.url}/"):
                found.append(href)
            if child.type == "image":
                found.append("image")
            if child.type == "html_inline" and not _OURS.fullmatch(child.content):
                found.append(child.content)
            if child.type == "text":
                found += re.findall(
                    r"(?<![\w@])@(?!acme/tech-leads|bob\b)\w+", child.content
                )
                found += re.findall(r"(?:\b|^)#\d+", child.content.replace("#412", ""))
        if token.type == "heading_open":
            found.append("heading")
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_others_wrote_does_anything(night: Night, text: str) -> None:
    written = body(_everywhere(night, text))
    assert _harm(written) == []
    assert "\u202e" not in written
    calm = body(_everywhere(night, "x"))
    for ours in (r"^> \[!CAUTION\]$", r"^\s*- \[[ x]\] "):
        assert len(re.findall(ours, written, re.MULTILINE)) == len(
            re.findall(ours, calm, re.MULTILINE)
        )
    assert not re.search(r"^\s*(::|.*##\[)", written, re.MULTILINE)


@pytest.mark.parametrize("text", HOSTILE)
def test_without_the_escapes_it_would(text: str) -> None:
    """What the test above can see; the others are seen by their own assertion."""
    seen = _harm(f"x {text}\n\n{text}\n")
    plain = ("\u202e", "::set", "> [!", "- [x]", "a | b", "$\\color", "` |", "<!--")
    assert seen or text.startswith(plain)


def test_a_body_is_never_longer_than_github_takes(night: Night) -> None:
    many = tuple(
        Target(
            CommitFacts(f"{n:040x}", f"Change {n} " + "x" * 90, "Ada", NOW), 1, "paths"
        )
        for n in range(3000)
    )
    files = tuple(File(f"core/{n}/" + "long" * 30, 1, 1, 1, 1) for n in range(3000))
    plan = msgspec.structs.replace(night.plan, targets=many, changed=files)
    text = body(night.facts(plan, reason="because " * 1000))
    assert 10_000 < length(text) <= SIZE
    assert "left out for length" in text
    assert "No backup of postgresql harbor" in text
    assert text.count("<details>") == text.count("</details>")


def test_whatever_the_limit_it_is_kept_and_what_is_missing_is_said(
    night: Night,
) -> None:
    files = tuple(File(f"core/{n}.py", 1, 1, 1, 1) for n in range(200))
    plan = msgspec.structs.replace(night.plan, changed=files)
    for size in range(3_500, 12_000, 250):
        text = body(night.facts(plan), size)
        assert length(text) <= size
        assert "left out" in text
        assert "| why | duplicates |" in text


@given(text=st.text())
def test_code_cannot_end_its_block(text: str) -> None:
    rendered = "\n".join(block(text))
    tokens = _PARSER.parse(rendered)
    assert [token.type for token in tokens] == ["fence"]


def test_characters_are_counted_as_github_does() -> None:
    assert length("a\N{SNOWMAN}\N{GRINNING FACE}") == 4


def test_it_is_written_for_a_remote_that_is_no_github_too(
    night: Night, tmp_path: Path
) -> None:
    facts = night.facts()
    facts.place = None
    text = body(facts)
    assert "](" not in text
    assert "| `core/old.py` | comes back |" in text
