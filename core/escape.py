"""Escapes: text that we did not write, made harmless for the place where it is printed.

Paths, source lines, names and messages of a repository are data, and whoever opened the
pull request chose them. Each function below is for one place; none of them is for two.
"""

from __future__ import annotations

import re

# What cannot be seen, or changes what is seen: control characters (a terminal obeys
# them), bidirectional controls (they reorder a line), other format characters, variation
# selectors and tags (whole programs have been hidden in them), line and paragraph
# separators, lone surrogates (bytes that are not UTF-8). All of Unicode's Cc, Cf, Cs, Zl
# and Zp, and the rest of what may be ignored by default. The runner of GitHub Actions
# compares by culture, which skips such characters: ":\u200b:" is "::" to it.
# Compiled where it is used: that takes longer than many a report.
_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs: a line
# is a command where it begins with "::" after any blanks, or holds "##[" anywhere.
# "##vso[" and "##teamcity[" are the same trick on other machines.
_COMMAND = re.compile(r"(##\w*)\[")
_LEADING = re.compile(r"^(\s*:):")

_MARKUP = re.compile(r"[\\`*_\[\]|~$]|:(?=\S)")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BLOCK = re.compile(r"^(\d+)?(?(1)([.)])|([-+=]))")  # a list, a rule, a heading
# GitHub looks for these after the Markdown, so that a backslash does not end them.
_WORDS = re.compile(r"[@#]|www(?=\.)", re.IGNORECASE)
_BREAK = "&#8203;"  # a zero-width space: what is not one word is no mention

_ESCAPED = re.compile("[\ud800-\udfff\ufffd]")
_UNESCAPED = re.compile("\ufffd([0-9a-f]{4})")


def _name(match: re.Match[str]) -> str:
    """`\\xNN` or `\\uNNNN`, as Python writes it; for a byte that is not UTF-8, `\\xNN`."""
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if match[0] in "\t\n\r":
        return {"\t": r"\t", "\n": r"\n", "\r": r"\r"}[match[0]]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """`text` on one line, with what cannot be seen written out: `\\x1b`, `\\u202e`.

    The result of a prefix is a prefix of the result, so columns can be counted.
    """
    return re.sub(_HIDDEN, _name, text)


def no_command(line: str) -> str:
    """A finished line that no runner takes for a command, whatever it was made of."""
    return _LEADING.sub(r"\1\\x3a", _COMMAND.sub(r"\1\\x5b", line))


def terminal(text: str) -> str:
    """`text` for one line of a terminal or a log."""
    return no_command(visible(text))


def printed(text: str) -> str:
    """`text` of several lines for a terminal or a log; its line feeds are kept."""
    return "\n".join(terminal(line) for line in text.split("\n"))


def command_data(text: str) -> str:
    """`text` as what a workflow command says, after its second `::`."""
    data = printed(text).replace("%", "%25")
    return data.replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """`text` as the value of a workflow command's property: `file=`, `title=`."""
    return command_data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def markdown(text: str) -> str:
    """`text` as Markdown that shows just that: no markup, HTML, link, image, mention.

    It stays on one line and may stand in a table.
    """
    shown = visible(text.replace("\n", " ")).strip()
    shown = _BLOCK.sub(r"\1\\\2\3", _MARKUP.sub(r"\\\g<0>", shown))
    shown = re.sub("[&<>]", lambda found: _HTML[found[0]], shown)
    return _WORDS.sub(rf"\g<0>{_BREAK}", shown)


def code(text: str) -> str:
    """`text` as a Markdown code span that may stand in a table."""
    shown = terminal(text)
    if shown and not re.search(r"[`|]|^\s|\s$", shown):
        return f"`{shown}`"
    # A code span cannot hold a pipe in a table, nor begin with a blank.
    return f"<code>{entities(shown)}</code>"


def entities(text: str) -> str:
    """`text` for the inside of an HTML tag within Markdown: entities are no markup."""
    shown = re.sub(r"[^\w /]|_", lambda found: f"&#{ord(found[0])};", terminal(text))
    return re.sub("&#(35|64);", rf"\g<0>{_BREAK}", shown)


def uri(path: str) -> str:
    """A path of a repository as a relative URI reference, percent-encoded by its bytes."""
    from urllib.parse import quote

    # Only the surrogates that stand for a byte can come from git.
    known = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", path)
    return quote(known.encode("utf-8", "surrogateescape"), safe="/")


def json_source(document: str) -> str:
    """A JSON document that says the same, safe for terminals and logs.

    Only its strings can hold what is escaped here, apart from line feeds, which stay.
    """
    lines = (
        # Most lines can be told in one look.
        line
        if line.isascii() and line.isprintable()
        else re.sub(_HIDDEN, _json_name, line)
        for line in document.split("\n")
    )
    return _COMMAND.sub(r"\1\\u005b", "\n".join(lines))


def _json_name(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def to_json(text: str) -> str:
    """`text` without lone surrogates, which JSON readers refuse or lose.

    Each becomes U+FFFD and the four hexadecimal digits of its code point: the byte 0xE9
    that is not UTF-8 is `\\ufffd` `dce9`. U+FFFD itself is `\\ufffd` `fffd`.
    """
    return _ESCAPED.sub(lambda found: f"\ufffd{ord(found[0]):04x}", text)


def from_json(text: str) -> str:
    """The inverse of `to_json`."""
    return _UNESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
