"""Findings and reports to be written, and a strategy that makes any of them."""

from __future__ import annotations

import io

from hypothesis import strategies as st

from backout.core import formats
from backout.core.finding import Excerpt, Finding, Place, Severity
from backout.core.formats import PLAIN, Style
from backout.core.report import (
    Demand,
    PolicySource,
    Report,
    Section,
    WaiverInForce,
)

POLICY = PolicySource("backout.yaml", "main at 3f2a91c")

# A use of a legacy class, and the warning that a test uses it too.
USE = Finding(
    "forbidden-symbol",
    Severity.ERROR,
    Place("src/services/container.py", 126, 16, 126, 38),
    "V1 is gone since phase 1 of v1-elimination.",
    "Use services.v2.DefinitionService.",
    symbol="services.v1.DefinitionOrchestrator",
    migration="v1-elimination",
    phase="1",
    related=((Place("src/services/container.py", 13, 1, 13, 40), "imported here"),),
    excerpt=Excerpt(
        125,
        (
            "        config = config or {}",
            "        return DefinitionOrchestrator(config)",
        ),
    ),
)
TEST_USE = Finding(
    "forbidden-symbol",
    Severity.WARNING,
    Place("tests/test_container.py"),
    "A test still needs V1.",
)
# One that lets findings pass, one that nothing needs, one in a comment.
WAIVERS = (
    WaiverInForce(
        "forbidden-symbol", "2027-01-31", "@acme/core", "Billing moves last",
        path="src/billing/**", symbol="services.v1.Ledger", findings=2,
    ),
    WaiverInForce("plan-missing", "2027-01-31", "@acme/core", "Being written"),
    WaiverInForce(
        "legacy-removed", "2027-01-31", "a.py:3", "Moved", "a.py", findings=1, inline=True
    ),
)  # fmt: skip
WAIVED = (
    "Waived until 2027-01-31: 2 of forbidden-symbol services.v1.Ledger in "
    "src/billing/**. @acme/core answers for it: Billing moves last"
)


def report(*findings: Finding) -> Report:
    """What a run over two files says."""
    return Report("2 changed files", POLICY, findings)


def written(name: str, report: Report, style: Style = PLAIN) -> str:
    """`report` in the format `name`."""
    out = io.StringIO()
    formats.write(name, report, out, style)
    return out.getvalue()


_PARTS = ["::", "::error::x", "##[", "]", "|", "`", "<b>", "@you", "%", "{0}", "a"]
_HIDDEN = [*" \n\r\t\u200b\x1b\udcff\ufffd\u202e"]
TEXT = st.text(st.characters(), max_size=20) | st.lists(
    st.sampled_from([*_PARTS, *_HIDDEN]), max_size=6
).map("".join)
_NUMBER = st.integers(0, 5)
PLACES = st.builds(Place, TEXT, _NUMBER, _NUMBER, _NUMBER, _NUMBER)
FINDINGS = st.builds(
    Finding,
    rule=st.one_of(st.just("forbidden-symbol"), TEXT),
    severity=st.sampled_from(Severity),
    place=PLACES,
    message=TEXT,
    help=TEXT,
    symbol=TEXT,
    migration=TEXT,
    phase=TEXT,
    related=st.lists(st.tuples(PLACES, TEXT), max_size=2).map(tuple),
    excerpt=st.none()
    | st.builds(
        Excerpt,
        st.integers(1, 5),
        st.lists(TEXT, max_size=3).map(tuple),
        st.integers(1, 3),
    ),
)
_DEMANDS = st.builds(
    Demand, TEXT, st.sampled_from(["met", "unmet", "unknown"]), TEXT, TEXT
)
_SECTIONS = st.builds(
    Section,
    TEXT,
    TEXT,
    TEXT,
    st.lists(TEXT, max_size=2, unique=True).map(lambda traits: tuple(sorted(traits))),
    _NUMBER,
    st.lists(_DEMANDS, max_size=2).map(tuple),
)
_WAIVERS = st.builds(
    WaiverInForce, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, _NUMBER, st.booleans()
)
_TEXTS = st.lists(TEXT, max_size=2).map(tuple)
REPORTS = st.builds(
    Report,
    judged=TEXT,
    policy=st.builds(PolicySource, TEXT, TEXT, TEXT),
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
    notes=_TEXTS,
    undecided=_TEXTS,
    sections=st.lists(_SECTIONS, max_size=2).map(tuple),
    waivers=st.lists(_WAIVERS, max_size=2).map(tuple),
)
