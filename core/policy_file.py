"""Reading `backout.yaml`: a policy, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import cast

import msgspec

from .policy import Policy
from .policy.document import MOST_PROBLEMS, Document, Raw, loader_class, read
from .policy.meaning import contradictions
from .policy.problem import FieldPath, PolicyError, Problem

__all__ = ["PolicyError", "Problem", "prepare", "read_policy"]


def prepare() -> None:
    """Import what reading a policy needs: git may list its files meanwhile."""
    loader_class()


@lru_cache(maxsize=1)
def read_policy(data: bytes, name: str) -> Policy:
    """The policy that a file called `name` holds.

    Raises PolicyError with all that is wrong, each with its line, column and field; where
    that is a great deal, with the first of it.
    Takes bounded time and memory for any bytes.
    """
    document = read(data, name)
    try:
        policy = msgspec.convert(document.raw, Policy, strict=False)
    except msgspec.ValidationError as error:
        raise PolicyError(name, _explained(document, str(error))) from error
    if any(migration.id for migration in policy.migrations.values()):
        raise PolicyError(name, _explained(document, "a migration's key is its id"))
    said = list(islice(contradictions(policy), MOST_PROBLEMS))
    problems = document.problems + _placed(document, said, document.problems)
    if problems:
        raise PolicyError(name, problems)
    named = {
        id: msgspec.structs.replace(migration, id=id)
        for id, migration in policy.migrations.items()
    }
    return msgspec.structs.replace(policy, migrations=named)


def _explained(document: Document, said: str) -> list[Problem]:
    """All that is wrong with a document that has not the model's shape."""
    from .policy.shape import misshapen

    shown = list(islice(misshapen(document.raw), MOST_PROBLEMS))
    problems = document.problems + [
        problem
        for path, sentence, at_key in shown
        if not _explains(
            document.problems,
            problem := document.problem(path, sentence, at_key=at_key),
        )
    ]
    # What msgspec refuses, `misshapen` explains: a test holds that. Should they ever
    # differ, what msgspec says is still better than nothing.
    if not problems:
        return [document.problem((), said)]
    # With the bad fields left out, the rest can often be judged too.
    raw = document.raw
    for path, _, _ in shown:
        raw = _without(raw, path)
    try:
        policy = msgspec.convert(raw, Policy, strict=False)
    except msgspec.ValidationError:
        return problems
    return problems + _placed(
        document, islice(contradictions(policy), MOST_PROBLEMS), problems
    )


def _placed(
    document: Document,
    said: Iterable[tuple[FieldPath, str]],
    before: list[Problem],
) -> list[Problem]:
    """Contradictions as problems, but for those that one of `before` may explain."""
    return [
        problem
        for problem in (document.problem(path, sentence) for path, sentence in said)
        if not any(_holds(problem.field, other.field) for other in before)
    ]


def _explains(before: list[Problem], problem: Problem) -> bool:
    """Whether something wrong with a field, or with what holds it, is said already."""
    return any(_holds(other.field, problem.field) for other in before if other.field)


def _holds(outer: str, inner: str) -> bool:
    """Whether a field is another one or lies beneath it."""
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _without(raw: Raw, path: FieldPath) -> Raw:
    """`raw` without the innermost named field on the way to `path`."""
    names = [i for i, part in enumerate(path) if isinstance(part, str)]
    if not names:
        return raw
    *way, last = path[: names[-1] + 1]
    holder = raw
    for part in way:
        if isinstance(holder, dict):
            holder = holder.get(cast(str, part))
        elif isinstance(holder, list) and isinstance(part, int):
            holder = holder[part]
    if isinstance(holder, dict):
        holder.pop(cast(str, last), None)
    return raw
