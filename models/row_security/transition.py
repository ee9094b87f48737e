"""The steps from the current to the desired row security, in an order that never opens a gap.

Between any two steps a role sees what it saw before, or what it will see in the end, or less.
First excess rights are revoked. Then each policy that will be replaced is narrowed by a
restrictive copy of its successor, and replaced once all are narrowed, so that policies that depend
on each other's tables never mix old and new. Columns are granted last.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from models.row_security.current import (
    NOTE_FUNCTION,
    NOTE_GUARD,
    NOTE_POLICIES,
    CurrentRowSecurity,
    InstalledPolicy,
)
from models.row_security.desired import Grant, Policy, RowSecurity, fingerprint

_VERBS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d", "ALL": "*"}
_NARROWED = "{}_narrowed"


@dataclass(frozen=True)
class Step:
    """A change, in one short transaction."""

    what: str
    statements: tuple[str, ...]
    #: The table that is locked exclusively.
    table: str | None = None
    #: A query that generates the last statement (the comment), with its values.
    note: tuple[object, ...] | None = None

    @property
    def lock(self) -> str:
        return f"ACCESS EXCLUSIVE on {self.table}" if self.table else "no lock on a table"


Phase = Callable[[RowSecurity, CurrentRowSecurity], Iterator[Step]]


def create_roles(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    if missing := [role for role in wall.roles if role not in found.roles]:
        yield Step(f"make the roles {', '.join(missing)}", (wall.create_roles,))


def create_schema(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    for name, statement in wall.creations.items():
        if name not in found.existing:
            yield Step(f"make {name}", (statement,))


def revoke_rights(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    """Revoke unwanted rights, except on functions that current policies may still call."""
    yield from _revocations(wall, found, lambda grant: not _is_for_policies(grant))


def revoke_calls(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    """Revoke rights on functions that only dropped policies called."""
    yield from _revocations(wall, found, _is_for_policies)


def enable_row_security(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    for table in sorted(wall.protected_tables):
        if not found.tables.get(table, False):
            on = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
            yield Step(f"turn on the row rules of {table}", (on,), table)


def create_functions(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    for function in wall.functions.values():
        signature, source = found.spellings.get(function.signature), fingerprint(function.source)
        if signature is None:
            # A new function is executable by PUBLIC.
            closed = f"REVOKE ALL ON FUNCTION {function.signature} FROM PUBLIC"
            statements = (function.source, closed)
        elif found.functions.get(signature) != source:
            statements = (function.source,)
        else:
            continue
        verb = "replace" if signature else "make"
        note = (NOTE_FUNCTION, function.signature, source)
        yield Step(f"{verb} the function {function.signature}", statements, note=note)


def put_up_guards(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    """Before anything is granted that they guard."""
    for (table, name), guard in wall.guards.items():
        source = fingerprint(guard.source)
        if found.guards.get((table, name)) != source:
            on = f"ALTER TABLE {table} ENABLE TRIGGER {name}"
            note = (NOTE_GUARD, table, name, source)
            yield Step(f"put up the guard of {table}", (guard.source, on), table, note)


def drop_guards(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    for table, name in sorted(found.guards.keys() - wall.guards.keys()):
        drop = f"DROP TRIGGER {quote(name)} ON {table}"
        yield Step(f"drop the guard {name} of {table}", (drop,), table)


def grant_calls(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    """Grant rights that policies need, and that open no row by themselves."""
    yield from _additions(wall, found, lambda grant: grant.kind != "TABLE")


def grant_columns(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    yield from _additions(wall, found, lambda grant: grant.kind == "TABLE")


def narrow_policies(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    """Add the restrictive copies. Not needed if one table changes: that is one transaction."""
    due, undesired = _changed_policies(wall, found), _unwanted_policies(wall, found)
    if len({policy.table for policy in due} | {policy.table for policy in undesired}) < 2:
        return
    seen = {
        (policy.table, role)
        for policy in found.policies.values()
        if policy.permissive
        for role in policy.roles
    }
    to_come = {(policy.table, policy.role) for policy in due}
    for table in sorted({table for table, _ in seen}):
        gone = [
            policy.name
            for policy in undesired
            if policy.table == table
            and policy.permissive
            and not any((table, role) in to_come for role in policy.roles)
        ]
        copies = [
            _restrictive_copy(policy)
            for policy in due
            if policy.table == table and (table, policy.role) in seen
        ]
        fresh = [copy for copy in copies if not _is_installed(copy, found, permissive=False)]
        if gone or fresh:
            yield _replace_step(f"narrow the row rules of {table}", table, gone, fresh, found)


def replace_policies(wall: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    due, undesired = _changed_policies(wall, found), _unwanted_policies(wall, found)
    for table in sorted({each.table for each in due} | {each.table for each in undesired}):
        fresh = [policy for policy in due if policy.table == table]
        gone = [policy.name for policy in undesired if policy.table == table]
        names = ", ".join([*(policy.name for policy in fresh), *(f"no {name}" for name in gone)])
        yield _replace_step(f"put up the row rules of {table}: {names}", table, gone, fresh, found)


def drop_obsolete(_: RowSecurity, found: CurrentRowSecurity) -> Iterator[Step]:
    for signature in found.obsolete:
        yield Step(f"drop {signature}", (f"DROP FUNCTION IF EXISTS {signature}",))


PHASES: tuple[Phase, ...] = (
    create_schema,
    revoke_rights,
    enable_row_security,
    create_functions,
    put_up_guards,
    grant_calls,
    narrow_policies,
    replace_policies,
    grant_columns,
    drop_guards,
    revoke_calls,
    drop_obsolete,
)


def _changed_policies(wall: RowSecurity, found: CurrentRowSecurity) -> list[Policy]:
    return [policy for policy in wall.policies.values() if not _is_installed(policy, found)]


def _unwanted_policies(wall: RowSecurity, found: CurrentRowSecurity) -> list[InstalledPolicy]:
    return [policy for key, policy in found.policies.items() if key not in wall.policies]


def _is_installed(policy: Policy, found: CurrentRowSecurity, *, permissive: bool = True) -> bool:
    installed = found.policies.get((policy.table, policy.name))
    return installed is not None and (
        installed.permissive is permissive
        and installed.verb == _VERBS[policy.verb]
        and installed.roles == (policy.role,)
        and installed.source == fingerprint(policy.source)
    )


def _restrictive_copy(policy: Policy) -> Policy:
    name = _NARROWED.format(policy.name)
    source = policy.source.replace(
        f"CREATE POLICY {policy.name} ON {policy.table} FOR",
        f"CREATE POLICY {name} ON {policy.table} AS RESTRICTIVE FOR",
    )
    return policy._replace(name=name, source=source)


def _replace_step(
    what: str, table: str, gone: list[str], fresh: list[Policy], found: CurrentRowSecurity
) -> Step:
    """Drop and create policies of a table in one step, so that nobody sees half of them."""
    dropped = {*gone, *(policy.name for policy in fresh if (table, policy.name) in found.policies)}
    statements = (
        *(f"DROP POLICY {quote(name)} ON {table}" for name in sorted(dropped)),
        *(policy.source for policy in fresh),
    )
    names = [policy.name for policy in fresh]
    sources = [fingerprint(policy.source) for policy in fresh]
    return Step(what, statements, table, (NOTE_POLICIES, table, names, sources))


def _is_for_policies(grant: Grant) -> bool:
    return grant.kind == "FUNCTION" and grant.thing.startswith("viewer.") and grant.role != "PUBLIC"


def _desired_grants(wall: RowSecurity, found: CurrentRowSecurity) -> frozenset[Grant]:
    """The desired grants, with functions by their signatures."""
    of_functions = {grant for grant in wall.grants if grant.kind == "FUNCTION"}
    by_signature = {
        grant._replace(thing=thing)
        for grant in of_functions
        for thing in _signatures(wall, found, grant.thing)
    }
    return frozenset(wall.grants - of_functions | by_signature)


def _signatures(wall: RowSecurity, found: CurrentRowSecurity, name: str) -> tuple[str, ...]:
    """The signatures of the functions with a name; the name itself if there is none yet."""
    named = tuple(each for each in found.signatures.get(name, ()) if each not in found.obsolete)
    return named or ((wall.functions[name].signature,) if name in wall.functions else (name,))


def _revocations(
    wall: RowSecurity, found: CurrentRowSecurity, which: Callable[[Grant], bool]
) -> Iterator[Step]:
    desired = _desired_grants(wall, found)
    statements: dict[str, list[str]] = {}
    for grant in sorted(filter(which, found.grants), key=str):
        if grant.thing in found.obsolete:  # dropped later, after the policies that still call it
            continue
        on, columns = f"{grant.kind} {grant.thing}", _columns([grant.column])
        option = "" if grant not in desired else "GRANT OPTION FOR "
        if option and grant not in found.grantable:
            continue
        commands = statements.setdefault(on, [])
        commands.append(
            f"REVOKE {option}{grant.privilege}{columns} ON {on} FROM {grant.role} CASCADE"
        )
        if grant.kind == "TABLE" and grant.column is None:
            # Revoking on a table also revokes on each of its columns.
            kept = sorted(
                str(other.column)
                for other in desired
                if (other.thing, other.privilege, other.role)
                == (grant.thing, grant.privilege, grant.role)
            )
            if kept:
                listed = _columns(list(kept))
                commands.append(f"GRANT {grant.privilege}{listed} ON {on} TO {grant.role}")
    for on, commands in sorted(statements.items()):
        yield Step(f"take away rights on {_in_words(on)}", tuple(commands))


def _additions(
    wall: RowSecurity, found: CurrentRowSecurity, which: Callable[[Grant], bool]
) -> Iterator[Step]:
    missing: dict[str, dict[tuple[str, str], list[str | None]]] = {}
    for grant in sorted(filter(which, _desired_grants(wall, found) - found.grants), key=str):
        rights = missing.setdefault(f"{grant.kind} {grant.thing}", {})
        rights.setdefault((grant.privilege, grant.role), []).append(grant.column)
    for on, rights in missing.items():
        yield Step(f"grant rights on {_in_words(on)}", tuple(_grant_statement(on, rights)))


def _grant_statement(on: str, rights: Mapping[tuple[str, str], list[str | None]]) -> Iterator[str]:
    for (privilege, role), columns in rights.items():
        yield f"GRANT {privilege}{_columns(columns)} ON {on} TO {role}"


def _columns(names: list[str | None]) -> str:
    named = [quote(name) for name in names if name is not None]
    return f" ({', '.join(named)})" if named else ""


def _in_words(on: str) -> str:
    kind, thing = on.split(" ", 1)
    return f"the {kind.lower()} {thing}"


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
