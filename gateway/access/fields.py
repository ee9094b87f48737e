"""Looks up in the policy which fields a role may read."""

from collections.abc import Callable, Iterator

from gateway.policy import MUTATIONS, POLICY, Access, Roles
from models.vocabulary import Role

_PAGE_SUFFIXES = ("Connection", "Edge")


def readable_fields(type_name: str, role: Role) -> frozenset[str]:
    """The fields of a type that the role may read; none for an unknown type."""
    access = POLICY.get(type_name) or _mutation_access_to(type_name)
    if access is None:
        return frozenset()
    return frozenset(name for name, roles in access.fields.items() if role in roles)


def is_readable(
    type_name: str,
    field_name: str,
    role: Role,
    look_up: Callable[[str, Role], frozenset[str]] = readable_fields,
) -> bool:
    """Whether the role may read a field of a type, of its connection or of an edge.

    ``look_up`` is for whoever asks for each field of many types, and keeps what it found.
    """
    paged = _noun_of_page(type_name)
    if paged is None:
        return field_name in look_up(type_name, role)
    if look_up(paged, role):
        return True
    return role in POLICY[paged].counts_only and field_name == "totalCount"


def reads_first_decisions(field_name: str, role: Role) -> bool:
    """Whether the role reads a figure as first decided, never as it stands."""
    return role in POLICY["VolumeRow"].first_decided.get(field_name, ())


def reads_published(role: Role) -> bool:
    """Whether a role reads published figures."""
    return role in POLICY["VolumeRow"].published_to


def reads_only_published(role: Role) -> bool:
    """Whether a role reads figures only as published ones."""
    return role not in POLICY["VolumeRow"].rows


def find_policy_gaps(types: dict[str, frozenset[str]]) -> list[str]:
    """Where policy and schema disagree. The gateway must not start while there is any gap."""
    policy = {**POLICY, **_mutation_access()}
    written = {name: frozenset(access.fields) for name, access in policy.items()}
    unwritten = {name: fields for name, fields in types.items() if _noun_of_page(name) is None}
    gaps = [
        f"{name}.{missing} has no line in the policy"
        for name, fields in sorted(unwritten.items())
        for missing in sorted(fields - written.get(name, frozenset()))
    ]
    gaps += [
        f"the policy speaks of {name}.{unknown}, which does not exist"
        for name, fields in sorted(written.items())
        for unknown in sorted(fields - types.get(name, frozenset()))
    ]
    for name, access in POLICY.items():
        gaps += _find_rowless_roles(name, access)
    return gaps


def _mutation_access() -> dict[str, Access]:
    """Field access of the Mutation type, and of all payloads."""
    access = {"Mutation": _access_to_mutations()}
    for mutation, change in MUTATIONS.items():
        access.update(_payload_access(mutation, tuple(change.rows)))
    return access


def _mutation_access_to(type_name: str) -> Access | None:
    """The same of one type; schemas ask for thousands of fields when the gateway starts."""
    if type_name == "Mutation":
        return _access_to_mutations()
    for mutation, change in MUTATIONS.items():
        if type_name[1:].startswith(mutation[1:]):
            access = dict(_payload_access(mutation, tuple(change.rows)))
            if type_name in access:
                return access[type_name]
    return None


def _access_to_mutations() -> Access:
    return Access(fields={name: tuple(change.rows) for name, change in MUTATIONS.items()})


def _payload_access(mutation: str, roles: Roles) -> Iterator[tuple[str, Access]]:
    name = mutation[0].upper() + mutation[1:]
    change = MUTATIONS[mutation]
    shown = ("secret",) if change.shows_secret else ()
    answered = Access(fields=dict.fromkeys((change.answers, "errors", *shown), roles))
    if change.is_batch:
        yield f"{name}Result", answered
        yield f"{name}Payload", Access(fields=dict.fromkeys(("results", "errors"), roles))
    else:
        yield f"{name}Payload", answered


def _find_rowless_roles(name: str, access: Access) -> list[str]:
    """Roles that may read fields but no rows, or rows but no fields."""
    if not access.rows:
        return []
    readers = {role for roles in access.fields.values() for role in roles}
    return [
        f"the policy lets {role} read {name} but says neither which rows nor 'counts only'"
        for role in sorted(readers - set(access.rows) - set(access.published_to))
    ] + [
        f"the policy lets {role} reach rows of {name} of which it reads nothing"
        for role in sorted(set(access.rows) - readers - set(access.counts_only))
    ]


def _noun_of_page(type_name: str) -> str | None:
    """``Application`` for ``ApplicationConnection`` and ``ApplicationEdge``."""
    for suffix in _PAGE_SUFFIXES:
        if type_name.endswith(suffix) and type_name.removesuffix(suffix) in POLICY:
            return type_name.removesuffix(suffix)
    return None
