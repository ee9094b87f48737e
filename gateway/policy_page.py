"""Renders the policy as a Markdown page for readers: `policy.md`."""

from collections.abc import Iterator

from gateway.policy import (
    IMPLIED_PURPOSE,
    MUTATIONS,
    NAMES_NO_CASE,
    POLICY,
    PURPOSES,
    Access,
)
from gateway.rules import EveryRow
from models.vocabulary import Role

_HEAD = """\
# Who may see what

Made from `gateway/policy.py` by `make snapshots`; a loosened right shows here as a difference.
● reads the field · ◐ reads it as a published figure, never exactly · ◑ reads it as first decided,
by whole months · ○ may only count the rows · nothing: the field does not exist for the role.
A row outside a role's reach and a row that does not exist look the same.
"""
_MUTATIONS = "Mutations"
_PURPOSES = "Purposes of reading identity"


def policy_page() -> str:
    """The whole page."""
    return (
        "\n".join(
            [
                _HEAD,
                _index(),
                *(_section(name, access) for name, access in POLICY.items()),
                *_mutations(),
                *_purposes(),
            ]
        )
        + "\n"
    )


def _index() -> str:
    """The sections, each a link."""
    titles = (*POLICY, _MUTATIONS, _PURPOSES)
    anchors = (title.lower().replace(" ", "-") for title in titles)
    links = (f"[{title}](#{anchor})" for title, anchor in zip(titles, anchors, strict=True))
    return " · ".join(links) + "\n"


def _section(name: str, access: Access) -> str:
    return "\n".join([f"## {name}", "", *_matrix(access), "", *_rows(access)])


def _matrix(access: Access) -> Iterator[str]:
    yield "| field | " + " | ".join(role.replace("_", " ").title() for role in Role) + " |"
    yield "|---" * (len(Role) + 1) + "|"
    for field, roles in access.fields.items():
        reads = (_mark(access, field, role) if role in roles else "" for role in Role)
        yield f"| {field} | " + " | ".join(reads) + " |"
    if access.counts_only:
        counts = ("○" if role in access.counts_only else "" for role in Role)
        yield "| *number of rows* | " + " | ".join(counts) + " |"


def _mark(access: Access, field: str, role: Role) -> str:
    if role in access.first_decided.get(field, ()):
        return "◑"
    return "◐" if role in access.published_to and role not in access.rows else "●"


def _rows(access: Access) -> Iterator[str]:
    """The row rule of each role, as a list."""
    everywhere = [role for role, rule in access.rows.items() if isinstance(rule, EveryRow)]
    if everywhere:
        yield f"- {', '.join(everywhere)}: every row."
    for role, rule in access.rows.items():
        if role not in everywhere:
            yield f"- {role}: rows where {rule}."
    if access.published_to:
        yield f"- {', '.join(access.published_to)}: published figures."
    if access.rows:
        yield ""


def _mutations() -> Iterator[str]:
    """Which role may call which mutation, on which rows."""
    yield f"## {_MUTATIONS}"
    yield ""
    yield "● may call it. In which statuses, and what else must hold: `docs/life.md`."
    yield ""
    yield "| mutation | " + " | ".join(role.replace("_", " ").title() for role in Role) + " |"
    yield "|---" * (len(Role) + 1) + "|"
    for name, change in MUTATIONS.items():
        calls = ("●" if role in change.rows else "" for role in Role)
        yield f"| {name} | " + " | ".join(calls) + " |"
    yield ""
    for name, change in MUTATIONS.items():
        for role, rule in change.rows.items():
            reach = "every row" if isinstance(rule, EveryRow) else f"rows where {rule}"
            yield f"- {name}, {role}: {reach}."
    yield ""


def _purposes() -> Iterator[str]:
    yield f"## {_PURPOSES}"
    yield ""
    for role, purposes in PURPOSES.items():
        case = (
            "with a case, or for all that are taken in" if role in NAMES_NO_CASE else "with a case"
        )
        statement = "without saying" if role in IMPLIED_PURPOSE else f"said in the document, {case}"
        yield f"- {role}: {', '.join(purposes)}, {statement}."
    yield ""
