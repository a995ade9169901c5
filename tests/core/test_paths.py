"""Which paths a policy means."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backout.core.paths import GlobError, check_glob, exactly, matcher, scope_of
from backout.core.policy import Policy

MEANT = [
    ("**", "a/b/c.py", "every file"),
    ("**", "a", "every file, at the top too"),
    ("/**", "a/b", "every file, from the top"),
    ("src/a.py", "src/a.py", "a file by its name"),
    ("./src/a.py", "src/a.py", "a file by its name from here"),
    ("src", "src/a/b.py", "a bare folder with all beneath it"),
    ("src/", "src/a/b.py", "a folder with all beneath it"),
    ("src/**", "src/a/b.py", "all beneath a folder"),
    ("src/**/", "src/a/b.py", "all beneath a folder of a folder"),
    ("src/*.py", "src/a.py", "a star within a name"),
    ("src/*", "src/a/b.py", "a folder that a star names"),
    ("src/*/b.py", "src/a/b.py", "a star for one folder"),
    ("src/a*b*c.py", "src/axbxc.py", "two stars within a name"),
    ("src/*a*a", "src/baa", "stars that share a letter"),
    ("src/*aa", "src/aaa", "a star before a repeated end"),
    ("src/**/b.py", "src/b.py", "two stars for no folder"),
    ("src/**/b.py", "src/x/y/b.py", "two stars for two folders"),
    ("a/**/b/**/c", "a/x/b/y/b/c", "two runs of folders"),
    ("**/b/c", "a/b/b/c", "a run of folders that begins twice"),
    ("**/build", "a/build/x", "a folder at any depth with all beneath it"),
    ("**/build/", "a/build/b/build/x", "a folder within itself"),
    ("*.md", "docs/a.md", "a wildcard alone, at any depth"),
    ("test_?.py", "a/test_1.py", "one character"),
    ("/*.md", "a.md", "a wildcard at the top"),
    ("v[12]/a", "v2/a", "one of a set"),
    ("v[!12]/a", "v3/a", "none of a set"),
    ("v[^12]/a", "v3/a", "none of a set, the other way"),
    ("v[0-9a-c]", "vb", "one of two ranges"),
    ("a[]]", "a]", "a closing bracket in a set"),
    ("a[[]b", "a[b", "an opening bracket in a set"),
    ("a[-&~|]", "a&", "signs that a regular expression would read"),
    ("a.b+c(d)", "a.b+c(d)", "signs of regular expressions"),
    ("{{ name }}/a", "{{ name }}/a", "a template's folder"),
    ("src/\N{SNOWMAN}*", "src/\N{SNOWMAN}.py", "a name beyond ASCII"),
    ("src/*.py", "src/a\nb.py", "a name with a line end"),
    ("src/*.py", "src/\udcff.py", "a name that is not UTF-8"),
    ("a b/!c", "a b/!c", "a mark within a name"),
]
NOT_MEANT = [
    ("src/a.py", "src/a.pyc", "a longer name"),
    ("src/a.py", "lib/src/a.py", "the same path deeper"),
    ("setup.py", "a/setup.py", "a plain name deeper"),
    ("src", "src2/a.py", "a folder of a longer name"),
    ("src/", "src", "a file where a folder is meant"),
    ("src/**", "src", "a file where what lies beneath is meant"),
    ("src/*.py", "src/a/b.py", "a star does not cross a slash"),
    ("src/a?b", "src/a/b", "one character is not a slash"),
    ("src/a[!b]c", "src/a/c", "a set taken away does not hold the slash"),
    ("src/a[+-9]c", "src/a/c", "a range does not hold the slash"),
    ("src/*/b.py", "src/b.py", "a star is one folder"),
    ("src/**/b.py", "lib/b.py", "another top"),
    ("/*.md", "docs/a.md", "a wildcard at the top only"),
    ("src/*a", "src/ab", "a star's end must be the name's"),
    ("src/a.py", "src/axpy", "a dot is a dot"),
    ("SRC", "src/a", "case differs"),
    ("**/build/", "a/build", "a file where a folder at any depth is meant"),
    ("a/**/b/**/c", "a/b/x", "the last part is missing"),
]


@pytest.mark.parametrize(
    ("glob", "path"), [c[:2] for c in MEANT], ids=[c[2] for c in MEANT]
)
def test_meant(glob: str, path: str) -> None:
    assert matcher([glob])(path)
    assert matcher(["other", glob])(path)


@pytest.mark.parametrize(
    ("glob", "path"), [c[:2] for c in NOT_MEANT], ids=[c[2] for c in NOT_MEANT]
)
def test_not_meant(glob: str, path: str) -> None:
    assert not matcher([glob])(path)


def test_no_globs_mean_no_path() -> None:
    assert not matcher([])("a")


REFUSED = [
    ("!a", "begins with !, and nothing can be taken out of a list of globs"),
    ("a\\b", "holds a backslash: write / between folders, and [*] for a star"),
    ("{a,b}/c", "holds {...,...}, which is not read: write one glob for each"),
    ("", 'names nothing: "**" is every file'),
    ("/", 'names nothing: "**" is every file'),
    ("./", 'names nothing: "**" is every file'),
    ("a//b", "holds an empty name: two slashes in a row"),
    ("../a", "holds . or ..: paths count from the repository's top"),
    ("a/./b", "holds . or ..: paths count from the repository's top"),
    ("src/**.py", "holds ** within a name: it stands alone between slashes"),
    ("a[b", "has a [ that is never closed: [[] is the sign"),
    ("a[]", "has a [ that is never closed: [[] is the sign"),
    ("a[z-a]", "has an empty range z-a"),
]


@pytest.mark.parametrize(("glob", "why"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_glob_that_would_match_nothing_is_refused(glob: str, why: str) -> None:
    with pytest.raises(GlobError) as caught:
        matcher([glob])
    assert str(caught.value) == f'the glob "{glob}" {why}'
    with pytest.raises(GlobError, match=re.escape(str(caught.value))):
        check_glob(glob)


def test_what_a_refused_glob_hides_is_shown() -> None:
    with pytest.raises(GlobError) as caught:
        matcher(["!a\n\x1b[2J\u202e"])
    assert str(caught.value).startswith(r'the glob "!a\n\x1b[2J\u202e" begins with !')


SCOPES = [
    ("src/a.py", "source"),
    ("a.py", "source"),
    ("src/app/docs/views.py", "source"),
    ("src/app/tools/x.py", "source"),
    ("tests/a.py", "tests"),
    ("src/app/tests/a.py", "tests"),
    ("src/test_a.py", "tests"),
    ("src/a_test.py", "tests"),
    ("conftest.py", "tests"),
    ("scripts/a.py", "scripts"),
    ("tools/a.py", "scripts"),
    ("docs/conf.py", "docs"),
    ("README.md", "docs"),
    ("tests/README.rst", "docs"),
]


@pytest.mark.parametrize(("path", "scope"), SCOPES)
def test_scope_by_usual_names(path: str, scope: str) -> None:
    assert scope_of(path, Policy(version=1)) == scope


def test_what_the_policy_says_of_a_scope_replaces_its_usual_names() -> None:
    policy = Policy(version=1, scopes={"tests": ("qa/",), "source": ("docs/app/",)})
    assert scope_of("qa/a.py", policy) == "tests"
    assert scope_of("tests/a.py", policy) == "source"
    assert scope_of("docs/app/a.py", policy) == "source"
    assert scope_of("docs/b.py", policy) == "docs"


HOSTILE = [
    "/".join(["*a*a*a*a*a*a*"] * 8) + "b",
    "**/a/" * 30 + "b",
    "**/*a*a*a*a*b/" * 30 + "c",
    "a" + "*?" * 40 + "b",
]


@pytest.mark.parametrize("glob", HOSTILE)
def test_a_hostile_glob_takes_no_longer_than_another(glob: str) -> None:
    began = time.process_time()
    assert not matcher([glob])("/".join(["a" * 100] * 40))
    assert not matcher([glob])("a/" * 2000 + "c")
    assert time.process_time() - began < 1


def slow(glob: str, path: str) -> bool:
    """The same rules, written to be read: names matched one by one, by recursion."""
    folder = glob.endswith("/")
    parts = glob.strip("/").split("/")
    if len(parts) == 1 and not glob.startswith("/") and set("*?") & set(glob):
        parts.insert(0, "**")

    def name(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(name(pattern[1:], text[i:]) for i in range(len(text) + 1))
        return (
            bool(text) and pattern[0] in ("?", text[0]) and name(pattern[1:], text[1:])
        )

    def names(patterns: list[str], texts: list[str]) -> bool:
        if not patterns:
            return bool(texts) if folder or parts[-1] == "**" else True
        if patterns[0] == "**":
            return any(names(patterns[1:], texts[i:]) for i in range(len(texts) + 1))
        return (
            bool(texts)
            and name(patterns[0], texts[0])
            and names(patterns[1:], texts[1:])
        )

    return names(parts, path.split("/"))


PIECE = st.sampled_from(["**", "*", "a", "b", "a*", "*a", "?", "*a*b", "ab", "a*a"])


def glob_of(start: str, parts: list[str], end: str) -> str:
    return start + "/".join(parts) + end


GLOB = st.builds(
    glob_of,
    st.sampled_from(["", "/"]),
    st.lists(PIECE, min_size=1, max_size=5),
    st.sampled_from(["", "/"]),
)
PATH = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5)


@given(GLOB, PATH)
def test_it_agrees_with_a_plain_reading(glob: str, path: list[str]) -> None:
    assert matcher([glob])("/".join(path)) == slow(glob, "/".join(path))


@given(st.text(), st.text())
def test_any_text_is_a_glob_or_refused(glob: str, path: str) -> None:
    try:
        check_glob(glob)
    except GlobError:
        return
    matcher([glob])(path)


_PATHS = st.lists(
    st.text(st.sampled_from("ab*?[]!{},-^."), min_size=1, max_size=5).filter(
        lambda name: name not in (".", "..")
    ),
    min_size=1,
    max_size=3,
).map("/".join)


@given(_PATHS, _PATHS)
@example("{a,b}", "[{]a,b}")
def test_a_path_has_a_glob_of_its_own(path: str, other: str) -> None:
    means = matcher([exactly(path)])
    assert means(path)
    assert means(f"{path}/beneath")
    assert means(other) == (other == path or other.startswith(f"{path}/"))


def test_an_ordinary_path_is_its_own_glob() -> None:
    assert exactly("src/a-b_c.py") == "src/a-b_c.py"
    assert matcher([exactly("a\\b")])("a\\b")
