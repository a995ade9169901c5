"""Reading Markdown: every block with its true line."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.checks.plans.document import Plan
from backout.checks.plans.reading import MAX_BYTES, Unreadable, read


def plan(text: str) -> Plan:
    return read("plan.md", text.encode())


def test_blocks_know_the_lines_they_stand_on() -> None:
    read_ = plan(
        "---\n"
        "owner: ada\n"
        "---\n"
        "# Way back\n"
        "1. Stop\n"
        "   ```Bash title=x\n"
        "   systemctl stop shop\n"
        "   ```\n"
        "2. [x] Tell `@ada`\n"
        "\n"
        "| who | how |\n"
        "|---|---|\n"
        "| ada | phone |\n"
        "<!-- later -->\n"
    )
    assert read_.front == {"owner": "ada"}
    (code,) = read_.codes
    assert (code.language, code.line, code.text) == ("bash", 7, "systemctl stop shop")
    assert code.place("plan.md", 0, 0, 0, 9).column == 4
    assert code.lead is not None
    assert code.lead.text == "Stop"
    items = [(t.text, t.line, t.ordered, t.checked) for t in read_.texts]
    assert items == [("Stop", 5, True, None), ("Tell `@ada`", 9, True, True)]
    (span,) = read_.spans
    assert (span.code, span.line, span.column) == ("@ada", 9, 14)
    (table,) = read_.tables
    assert (table.header, table.line) == (("who", "how"), 11)
    assert [(row.line, row.cells) for row in table.rows] == [(13, ("ada", "phone"))]
    assert [(c.text, c.line) for c in read_.comments] == [("later", 14)]


def test_sections_end_where_the_next_one_begins() -> None:
    read_ = plan("# A\n## B\ntext\n### C\n## D\n")
    assert [(s.title, s.line, s.end_line, s.trail) for s in read_.sections[1:]] == [
        ("A", 1, 7, "A"),
        ("B", 2, 5, "A / B"),
        ("C", 4, 5, "A / B / C"),
        ("D", 5, 7, "A / D"),
    ]


@pytest.mark.parametrize(
    ("title", "phases"),
    [
        pytest.param("Overview", (), id="no phase"),
        pytest.param("Phase 7: High Risk", ("7",), id="one phase"),
        pytest.param("Phase 1-3: Low Risk", ("1", "2", "3"), id="a range"),
        pytest.param("Stage 5–6", ("5", "6"), id="a range with a dash"),
        pytest.param("Étape 2.", ("2",), id="another language"),
        pytest.param("Phase P3.5", ("P3.5",), id="an id with a letter"),
        pytest.param("Phase 1-999999999", ("1", "999999999"), id="a hostile range"),
    ],
)
def test_a_heading_names_its_phases(title: str, phases: tuple[str, ...]) -> None:
    assert plan(f"## {title}\n").sections[-1].phases == phases


def test_what_a_markdown_block_holds_is_read_in_place() -> None:
    read_ = plan(
        "# Procedure\n```markdown\n## Steps\n1. Stop\n   ```bash\n   halt\n   ```\n"
        "## Template\n```\n# After\n"
    )
    assert [(s.title, s.level, s.quoted) for s in read_.sections[1:]] == [
        ("Procedure", 1, False),
        ("Steps", 3, True),
        ("Template", 3, True),
        ("After", 1, False),
    ]
    assert [(c.language, c.line) for c in read_.codes] == [("bash", 6)]
    (nested,) = read_.nested
    assert (nested.line, nested.inner, nested.closes, nested.meant) == (2, 5, 7, 9)


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        pytest.param(b"# A\n\xff\xfe", 2, "UTF-8", id="not UTF-8"),
        pytest.param(b"a\nb\0", 2, "NUL", id="binary"),
        pytest.param(b"x" * (MAX_BYTES + 1), 0, "bytes", id="huge"),
        pytest.param(b">" * 500 + b"a", 1, "nested", id="quotes in quotes"),
        pytest.param(b"- " * 500 + b"a", 1, "nested", id="lists in lists"),
    ],
)
def test_what_is_no_plan_is_refused(content: bytes, line: int, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as caught:
        read("plan.md", content)
    assert caught.value.line == line


def test_front_matter_that_is_not_yaml_is_a_problem_with_a_line() -> None:
    read_ = plan("---\na: [1\n---\n# A\n")
    assert read_.problems == [(2, "the front matter is not YAML")]
    assert read_.front is None


@given(st.text(alphabet="`~#-*>|[]<!x1. \n\t$()'\"é", max_size=200))
def test_whatever_is_read_every_block_lies_in_the_file(text: str) -> None:
    try:
        read_ = plan(text)
    except Unreadable:
        return
    last = len(read_.lines)
    for code in read_.codes:
        for row, body in enumerate(code.text.split("\n") if code.offsets else []):
            assert code.line + row <= last
            assert body.strip() in read_.lines[code.line + row - 1]
    for section in read_.sections[1:]:
        assert 1 <= section.line < section.end_line <= last + 1
    for span in read_.spans:
        assert read_.lines[span.line - 1][span.column - 1 :].startswith(span.code)


@pytest.mark.parametrize(
    "piece", ["`" * 3 + "\n", "` ", "``", "> ", "[a](", "<!--", "|a|b|\n|-|-|\n", "* "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    with contextlib.suppress(Unreadable):
        assert plan(text).spans is not None
    assert time.process_time() - start < 5
