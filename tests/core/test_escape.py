"""Escapes: whatever the repository holds, it is shown and it does nothing."""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backout.core import escape
from support.runner import commands, is_hidden

ANY = st.text(st.characters())  # lone surrogates too
PARTS = (
    [*":#[]|`*_-~%,$\\", "::", "##[", "error", "<b>", "&lt;", "<!--", "=="],
    ["@you", "#1", "http://x.y", "www.a.b", "a@b.cd", "![a](b)", "1.", "%0A"],
)
HIDDEN = [*" \t\n\r\u200b\ufeff\u2028\ufe0f\udcff\u202e\x1b"]
NASTY = st.lists(st.sampled_from([*PARTS[0], *PARTS[1], *HIDDEN]) | ANY).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("src/a.py", "src/a.py", id="a path stays as it is"),
        pytest.param(r"C:\src", r"C:\src", id="a backslash stays as it is"),
        pytest.param(
            "caf\xe9 \u65e5\u672c", "caf\xe9 \u65e5\u672c", id="so do letters"
        ),
        pytest.param("a: b :: c", "a: b :: c", id="colons inside a line stay"),
        pytest.param("# [x]", "# [x]", id="a comment with a bracket stays"),
        pytest.param("a\x1b[2Jb", r"a\x1b[2Jb", id="the terminal is not cleared"),
        pytest.param("a\rb", r"a\rb", id="the line is not written over"),
        pytest.param("a\nb", r"a\nb", id="one line stays one line"),
        pytest.param("a\x9bb", r"a\x9bb", id="the eight-bit escape is shown"),
        pytest.param("a\u202eb", r"a\u202eb", id="nothing is written backwards"),
        pytest.param("a\u200bb", r"a\u200bb", id="what has no width is shown"),
        pytest.param("a\ufe0fb", r"a\ufe0fb", id="a variation selector is shown"),
        pytest.param("a\U000e0041b", r"a\U000e0041b", id="a tag character is shown"),
        pytest.param("a\udce9b", r"a\xe9b", id="a byte that is not UTF-8 is shown"),
        pytest.param("a\ud800b", r"a\ud800b", id="half a surrogate pair is shown"),
        pytest.param("::error::x", r":\x3aerror::x", id="no command at the start"),
        pytest.param(" \u3000::x", " \u3000:\\x3ax", id="nor after blanks"),
        pytest.param("a ##[error]x", r"a ##\x5berror]x", id="nor inside the line"),
        pytest.param("##vso[x]", r"##vso\x5bx]", id="nor one of Azure's"),
    ],
)
def test_a_line_of_a_terminal(text: str, shown: str) -> None:
    assert escape.terminal(text) == shown


def test_every_character_that_cannot_be_seen_is_written_out() -> None:
    every = map(chr, range(sys.maxunicode + 1))
    assert [c for c in every if is_hidden(c) and c in escape.visible(c)] == []


@given(NASTY)
@example("::error::x")
@example(" \ufeff:\u200b:error::x")
@example("#\u00ad#\ufe0f[error]x")
def test_no_text_is_a_command(text: str) -> None:
    assert commands(escape.terminal(text)) == []
    assert commands(escape.printed(text)) == []
    assert "\n" not in escape.terminal(text)


@given(NASTY, NASTY)
def test_no_line_is_a_command_whatever_it_is_made_of(one: str, other: str) -> None:
    made = escape.visible(one) + ":" + escape.visible(other)
    assert commands(escape.no_command(made)) == []


@given(NASTY, NASTY)
def test_a_prefix_stays_a_prefix(one: str, other: str) -> None:
    assert escape.visible(one + other).startswith(escape.visible(one))


@given(NASTY)
def test_a_command_ends_with_its_line_and_its_text_is_no_command(text: str) -> None:
    line = f"::error file={escape.command_property(text)}::{escape.command_data(text)}"
    assert len(line.splitlines()) == 1
    _, properties, data = line.split("::", 2)
    assert "," not in properties
    assert ":" not in properties
    # The runner takes the percent signs back before it shows what was said.
    said = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert said == escape.printed(text)
    assert commands(said) == []


class _Cell(HTMLParser):
    """The tags of a page, and the text of its one table's last cell."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] and self.cells:
            self.cells[-1] += data


def _shown(cell: str) -> _Cell:
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser = _Cell()
    parser.feed(page.render(f"| a | b |\n|---|---|\n| {cell} | end |\n"))
    parser.close()
    return parser


TABLE = ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]


@given(NASTY)
@example("a|b")
@example("<img src=x onerror=y>")
@example("[a](b) ![a](b) `c` **d** ~~e~~ <http://f>")
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    parser = _shown(escape.markdown(text))
    assert parser.tags == TABLE
    cell, end = parser.cells
    wanted = escape.visible(text.replace("\n", " ")).strip()
    assert cell.replace("\u200b", "").strip() == wanted
    assert end.strip() == "end"


@given(NASTY)
@example("a|b`c")
@example(" a")
def test_a_code_span_shows_the_text_and_nothing_else(text: str) -> None:
    parser = _shown(escape.code(text))
    assert parser.tags == [*TABLE[:-1], "code", "td"]
    cell = parser.cells[0].replace("\u200b", "")
    assert cell.strip() == escape.terminal(text).strip()


@pytest.mark.parametrize("escaped", [escape.markdown, escape.entities])
@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        pytest.param("ask @acme/team", r"@\w", id="nobody is mentioned"),
        pytest.param("to a@b.cd", r"@\w", id="no mail is sent"),
        pytest.param("fixes #12", r"#\d", id="no issue is closed or linked"),
    ],
)
def test_github_finds_no_word_of_its_own_in_the_rendered_text(
    escaped: Callable[[str], str], text: str, trigger: str
) -> None:
    assert re.search(trigger, text)
    assert not re.search(trigger, html.unescape(escaped(text)))


@pytest.mark.parametrize("escaped", [escape.markdown, escape.entities])
@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        pytest.param("see http://x.y", "http:", id="with a scheme"),
        pytest.param("see WWW.x.y", r"WWW\.", id="without a scheme"),
    ],
)
def test_github_finds_no_address_in_the_source(
    escaped: Callable[[str], str], text: str, trigger: str
) -> None:
    assert re.search(trigger, text)
    assert not re.search(trigger, escaped(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a plain sentence, of words.", None, id="words"),
        pytest.param("1,204,331 rows; 31 h ago", None, id="numbers"),
        pytest.param("main at 3f2a91c, 2027-01-31", None, id="a date"),
        pytest.param("- item", r"\- item", id="a list"),
        pytest.param("<!-- a", "&lt;!-- a", id="a comment that never ends"),
        pytest.param("$x$", r"\$x\$", id="a formula"),
        pytest.param("1. item", r"1\. item", id="a numbered list"),
        pytest.param("===", r"\===", id="a line under a heading"),
    ],
)
def test_markdown_of(text: str, shown: str | None) -> None:
    assert escape.markdown(text) == (text if shown is None else shown)


@given(NASTY.map(lambda t: t.encode("utf-8", "replace").decode()))
def test_a_path_comes_back_from_its_uri(path: str) -> None:
    shown = escape.uri(path)
    assert unquote_to_bytes(shown) == path.encode()
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]*", shown)


def test_bytes_that_are_not_utf8_come_back_from_their_uri() -> None:
    assert escape.uri("caf\udce9:1") == "caf%E9%3A1"


@given(NASTY)
@example("\ufffd")
@example("\ufffddce9")
@example("\udce9")
def test_json_text_is_unicode_and_comes_back(text: str) -> None:
    shown = escape.to_json(text)
    shown.encode("utf-8")
    assert escape.from_json(shown) == text


@given(st.lists(NASTY))
@example(["##[error]x"])
@example(["#\u200b#[x]", "\U000e0041"])
def test_a_json_document_says_the_same_and_is_no_command(texts: list[str]) -> None:
    document = json.dumps([*map(escape.to_json, texts)], ensure_ascii=False, indent=1)
    shown = escape.json_source(document)
    assert json.loads(shown) == json.loads(document)
    assert commands(shown) == []
    assert not [c for c in shown if is_hidden(c) and c != "\n"]
