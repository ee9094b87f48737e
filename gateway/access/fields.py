"""Which fields a role may read: what the policy says, asked field by field."""

from collections.abc import Iterator

from gateway.policy import MUTATIONS, POLICY, Access, Roles
from models import Application
from models.vocabulary import Role

_PAGE_SUFFIXES = ("Connection", "Edge")


def readable_fields(type_name: str, role: Role) -> frozenset[str]:
    """The fields of a type that the role reads; none for a type that the policy does not know."""
    access = POLICY.get(type_name) or _mutation_access().get(type_name)
    if access is None:
        return frozenset()
    return frozenset(name for name, roles in access.fields.items() if role in roles)


def is_readable(type_name: str, field_name: str, role: Role) -> bool:
    """Whether the role reads one field, of a type or of a page of its rows."""
    paged = _noun_of_page(type_name)
    if paged is None:
        return field_name in readable_fields(type_name, role)
    if readable_fields(paged, role):
        return True
    return role in POLICY[paged].counts_only and field_name == "totalCount"


def is_published(type_name: str, field_name: str, role: Role) -> bool:
    """Whether the role reads a field as a published figure, never as an exact one."""
    return role in POLICY[type_name].published.get(field_name, ())


def find_policy_gaps(types: dict[str, frozenset[str]]) -> list[str]:
    """What the policy and the schema do not say alike; nothing may be served while there is any."""
    policy = {**POLICY, **_mutation_access()}
    written = {name: frozenset(access.fields) for name, access in policy.items()}
    unwritten = {name: fields for name, fields in types.items() if _noun_of_page(name) is None}
    found = [
        f"{name}.{missing} has no line in the policy"
        for name, fields in sorted(unwritten.items())
        for missing in sorted(fields - written.get(name, frozenset()))
    ]
    found += [
        f"the policy speaks of {name}.{unknown}, which does not exist"
        for name, fields in sorted(written.items())
        for unknown in sorted(fields - types.get(name, frozenset()))
    ]
    for name, access in POLICY.items():
        found += [*_find_rowless_roles(name, access), *_find_unpublished(name, access)]
    return found


def payload_names(mutation: str) -> tuple[str, str]:
    """``MarkReceivedPayload`` and ``MarkReceivedError`` for ``markReceived``."""
    name = mutation[0].upper() + mutation[1:]
    return f"{name}Payload", f"{name}Error"


def _mutation_access() -> dict[str, Access]:
    """What the table of mutations says of fields: theirs, their payloads' and their errors'."""
    callers = {name: tuple(change.rows) for name, change in MUTATIONS.items()}
    found = {"Mutation": Access(fields=callers)}
    for mutation, roles in callers.items():
        found.update(_payload_access(mutation, roles))
    return found


def _payload_access(mutation: str, roles: Roles) -> Iterator[tuple[str, Access]]:
    payload, error = payload_names(mutation)
    answers = MUTATIONS[mutation].answers
    fields: dict[str, Roles] = dict.fromkeys(("code", "message", "path"), roles)
    if Application in MUTATIONS[mutation].of:
        status_readers = POLICY["Application"].fields["status"]
        fields["currentStatus"] = tuple(role for role in roles if role in status_readers)
    yield payload, Access(fields=dict.fromkeys((answers, "errors"), roles))
    yield error, Access(fields=fields)
    if answers == "results":
        yield (
            payload.replace("Payload", "Result"),
            Access(fields=dict.fromkeys(("application", "errors"), roles)),
        )


def _find_rowless_roles(name: str, access: Access) -> list[str]:
    """Roles that read fields of rows which no rule lets them reach, or reach rows for nothing."""
    if not access.rows:
        return []
    readers = {role for roles in access.fields.values() for role in roles}
    return [
        f"the policy lets {role} read {name} but says neither which rows nor 'counts only'"
        for role in sorted(readers - set(access.rows) - set(access.published_rows))
    ] + [
        f"the policy lets {role} reach rows of {name} of which it reads nothing"
        for role in sorted(set(access.rows) - readers - set(access.counts_only))
    ]


def _find_unpublished(name: str, access: Access) -> list[str]:
    """Fields that are published for roles which reach no published rows, or do not read them."""
    return [
        f"the policy publishes {name}.{field} for {role}, which does not reach or read it"
        for field, roles in access.published.items()
        for role in roles
        if role not in access.published_rows or role not in access.fields.get(field, ())
    ]


def _noun_of_page(type_name: str) -> str | None:
    """``Application`` for ``ApplicationConnection`` and ``ApplicationEdge``."""
    for suffix in _PAGE_SUFFIXES:
        if type_name.endswith(suffix) and type_name.removesuffix(suffix) in POLICY:
            return type_name.removesuffix(suffix)
    return None
