"""Reading `backout.yaml`: policies that load, and every problem at its place."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from backout.core.escape import visible
from backout.core.policy import Policy, document
from backout.core.policy.document import Raw
from backout.core.policy.shape import PATTERNS, misshapen
from backout.core.policy_file import PolicyError, Problem, read_policy

HEAD = "version: 1\nmigrations:\n  m:\n"


def problems(text: str | bytes) -> str:
    """What reading says, each problem on its line, without the file's name."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(PolicyError) as caught:
        read_policy(data, "p")
    assert str(caught.value).count("\n") + 1 == len(caught.value.problems)
    return re.sub(r"(?m)^p:([0-9:]+) +", r"\1 ", str(caught.value))


def phases(*items: str) -> str:
    """A policy whose one migration has these phases, from line 5 on."""
    return HEAD + "    phases:\n" + "".join(f"    - {item}\n" for item in items)


def field(text: str) -> str:
    """A policy whose one migration has this field, at line 4 from column 5 on."""
    return f"{HEAD}    {text}\n"


LOADS: dict[str, str | bytes] = {
    "nothing but the version": "version: 1\n",
    "a byte order mark": b"\xef\xbb\xbfversion: 1\n",
    "Windows line ends": "version: 1\r\nowners: ['@a']\r\n",
    "a comment before and a document's marks": "# c\n---\nversion: 1\n...\n",
    "JSON": '{"version": 1, "owners": ["@a/b"]}',
    "an anchor that no alias uses": "version: &one 1\n",
    "the tags that change nothing": "version: !!int 1\nowners: !!seq [!!str '@a']\n",
    "a migration without a field": "version: 1\nmigrations: {m: {}}\n",
    "a field that holds nothing, where nothing is allowed": field("plan:"),
    "names beyond ASCII": field("title: Ünïted ☃ 𝔘"),
    "two phases whose files are apart": phases(
        "{id: a, paths: [src/a/**, x/*.py]}", "{id: b, paths: [src/b/**, x/*.sql]}"
    ),
    "one phase that names a file twice": phases("{id: a, paths: [src, src/a.py]}"),
    "a diamond of phases": phases(
        "{id: a}",
        "{id: b, after: [a]}",
        "{id: c, after: [a]}",
        "{id: d, after: [b, c]}",
    ),
    "a trigger of something seen": (
        "version: 1\nseverities: {P0: {action: revert}}\n"
        "triggers: [{when: it crashes, severity: P0}]\n"
    ),
    "a decision tree": (
        "version: 1\nseverities: {P0: {action: revert}}\ndecision-tree:\n"
        "  a: {ask: 'Blocked?', answers: {yes: {severity: P0, level: flag}, no: {ask: b}}}\n"
        "  b: {ask: 'Wrong?', answers: {yes: {action: revert}, no: {action: investigate}}}\n"
    ),
    "contacts of every kind": (
        "version: 1\ncontacts: {a: '@a', b: '@o/t', c: a@b.example, d: '+49 30 1234',\n"
        "  e: '#channel', f: 'https://x.example/y', g: 'slack://c'}\nescalation: [a, b]\n"
    ),
    "branches and baselines": field(
        "baseline: refs/tags/v1.0\n    branch: hot/{date}-{migration}"
    ),
}


@pytest.mark.parametrize("text", LOADS.values(), ids=LOADS)
def test_it_loads(text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    assert read_policy(data, "p").version == 1


# Words that YAML 1.1 turns into something else: here they stay what is written.
@pytest.mark.parametrize(
    "word",
    [
        "on",
        "off",
        "yes",
        "no",
        "y",
        "true",
        "False",
        "0",
        "1",
        "0o7",
        "010",
        "1_0",
        "1.0",
        "1e3",
        ".inf",
        "2027-01-31",
        "12:30:45",
        "=",
        "<<",
    ],
)
def test_a_value_stays_the_text_that_is_written(word: str) -> None:
    text = field(f"flags: [{{env: {word}, legacy: {word}, new: '{word} '}}]")
    text = text.replace(f"env: {word}", "env: E")
    flag = read_policy(text.encode(), "p").migrations["m"].flags[0]
    assert (flag.legacy, flag.new) == (word, f"{word} ")


def test_ids_may_be_numbers() -> None:
    text = phases("{id: 11}", "{id: 012, after: [11]}", "{id: 1.0, after: [012]}")
    policy = read_policy(text.encode(), "p")
    assert [(p.id, p.after) for p in policy.migrations["m"].phases] == [
        ("11", ()),
        ("012", ("11",)),
        ("1.0", ("012",)),
    ]
    assert policy.migrations["m"].id == "m"


TREE = "version: 1\ndecision-tree:\n  a: "
NOT_YAML: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "1:1 is empty: it begins with `version: 1`"),
    "a comment alone": ("# c\n", "1:1 is empty: it begins with `version: 1`"),
    "Latin-1": (
        "version: 1\n# ä".encode("latin-1"),
        "2:3 byte 0xe4 is not UTF-8: save the file as UTF-8",
    ),
    "UTF-16": (
        "version: 1".encode("utf-16"),
        "1:1 byte 0xff is not UTF-8: save the file as UTF-8",
    ),
    "bytes after wide characters": (
        "\ufeff# ☃☃".encode() + b"\xff",
        "1:5 byte 0xff is not UTF-8: save the file as UTF-8",
    ),
    "a control character": (
        "version: 1\r\n# \x1b[2J",
        "2:3 the character U+001B may not be in a YAML file",
    ),
    "a null byte": (b"\0", "1:1 the character U+0000 may not be in a YAML file"),
    "a tab for an indent": (
        "version: 1\nmigrations:\n\tm: {}\n",
        "3:1 a tab: YAML is indented with blanks",
    ),
    "a tab after blanks": (
        "version: 1\nmigrations:\n  m:\n  \ttitle: x\n",
        "4:3 a tab: YAML is indented with blanks",
    ),
    "two documents": (
        "version: 1\n---\nversion: 1\n",
        "2:1 a second document begins here: a policy is one",
    ),
    "an alias of nothing": (
        "version: *a\n",
        "1:10 an alias of nothing; policies are read without aliases: write it out",
    ),
    "a colon in plain text": (
        "version: 1\nowners: a: b\n",
        "2:10 a colon here would begin a field: quote the value that holds it",
    ),
    "a bracket that is never closed": (
        "version: 1\nowners: [a\n",
        "3:1 is not YAML: did not find expected ',' or ']' "
        "(while parsing a flow sequence of line 2)",
    ),
    "a handle without quotes": (
        "owners: [@a]\n",
        "1:10 is not YAML: found character that cannot start any token "
        "(while scanning for the next token of line 1)",
    ),
    "too large": (
        b"#" * ((1 << 20) + 1),
        "1:1 is 1,048,577 bytes long; a policy has at most 1,048,576",
    ),
    "brackets that would end the process": (
        "[" * 1_000_000,
        "1:61 nested more than 60 deep: no field of a policy is",
    ),
    "dashes that would end the process": (
        "- " * 500_000,
        "1:121 nested more than 60 deep: no field of a policy is",
    ),
    "braces that are a little too deep": (
        "{a: " * 61 + "}" * 61,
        "1:1 version: is missing\n1:2 a: unknown field: here are version, owners, "
        "default-branch, release-branches, remote, source-roots, scopes, "
        "allowed-signers and 14 more\n1:241 nested more than 60 deep: no field of a "
        "policy is",
    ),
    "an alias": (
        "version: 1\nowners: &o ['@a']\nescalation: *o\n",
        "2:9 escalation: is an alias (*) of what stands here: write it out in both "
        "places",
    ),
    "a bomb of aliases": (
        "a: &a [x]\nb0: [*a, *a]\n",
        "1:1 a: unknown field: here are version, owners, default-branch, "
        "release-branches, remote, source-roots, scopes, allowed-signers and 14 more\n"
        "1:1 version: is missing\n"
        "1:4 b0[0]: is an alias (*) of what stands here: write it out in both places\n"
        "1:4 b0[1]: is an alias (*) of what stands here: write it out in both places\n"
        "2:1 b0: unknown field: here are version, owners, default-branch, "
        "release-branches, remote, source-roots, scopes, allowed-signers and 14 more",
    ),
    "an alias of itself": (
        "version: 1\nowners: &o [*o]\n",
        "2:9 owners[0]: is an alias (*) of what stands here: write it out in both "
        "places",
    ),
    "a tag of Python's": (
        "version: 1\nremote: !!python/name:os.system x\n",
        '2:9 remote: has the tag "!!python/name:os.system": policies are read without '
        "tags",
    ),
    "a tag on a mapping": (
        "version: 1\nmigrations: !x {}\n",
        '2:13 migrations: has the tag "!x": policies are read without tags',
    ),
    "a tag on a list": (
        "version: 1\nowners: !!set ['@a']\n",
        '2:9 owners: has the tag "!!set": policies are read without tags',
    ),
    "a key that is a list": (
        "version: 1\n? [a]\n: b\n",
        "2:3 has a key that is not a name",
    ),
    "a key twice": (
        field("title: a\n    plan: x.md\n    title: b"),
        "6:5 migrations.m.title: is given twice, first at line 4",
    ),
    "a migration twice": (
        "version: 1\nmigrations:\n  m: {}\n  n: {}\n  m: {}\n",
        "5:3 migrations.m: is given twice, first at line 3",
    ),
}
SHAPE: dict[str, tuple[str, str]] = {
    "a list for the whole": (
        "- version: 1\n",
        "1:1 a list, but fields are meant: version, owners, default-branch, "
        "release-branches, remote, source-roots, scopes, allowed-signers and 14 more",
    ),
    "no version": ("owners: []\n", "1:1 version: is missing"),
    "another version": ("version: 2\n", '1:10 version: "2" is not 1'),
    "a version of nothing": ("version:\n", "1:9 version: holds nothing is not 1"),
    "an unknown field": (
        phases("{id: a, paht: [x]}"),
        "5:15 migrations.m.phases[0].paht: unknown field. Did you mean paths?",
    ),
    "a field with the wrong dash": (
        phases("{id: a, recovery_time: 1h}"),
        "5:15 migrations.m.phases[0].recovery_time: unknown field. Did you mean "
        "recovery-time?",
    ),
    "an unknown field like no other": (
        field("zzz: 1"),
        "4:5 migrations.m.zzz: unknown field: here are title, purpose, status, "
        "strategy, record, plan, documents, baseline and 12 more",
    ),
    "an id beside its key": (
        field("id: m"),
        "4:5 migrations.m.id: unknown field: here are title, purpose, status, "
        "strategy, record, plan, documents, baseline and 12 more",
    ),
    "a key with a line end": (
        'version: 1\n"a.b\\n\\e[2J": 1\n',
        '2:1 "a.b\\n\\x1b[2J": unknown field: here are version, owners, default-branch, '
        "release-branches, remote, source-roots, scopes, allowed-signers and 14 more",
    ),
    "a missing field": (
        phases("{title: x}"),
        "5:7 migrations.m.phases[0].id: is missing",
    ),
    "a word that is none of a choice": (
        phases("{id: a, risk: hihg}"),
        '5:21 migrations.m.phases[0].risk: "hihg" is not one of low, medium, high, '
        "critical. Did you mean high?",
    ),
    "a list for a word": (
        phases("{id: a, risk: [high]}"),
        "5:21 migrations.m.phases[0].risk: a list is not one of low, medium, high, "
        "critical",
    ),
    "text for a list": (
        phases("{id: a, paths: core/**}"),
        '5:22 migrations.m.phases[0].paths: "core/**", but a list is meant: write '
        '["core/**"]',
    ),
    "names for a list": (
        field("guards: {a: b}"),
        "4:13 migrations.m.guards: names with values, but a list is meant",
    ),
    "a list for names": (
        "version: 1\nmigrations: [m]\n",
        "2:13 migrations: a list, but names with values are meant",
    ),
    "text for fields": (
        phases("a"),
        '5:7 migrations.m.phases[0]: "a", but fields are meant: id, title, purpose, '
        "task, scope, kind, risk, impact and 28 more",
    ),
    "nothing for text": (
        phases("{id: ~}"),
        "5:12 migrations.m.phases[0].id: holds nothing, but text is meant",
    ),
    "a list for text": (
        field("title: [a]"),
        "4:12 migrations.m.title: a list, but text is meant",
    ),
    "empty text": (field("guards: ['']"), "4:14 migrations.m.guards[0]: is empty"),
    "text without end": (
        field(f"flags: [{{env: E, legacy: {'x' * 1001}, new: a}}]"),
        "4:30 migrations.m.flags[0].legacy: is longer than 1000 characters",
    ),
    "a word for true": (
        phases("{id: a, final: yes}"),
        '5:22 migrations.m.phases[0].final: "yes" is not true or false',
    ),
    "a list for true": (
        phases("{id: a, final: []}"),
        "5:22 migrations.m.phases[0].final: a list, but true or false is meant",
    ),
    "a word for a number": (
        phases("{id: a, rollout: [{percent: 5%}]}"),
        '5:35 migrations.m.phases[0].rollout[0].percent: "5%" is not a number',
    ),
    "too small a number": (
        phases("{id: a, rollout: [{percent: -1}]}"),
        '5:35 migrations.m.phases[0].rollout[0].percent: "-1" is less than 0',
    ),
    "too large a number": (
        phases("{id: a, rollout: [{percent: 101}]}"),
        '5:35 migrations.m.phases[0].rollout[0].percent: "101" is more than 100',
    ),
    "half a row": (
        phases("{id: a, data: {engine: redis, min-rows: 1.5}}"),
        '5:47 migrations.m.phases[0].data.min-rows: "1.5" is not a whole number',
    ),
    "a name that is no symbol": (
        field("forbid: [{symbol: a-b.C}]"),
        '4:23 migrations.m.forbid[0].symbol: "a-b.C" is not a dotted Python name',
    ),
    "a symbol with a line end": (
        field('forbid: [{symbol: "a.C\\n"}]'),
        '4:23 migrations.m.forbid[0].symbol: "a.C\\n" is not a dotted Python name',
    ),
    "a keyword with a dot": (
        field("forbid: [{keyword: a.b, of: c}]"),
        '4:24 migrations.m.forbid[0].keyword: "a.b" is not a Python name',
    ),
    "a duration in words": (
        field("window: 30 days"),
        '4:13 migrations.m.window: "30 days" is not a duration: write 30m, 24h or 7d',
    ),
    "a duration of nothing": (
        field("window: 0d"),
        '4:13 migrations.m.window: "0d" is not a duration: write 30m, 24h or 7d',
    ),
    "an id with a slash": (
        phases("{id: a/b}"),
        '5:12 migrations.m.phases[0].id: "a/b" is not an id: letters, digits, _ . and '
        "-, a letter or digit first",
    ),
    "a migration with a blank in its id": (
        "version: 1\nmigrations: {a b: {}}\n",
        '2:14 migrations."a b": "a b" is not an id: letters, digits, _ . and -, a '
        "letter or digit first",
    ),
    "a scope that is none": (
        "version: 1\nscopes: {test: [x]}\n",
        '2:10 scopes.test: "test" is not one of source, tests, scripts, docs. Did you '
        "mean tests?",
    ),
    "a commit that is none": (
        phases("{id: a, commits: ['12']}"),
        '5:25 migrations.m.phases[0].commits[0]: "12" is neither a commit (7 to 64 of '
        "0-9 and a-f), nor two with .. between, nor a pull request such as #412 "
        "(quote it)",
    ),
    "a date in words": (
        "version: 1\nwaivers: [{rule: a-b, until: soon, owner: me, reason: x}]\n",
        '2:30 waivers[0].until: "soon" is not a date: write 2027-01-31',
    ),
    "a rule in capitals": (
        "version: 1\nwaivers: [{rule: A, until: 2027-01-31, owner: me, reason: x}]\n",
        '2:18 waivers[0].rule: "A" is not a rule\'s name, such as forbidden-symbol',
    ),
}
MEANING: dict[str, tuple[str, str]] = {
    "an owner by a name": (
        "version: 1\nowners: [Ada]\n",
        '2:10 owners[0]: "Ada" is no owner: write @user, @organisation/team or a mail '
        "address",
    ),
    "a default branch that cannot be": (
        "version: 1\ndefault-branch: a..b\n",
        '2:17 default-branch: "a..b" holds .., which is a range and not one commit',
    ),
    "a remote that is an option": (
        "version: 1\nremote: --upload-pack=x\n",
        '2:9 remote: "--upload-pack=x" begins with -, so git would take it for an '
        "option",
    ),
    "a release branch that is a bad glob": (
        "version: 1\nrelease-branches: ['!x']\n",
        '2:20 release-branches[0]: the glob "!x" begins with !, and nothing can be '
        "taken out of a list of globs",
    ),
    "a source root above": (
        "version: 1\nsource-roots: [., ../x]\n",
        '2:19 source-roots[1]: "../x" leads out of the repository',
    ),
    "a source root of one machine": (
        "version: 1\nsource-roots: ['C:/x', /x, ~/x]\n",
        '2:16 source-roots[0]: "C:/x" is a place on one machine: count from the top\n'
        '2:24 source-roots[1]: "/x" is a place on one machine: count from the top\n'
        '2:28 source-roots[2]: "~/x" is a place on one machine: count from the top',
    ),
    "a scope with a bad glob": (
        "version: 1\nscopes: {tests: ['a//b']}\n",
        '2:18 scopes.tests[0]: the glob "a//b" holds an empty name: two slashes in a '
        "row",
    ),
    "signers outside": (
        "version: 1\nallowed-signers: a\\b\n",
        '2:18 allowed-signers: "a\\b" holds a backslash: write / between folders',
    ),
    "a contact nobody reaches": (
        "version: 1\ncontacts: {lead: '[contact]'}\n",
        '2:18 contacts.lead: "[contact]" reaches nobody: write a handle (@name), a '
        "mail address, a phone number, a channel (#name) or a URL",
    ),
    "an escalation to nobody": (
        "version: 1\ncontacts: {lead: '@a'}\nescalation: [laed]\n",
        '3:14 escalation[0]: "laed" is not among the contacts. Did you mean lead?',
    ),
    "a waiver until no day": (
        "version: 1\nwaivers: [{rule: a, until: 2027-02-30, owner: me, reason: x}]\n",
        '2:28 waivers[0].until: "2027-02-30" is not a day of the calendar',
    ),
    "a waiver for no reason": (
        "version: 1\n"
        "waivers: [{rule: a, until: 2027-02-28, owner: me, reason: ' ', path: '{a,b}'}]\n",
        "2:59 waivers[0].reason: is blank\n"
        '2:70 waivers[0].path: the glob "{a,b}" holds {...,...}, which is not read: '
        "write one glob for each",
    ),
    "a rehearsal on no day": (
        "version: 1\nrehearsal: {last: 2026-13-01}\n",
        '2:19 rehearsal.last: "2026-13-01" is not a day of the calendar',
    ),
    "a trigger of an unknown severity": (
        "version: 1\nseverities: {P0: {action: revert}}\n"
        "triggers: [{severity: P9, when: x}]\n",
        '3:23 triggers[0].severity: "P9" is not among the severities (P0)',
    ),
    "a trigger without severities": (
        "version: 1\ntriggers: [{severity: P0, when: x}]\n",
        '2:23 triggers[0].severity: "P0" is not among the severities (none)',
    ),
    "a trigger of nothing": (
        "version: 1\nseverities: {P0: {action: revert}}\ntriggers: [{severity: P0}]\n",
        "3:12 triggers[0]: names exactly one of metric and when",
    ),
    "a metric without a number": (
        "version: 1\nseverities: {P0: {action: revert}}\n"
        "triggers: [{severity: P0, metric: x}]\n",
        "3:12 triggers[0]: has a metric and no number: give above or below",
    ),
    "something seen with a number": (
        "version: 1\nseverities: {P0: {action: revert}}\n"
        "triggers: [{severity: P0, when: x, above: 1}]\n",
        "3:12 triggers[0]: has a number and no metric: when is for what is only seen",
    ),
    "a number that is none": (
        "version: 1\nseverities: {P0: {action: revert}}\n"
        "triggers: [{severity: P0, metric: x, above: nan}]\n",
        "3:45 triggers[0].above: is not a number that anything is above or below",
    ),
    "a metric nobody measures": (
        "version: 1\nseverities: {P0: {action: revert}}\nmetrics: {error_rate: {}}\n"
        "triggers: [{severity: P0, metric: error_rat, above: 1}]\n",
        '4:35 triggers[0].metric: "error_rat" is not among the metrics. Did you mean '
        "error_rate?",
    ),
    "a question without answers": (
        TREE + "{ask: x, answers: {}}\n",
        "3:24 decision-tree.a.answers: is empty: a question needs answers",
    ),
    "an answer that leads nowhere": (
        TREE + "{ask: x, answers: {yes: {}}}\n",
        "3:30 decision-tree.a.answers.yes: leads nowhere: give ask, action or severity",
    ),
    "an answer to no question": (
        TREE + "{ask: x, answers: {no: {ask: b}}}\n",
        '3:35 decision-tree.a.answers.no.ask: no question "b" in this tree',
    ),
    "questions in a circle": (
        TREE + "{ask: x, answers: {no: {ask: b}}}\n"
        "  b: {ask: y, answers: {no: {ask: a}}}\n",
        "3:6 decision-tree.a: asks in a circle: a > b > a",
    ),
    "a plan outside": (
        field("plan: ../x.md"),
        '4:11 migrations.m.plan: "../x.md" leads out of the repository',
    ),
    "a record with an empty part": (
        field("record: docs//x.md"),
        '4:13 migrations.m.record: "docs//x.md" is not the path of a file',
    ),
    "a baseline that moves": (
        field("baseline: HEAD~3"),
        '4:15 migrations.m.baseline: "HEAD~3" holds ~, ^ or :, which names a commit '
        "only from another one",
    ),
    "a branch with an unknown blank": (
        field("branch: 'r/{phse}'"),
        '4:13 migrations.m.branch: "{phse}" is not one of {migration}, {phase}, '
        "{date}. Did you mean phase?",
    ),
    "a branch with a format": (
        field("branch: 'r/{phase!r}'"),
        '4:13 migrations.m.branch: "{phase}" is not one of {migration}, {phase}, '
        "{date}. Did you mean phase?",
    ),
    "a branch with half a brace": (
        field("branch: 'r/{phase'"),
        '4:13 migrations.m.branch: "r/{phase" has a { or } without its other half',
    ),
    "a branch that no ref may be": (
        field("branch: 'r {phase}'"),
        '4:13 migrations.m.branch: "r x" holds a blank or a control character, which '
        "no ref may",
    ),
    "a flag of two kinds": (
        field("flags: [{env: E, file: f, legacy: a, new: b}]"),
        "4:13 migrations.m.flags[0]: names exactly one of env and file",
    ),
    "a file without its key": (
        field("flags: [{file: f.ini, legacy: a, new: b}]"),
        "4:13 migrations.m.flags[0]: has a file and no key",
    ),
    "a variable with a key": (
        field("flags: [{env: E, key: k, legacy: a, new: b}]"),
        "4:13 migrations.m.flags[0]: has a section or a key and no file to hold it",
    ),
    "a variable that cannot be": (
        field("flags: [{env: E=1, legacy: a, new: b}]"),
        '4:19 migrations.m.flags[0].env: "E=1" cannot be an environment variable',
    ),
    "a flag with one value": (
        field("flags: [{env: E, legacy: 1, new: '1'}]"),
        '4:38 migrations.m.flags[0].new: "1" is the legacy value too',
    ),
    "a flag until no phase": (
        field("flags: [{env: E, legacy: 0, new: 1, until-phase: 9}]"),
        '4:54 migrations.m.flags[0].until-phase: no phase "9" in this migration (it '
        "has none)",
    ),
    "nothing forbidden": (
        field("forbid: [{use: x}]"),
        "4:14 migrations.m.forbid[0]: names exactly one of symbol, module, keyword, "
        "flag, path; found none of them",
    ),
    "two things forbidden at once": (
        field("forbid: [{symbol: a.b, path: c}]"),
        "4:14 migrations.m.forbid[0]: names exactly one of symbol, module, keyword, "
        "flag, path; found symbol, path",
    ),
    "a keyword of nothing": (
        field("forbid: [{keyword: a}]"),
        "4:14 migrations.m.forbid[0]: has a keyword and no of: whose parameter is it?",
    ),
    "something of no keyword": (
        field("forbid: [{symbol: a.b, of: c}]"),
        "4:14 migrations.m.forbid[0]: has of and no keyword: which parameter of it?",
    ),
    "a ratchet of a path": (
        field("forbid: [{path: a, mode: ratchet}]"),
        "4:30 migrations.m.forbid[0].mode: a path is there or not: only uses can be a "
        "ratchet",
    ),
    "forbidden from no phase": (
        field("forbid: [{symbol: a.b, from-phase: '7'}]\n    phases: [{id: '77'}]"),
        '4:40 migrations.m.forbid[0].from-phase: no phase "7" in this migration (77). '
        "Did you mean 77?",
    ),
    "an exception that matches nothing": (
        field("forbid: [{symbol: a.b, except: ['!x']}]"),
        '4:37 migrations.m.forbid[0].except[0]: the glob "!x" begins with !, and '
        "nothing can be taken out of a list of globs",
    ),
    "nothing kept": (
        field("keep: [{paths: []}]"),
        "4:20 migrations.m.keep[0].paths: is empty: name what must stay",
    ),
    "kept until no phase": (
        field("keep: [{paths: [a], until-phase: b}]"),
        '4:38 migrations.m.keep[0].until-phase: no phase "b" in this migration (it has '
        "none)",
    ),
    "two phases of one id": (
        phases("{id: 7}", "{id: '7'}"),
        '6:12 migrations.m.phases[1].id: "7" is the id of phases[0] too',
    ),
    "a phase after none": (
        phases("{id: '7', after: ['77']}"),
        '5:25 migrations.m.phases[0].after[0]: no phase "77" in this migration (7). '
        "Did you mean 7?",
    ),
    "a phase after itself": (
        phases("{id: a, after: [a]}"),
        "5:22 migrations.m.phases[0].after: the order is a circle: a after a",
    ),
    "phases in a circle": (
        phases("{id: a, after: [c]}", "{id: b, after: [a]}", "{id: c, after: [b]}"),
        "5:22 migrations.m.phases[0].after: the order is a circle: a after c after b "
        "after a",
    ),
    "the same files in two phases": (
        phases("{id: a, paths: [core/]}", "{id: b, paths: [x, core/a.py]}"),
        '6:26 migrations.m.phases[1].paths[1]: "core/a.py" overlaps "core/" of phase '
        "a: a file belongs to one phase",
    ),
    "wildcards that meet": (
        phases("{id: a, paths: ['c/*/x*.py']}", "{id: b, paths: ['c/d/**/*y.py']}"),
        '6:23 migrations.m.phases[1].paths[0]: "c/d/**/*y.py" overlaps "c/*/x*.py" of '
        "phase a: a file belongs to one phase",
    ),
    "a severity of a phase that is none": (
        phases("{id: a, severity: P0}"),
        '5:25 migrations.m.phases[0].severity: "P0" is not among the severities (none)',
    ),
    "documents of one machine": (
        phases(
            "{id: a, documents: [/x.md], plan: /y.md, data: {engine: files, reverse: /z}}"
        ),
        '5:27 migrations.m.phases[0].documents[0]: "/x.md" is a place on one machine: '
        "count from the top\n"
        '5:41 migrations.m.phases[0].plan: "/y.md" is a place on one machine: count '
        "from the top\n"
        '5:79 migrations.m.phases[0].data.reverse: "/z" is a place on one machine: '
        "count from the top",
    ),
    "no rollback for no reason": (
        phases("{id: a, rollback: none}"),
        "5:25 migrations.m.phases[0].rollback: none needs because: why is that enough?",
    ),
    "a rollback by a flag that is not there": (
        phases("{id: a, rollback: flag, because: parallel}"),
        "5:25 migrations.m.phases[0].rollback: is flag, and the migration has no flags",
    ),
    "a restore from nowhere": (
        phases("{id: a, rollback: restore}"),
        "5:25 migrations.m.phases[0].rollback: is restore, and the migration has no "
        "baseline",
    ),
    "slow before fast": (
        phases("{id: a, levels: [code, flag]}"),
        "5:23 migrations.m.phases[0].levels: go from fastest to slowest, each once: "
        "flag, config, code, data",
    ),
    "a level of data without data": (
        phases("{id: a, levels: [data]}"),
        "5:23 migrations.m.phases[0].levels: name data, and the phase has no data",
    ),
    "steps that take too long": (
        phases(
            "{id: a, recovery-time: 1h, steps: [{do: x, duration: 45m}, {do: y, duration: 35m}]}"
        ),
        "5:41 migrations.m.phases[0].steps: take 80 min, but recovery-time is 1h",
    ),
    "a server without a database": (
        phases("{id: a, data: {engine: mysql}}"),
        "5:21 migrations.m.phases[0].data.database: is missing: mysql holds more than "
        "one, and a backup is of one",
    ),
    "a rollout that goes back": (
        phases("{id: a, re-enable: {stages: [{percent: 50}, {percent: 25}]}}"),
        "5:61 migrations.m.phases[0].re-enable.stages[1].percent: 25 is not more than "
        "the 50 before it",
    ),
}
EVERY = {**NOT_YAML, **SHAPE, **MEANING}


@pytest.mark.parametrize(("text", "said"), EVERY.values(), ids=EVERY)
def test_it_is_refused(text: str | bytes, said: str) -> None:
    assert problems(text) == said


def test_everything_is_said_at_once_in_columns() -> None:
    text = phases("{id: 6, after: [9], paht: x}", "{id: 7, risk: hihg}") + "ownres: []"
    with pytest.raises(PolicyError) as caught:
        read_policy(text.encode(), "backout.yaml")
    assert str(caught.value) == (
        'backout.yaml:5:23  migrations.m.phases[0].after[0]: no phase "9" in this '
        "migration (6, 7)\n"
        "backout.yaml:5:27  migrations.m.phases[0].paht: unknown field. Did you mean "
        "paths?\n"
        'backout.yaml:6:21  migrations.m.phases[1].risk: "hihg" is not one of low, '
        "medium, high, critical. Did you mean high?\n"
        "backout.yaml:7:1   ownres: unknown field. Did you mean owners?"
    )


def test_one_mistake_is_not_said_twice() -> None:
    assert problems(field("forbid: [{symbl: a.b}]")) == (
        "4:15 migrations.m.forbid[0].symbl: unknown field. Did you mean symbol?"
    )


def types(type_: inspect.Type, done: set[type]) -> Iterator[inspect.Type]:
    """Every type of the model."""
    match type_:
        case inspect.StructType(cls=cls, fields=fields):
            if cls not in done:
                done.add(cls)
                for each in fields:
                    yield from types(each.type, done)
        case inspect.UnionType(types=members):
            for member in members:
                yield from types(member, done)
        case inspect.VarTupleType(item_type=item):
            yield from types(item, done)
        case inspect.DictType(key_type=key, value_type=value):
            yield from types(key, done)
            yield from types(value, done)
        case _:
            yield type_


def test_each_pattern_of_the_model_is_said_in_words() -> None:
    found = list(types(inspect.type_info(Policy), set()))
    patterns = {t.pattern for t in found if isinstance(t, inspect.StrType)}
    assert patterns - {None} == set(PATTERNS)


WORDS: st.SearchStrategy[str] = st.sampled_from(
    [
        "version",
        "migrations",
        "m",
        "phases",
        "id",
        "paths",
        "after",
        "1",
        "a",
        "null",
        "risk",
        "high",
        "final",
        "true",
        "data",
        "engine",
        "redis",
        "rollout",
        "percent",
        "5",
        "flags",
        "env",
        "legacy",
        "new",
        "triggers",
        "severities",
        "forbid",
        "path",
        "severity",
        "source",
        "error",
        "30d",
        "window",
        "verify",
        "now",
        "run",
        "{}",
        "",
    ]
)
RAW: st.SearchStrategy[Raw] = st.recursive(
    st.none() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4)
    ),
    max_leaves=20,
)


@given(RAW)
def test_what_does_not_fit_the_model_is_explained_and_nothing_else(raw: Raw) -> None:
    try:
        msgspec.convert(raw, Policy, strict=False)
    except msgspec.ValidationError:
        assert list(misshapen(raw))
    else:
        said = [path for path, _, _ in misshapen(raw)]
        assert all(path[-1] == "id" and path[0] == "migrations" for path in said)


def problems_of(data: bytes) -> list[Problem]:
    try:
        read_policy(data, "p")
    except PolicyError as error:
        assert all(visible(line) == line for line in str(error).split("\n"))  # noqa: PT017
        return error.problems or [Problem(0, 0, "", "an error without a problem")]
    return []


def reads(data: bytes) -> None:
    """It is a policy, or it has problems, each of them within the file."""
    lines = data.decode("utf-8", "replace").replace("\r", "\n").count("\n") + 1
    for problem in problems_of(data):
        assert 1 <= problem.line <= lines + 1
        assert problem.column >= 1


@given(st.binary())
def test_any_bytes_are_a_policy_or_refused(data: bytes) -> None:
    reads(data)


@given(st.text("[]{}-:?,&*!|>'\"%@`#\n\t ab1~<=.\\", max_size=60))
def test_any_yaml_is_a_policy_or_refused(text: str) -> None:
    reads(text.encode())


@given(st.sampled_from([str(text) for text in LOADS.values()]), st.data())
def test_a_policy_with_something_cut_or_put_in_is_read_or_refused(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    to = data.draw(st.integers(at, min(len(text), at + 8)))
    reads((text[:at] + data.draw(st.text(max_size=4)) + text[to:]).encode())


SLOW = {
    "a bomb of aliases": "a0: &a0 [x]\n"
    + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 40)
    ),
    "brackets in text": "version: 1\nowners: ['" + "[" * 500_000 + "']",
    "keys without values": "? " * 400_000,
    "one long key": "a" * 900_000 + ": 1",
    "thousands of phases": phases(
        *(f"{{id: p{i}, after: [p{i - 1}], paths: [d{i}/**]}}" for i in range(3000))
    ),
    "phases that all meet": phases(*(f"{{id: p{i}, paths: ['*']}}" for i in range(60))),
    "thousands of phases that all meet": phases(
        *(f"{{id: p{i}, paths: [a{i % 50}]}}" for i in range(4000))
    ),
    "thousands of phases that might meet": phases(
        *(f"{{id: p{i}, paths: ['a/*x{i}']}}" for i in range(20_000))
    ),
    "thousands of phases after none": phases(
        *(f"{{id: p{i}, after: [q{i}]}}" for i in range(20_000))
    ),
    "a circle of thousands of phases": phases(
        *(f"{{id: p{i}, after: [p{(i + 1) % 20_000}]}}" for i in range(20_000))
    ),
    "thousands of keys that are none": "".join(f"k{i}: 1\n" for i in range(60_000)),
    "thousands of keys that are given twice": "owners:\n" * 60_000,
}


def test_of_many_problems_the_first_are_told() -> None:
    said = problems("".join(f"k{i}: 1\n" for i in range(1000)))
    assert said.count("\n") + 1 == document.MOST_PROBLEMS
    assert said.startswith("1:1 ")


def test_globs_that_are_too_many_to_compare_are_refused() -> None:
    said = problems(phases(*(f"{{id: p{i}, paths: ['a/*x{i}']}}" for i in range(1000))))
    assert said == (
        "5:5 migrations.m.phases: have too many paths that begin alike to compare: "
        "name folders"
    )


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_no_file_takes_long(text: str) -> None:
    began = time.process_time()
    with pytest.raises(PolicyError):
        read_policy(text.encode(), "p")
    assert time.process_time() - began < 8


def test_without_libyaml_the_same_loads_and_the_same_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("yaml.CSafeLoader")
    document.loader_class.cache_clear()
    try:
        for text in LOADS.values():
            data = text.encode() if isinstance(text, str) else text
            assert read_policy(data, "p").version == 1
        for name, (text, said) in EVERY.items():
            places = {line.split()[0] for line in problems(text).splitlines()}
            assert places & {line.split()[0] for line in said.splitlines()}, name
    finally:
        document.loader_class.cache_clear()
