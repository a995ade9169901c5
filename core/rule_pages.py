"""The rules' pages, `docs/rules/<id>.md`, as they lie in the installed package."""

from __future__ import annotations

from importlib.resources import files

PACKAGE = "backout.docs.rules"
INDEX = "README"


def ids() -> list[str]:
    """The rules that have a page, sorted."""
    names = (entry.name for entry in files(PACKAGE).iterdir())
    stems = (name.removesuffix(".md") for name in names if name.endswith(".md"))
    return sorted(stem for stem in stems if stem != INDEX)


def page(rule: str) -> str | None:
    """The Markdown page of a rule, None if there is none."""
    return (files(PACKAGE) / f"{rule}.md").read_text("utf-8") if rule in ids() else None


def summary(page: str) -> str:
    """The first paragraph under a page's heading, as one line."""
    paragraphs = [part.strip() for part in page.split("\n\n")]
    texts = [part for part in paragraphs if part and not part.startswith("#")]
    return " ".join(texts[0].split()) if texts else ""
