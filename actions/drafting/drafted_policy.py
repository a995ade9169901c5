"""What the drafted policy says for all migrations: severities, contacts, checklists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from .gathered import Gathered, Said, Severity
from .yaml_text import flow, item_lines, key_of, scalar


def severities(documents: Sequence[Gathered]) -> Iterator[str]:
    found: dict[str, Severity] = {}
    for document in documents:
        for severity in document.severities():
            found.setdefault(severity.name, severity)
    if not found:
        yield "# not known: the decision matrix; these rows are the usual ones"
        yield "severities:"
        yield "  P0: {action: revert, within: 5m}"
        yield "  P1: {action: revert, within: 1h}"
        yield "  P2: {action: revert, within: 24h}"
        yield "  P3: {action: fix-forward}"
        return
    yield "severities:"
    for severity in found.values():
        fields = [f"action: {severity.action}"]
        if severity.within:
            fields.append(f"within: {severity.within}")
        if severity.approve:
            fields.append(f"approve: [{flow(severity.approve)}]")
        if severity.notify:
            fields.append(f"notify: [{flow(severity.notify)}]")
        yield f"  {severity.name}: {{{', '.join(fields)}}}  # line {severity.line}"
    for usual in ("P0", "P1", "P2"):
        if usual not in found:
            yield f"  {usual}: {{action: revert}}  # not known: added for the triggers"


def contacts(documents: Sequence[Gathered]) -> Iterator[str]:
    contacts = {c.name: c for d in reversed(documents) for c in d.contacts()}
    reachable = [c for c in contacts.values() if c.way]
    yield "contacts:" if reachable else "# contacts:"
    for contact in contacts.values():
        if contact.way:
            yield f"  {key_of(contact.name)}: {json.dumps(contact.way)}  # line {contact.line}"
        else:
            said = " ".join(contact.said.split())[:60]
            yield (
                f'#   {contact.name}: not known: line {contact.line} says only "{said}"'
            )
    if not contacts:
        yield "#   on-call: not known: the document names nobody"


def communication(documents: Sequence[Gathered]) -> Iterator[str]:
    channel = next((c for d in documents if (c := d.channel())), None)
    mention = next((m for d in documents if (m := d.mention())), None)
    if channel is None and mention is None:
        yield "# communication: {channel: ...}  # not known"
    else:
        yield "communication:"
        if channel is not None:
            yield f"  channel: {json.dumps(channel.text)}  # line {channel.line}"
        if mention is not None:
            yield f"  mention: [{json.dumps(mention.text)}]  # line {mention.line}"
    yield ""


def checklists(documents: Sequence[Gathered]) -> Iterator[str]:
    found: dict[str, list[Said]] = {}
    for document in documents:
        for kind, items in document.checklists().items():
            found.setdefault(kind, []).extend(items)
    if not found:
        return
    yield "checklists:"
    for kind in ("before", "after", "day", "prevention"):
        if kind in found:
            yield f"  {kind}:"
            yield from item_lines(found[kind], "    ")
    yield ""


def post_mortem(documents: Sequence[Gathered]) -> Iterator[str]:
    found = {t: q for d in reversed(documents) for t, q in d.questions().items()}
    if not found:
        return
    yield "post-mortem:"
    for title, questions in found.items():
        yield f"  {scalar(title)}:"
        yield from item_lines(questions, "    ")
    yield ""
