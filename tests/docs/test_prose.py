"""Sentences that a command can contradict: links, hooks, paths and verbs in the prose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from backout.actions.cli import VERBS
from backout.actions.reference import page
from backout.checks import rules
from backout.core.policy_file import read_policy

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
_LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)[^)]*\)")
_CODE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    prose = _CODE.sub("", text(name))
    dead = [
        link
        for link in _LINK.findall(prose)
        if "://" not in link and not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_has_a_verb_that_is(name: str) -> None:
    blocks = [body for _, body in _CODE.findall(text(name))]
    lines = "\n".join(blocks).splitlines() + re.findall(r"`([^`\n]+)`", text(name))
    verbs = {
        found[1]
        for line in lines
        if (found := re.match(r"(?:\$ )?backout ([a-z][\w-]*)", line.strip()))
    }
    assert verbs - set(VERBS) == set()


@pytest.mark.parametrize("name", [page for page in PAGES if "rules/" not in page])
def test_every_hook_named_is_on_offer(name: str) -> None:
    manifest = yaml.safe_load(text(".pre-commit-hooks.yaml"))
    offered = {hook["id"] for hook in manifest}
    named = {
        hook
        for language, body in _CODE.findall(text(name))
        if language == "yaml" and "hooks:" in body
        for hook in re.findall(r"- id: ([\w-]+)", body)
    }
    assert named - offered == set()


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md"])
def test_every_policy_shown_whole_loads(name: str) -> None:
    policies = [
        body
        for language, body in _CODE.findall(text(name))
        if language == "yaml" and body.startswith("version:")
    ]
    assert policies
    for body in policies:
        read_policy(body.encode(), name)


def test_every_rule_named_in_the_prose_is_one() -> None:
    pages = [page for page in PAGES if "/rules/" not in page]
    named = {
        rule for name in pages for rule in re.findall(r"explain ([a-z-]+)", text(name))
    }
    assert named - set(rules()) == set()


def test_the_command_line_is_described_as_it_is() -> None:
    assert text("docs/reference/command-line.md") == page(), "run: make generated"
