"""The README's picture is what a commit really prints, but for how long it took."""

from __future__ import annotations

import re
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from support.bad_commit import picture
from support.picture import svg

TOP = Path(__file__).parents[2]
PICTURE = TOP / "docs/pictures/bad-commit.svg"
README = (TOP / "README.md").read_text("utf-8")


def test_the_picture_is_true(tmp_path: Path) -> None:
    assert PICTURE.read_text("utf-8") == picture(tmp_path), "run: make generated"


def test_the_picture_needs_nothing_else() -> None:
    text = PICTURE.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert (
        re.findall(r"https?:|file:|url\(|href|@import|@font-face|<script", text) == []
    )


def test_who_does_not_see_the_picture_reads_what_is_in_it() -> None:
    shown = xml.fromstring(PICTURE.read_text("utf-8"))
    lines = "\n".join(text for text in shown.itertext())
    found = re.search(r"!\[([^]]+)\]\(docs/pictures/bad-commit\.svg\)", README)
    assert found is not None
    names = re.findall(r"[\w/]+\.[\w.]*\w|\w+-\w+", found[1])
    assert len(names) > 3
    assert [name for name in names if name not in lines] == []


@pytest.mark.parametrize(
    ("shown", "drawn"),
    [
        pytest.param("a  b", [("a", "20"), ("b", "45.2")], id="columns stay"),
        pytest.param("\x1b[2ma\x1b[0mb", [("a", "20"), ("b", "28.4")], id="colours"),
        pytest.param(
            "\x1b]8;;file:///home/ada\x1b\\a\x1b]8;;\x1b\\ b",
            [("a b", "20")],
            id="links",
        ),
        pytest.param("<&", [("<&", "20")], id="markup is text"),
    ],
)
def test_a_terminal_is_drawn(shown: str, drawn: list[tuple[str, str]]) -> None:
    texts = xml.fromstring(svg(shown, "t")).iter("{http://www.w3.org/2000/svg}text")
    assert [(text.text, text.get("x")) for text in texts] == drawn


def test_no_code_is_lost() -> None:
    with pytest.raises(KeyError):
        svg("\x1b[5mblinking\x1b[0m", "t")
