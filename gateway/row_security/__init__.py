"""Generates `models/row_security.sql`: the policy as grants and row level security of PostgreSQL.

The script first closes every table, then grants line by line. Each role of the domain has a
database role; the gateway's login may switch to any of them and has no rights of its own.
"""

from collections.abc import Iterator

from gateway.mapping.catalogue import Catalogue
from gateway.policy import (
    LOGGED_APART,
    LOOKED_UP_FOR,
    NAMES_NO_CASE,
    POLICY,
    PURPOSES,
    READS_COMPLAINTS,
    VISA_CHECKERS,
)
from gateway.row_security.claims import CLAIM_FUNCTIONS, claim_grants
from gateway.row_security.delivery import DELIVERY_FUNCTIONS, delivery_grants
from gateway.row_security.explaining_functions import EXPLAINING_FUNCTIONS, explaining_grants
from gateway.row_security.grants import columns_read
from gateway.row_security.jobs import MAILER_FUNCTION, job_roles
from gateway.row_security.oversight_functions import OVERSIGHT_FUNCTIONS, oversight_grants
from gateway.row_security.own_data import OWN_DATA_FUNCTIONS, own_data_grants
from gateway.row_security.predicates import predicate
from gateway.row_security.reach_functions import REACH_FUNCTIONS, reach_grants
from gateway.row_security.reading_functions import READING_FUNCTIONS, reading_grants
from gateway.row_security.tracking import TRACKING_FUNCTIONS, tracking_grants
from gateway.row_security.visa_checks import VISA_CHECK_FUNCTIONS, visa_check_grants
from gateway.row_security.volumes import FUNCTIONS, figures
from gateway.row_security.writes import writes
from models import (
    AccessEvent,
    Base,
    BreachLookup,
    ComplaintRead,
    PersonLookup,
    TrustedDocument,
    VisaCheck,
)
from models.row_security import DATABASE_ROLES, JOB_ROLES, database_role
from models.vocabulary import Purpose, Role

_HEAD = """\
-- Made from gateway/policy.py by `make snapshots`: who reaches what, held by the database itself.
-- Run whole, after every migration, in its transaction.
"""
_ROLES = """\
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of the same server was being migrated just now
        END;
    END LOOP;
END
$$;
"""
#: The condition that an entry of the access log names the viewer, the viewer's partner and, for a
#: viewer of just one country, that country.
_OWN_ENTRY = (
    "actor = (SELECT viewer.subject('{role}'))"
    " AND actor_partner_code IS NOT DISTINCT FROM (SELECT viewer.partner('{role}'))"
    " AND actor_country_code IS NOT DISTINCT FROM (SELECT own[1]"
    " FROM viewer.countries('{role}') AS own WHERE cardinality(own) = 1)"
)


def row_security(catalogue: Catalogue) -> str:
    """The whole script."""
    return _HEAD + "\n".join(
        (
            _roles(),
            *_close_everything(),
            OVERSIGHT_FUNCTIONS,
            READING_FUNCTIONS,
            VISA_CHECK_FUNCTIONS,
            TRACKING_FUNCTIONS,
            DELIVERY_FUNCTIONS,
            CLAIM_FUNCTIONS,
            MAILER_FUNCTION,
            OWN_DATA_FUNCTIONS,
            REACH_FUNCTIONS,
            EXPLAINING_FUNCTIONS,
            "",
            *(line for role in Role for line in _open_to_role(catalogue, role)),
            *writes(),
            *job_roles(),
            "",
        )
    )


def _roles() -> str:
    names = ", ".join(f"'{name}'" for name in (*DATABASE_ROLES, *JOB_ROLES))
    return _ROLES.format(names=names)


def _close_everything() -> Iterator[str]:
    """Revoke everything, and force row security on every table, for its owner too."""
    grantees = ", ".join(("PUBLIC", *DATABASE_ROLES, *JOB_ROLES))
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {grantees};"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {grantees};"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {grantees};"
    yield f"REVOKE CREATE ON SCHEMA public FROM {grantees};"
    for table in sorted(Base.metadata.tables):
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"


def _open_to_role(catalogue: Catalogue, role: Role) -> Iterator[str]:
    name = database_role(role)
    yield f"-- {role}"
    yield f"GRANT USAGE ON SCHEMA public, viewer TO {name};"
    yield (
        "GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.field, viewer.subject,"
        " viewer.partner, viewer.countries, viewer.centres, viewer.places,"
        f" viewer.purpose_reference TO {name};"
    )
    for table, columns in columns_read(catalogue, role).items():
        yield _grant(table, columns, name)
    yield from _rules(catalogue, role)
    yield from _figures(role)
    yield from _access_log(role)
    yield from _lookups(role)
    yield from _reads_apart(role)
    yield from oversight_grants(role)
    yield from reading_grants(role)
    yield from visa_check_grants(role)
    yield from own_data_grants(role)
    yield from reach_grants(role)
    yield from explaining_grants(role)
    yield from _breach_lookups(role)
    yield from _visa_checks(role)
    yield from tracking_grants(role)
    yield from delivery_grants(role)
    yield from claim_grants(role)
    yield from _for_the_gateway(role)
    yield from _trusted_documents(role)
    yield ""


def _grant(table: str, columns: frozenset[str], name: str) -> str:
    return f"GRANT SELECT ({', '.join(sorted(columns))}) ON {table} TO {name};"


def _rules(catalogue: Catalogue, role: Role) -> Iterator[str]:
    for noun in catalogue.ruled.values():
        rule = POLICY[noun.name].rows.get(role)
        if rule is not None:
            table = noun.key.class_.__tablename__
            yield _policy(table, role, "SELECT", f"USING ({predicate(rule, role, table)})")


def _figures(role: Role) -> Iterator[str]:
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {database_role(role)};"
    for read in figures(role):
        name = read.table.name
        rule = predicate(read.rule, role, name)
        condition = f"{rule} AND {read.extra_condition}" if read.extra_condition else rule
        yield _grant(name, read.columns, database_role(role))
        yield _policy(name, role, "SELECT", f"USING ({condition})")


def _access_log(role: Role) -> Iterator[str]:
    """A role that reads identity, or a visa in hand, may insert access-log entries: in the viewer's
    own name, for an allowed purpose, and for the case that is sealed with the viewer. The database
    sets the time."""
    purposes = _purposes(role)
    reads = any(role in POLICY[noun].rows for noun in ("Identity", "ItemAnswer", "VisaDocument"))
    if not (reads and purposes):
        return
    table = AccessEvent.__tablename__
    columns = ", ".join(sorted(set(AccessEvent.__table__.c.keys()) - {"occurred_at"}))
    yield f"GRANT INSERT ({columns}) ON {table} TO {database_role(role)};"
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    condition = (
        f"{_OWN_ENTRY.format(role=role)} AND actor_role = '{role}' AND purpose IN ({listed})"
        f" AND case_reference = {_named_case(role)}"
    )
    yield _policy(table, role, "INSERT", f"WITH CHECK ({condition})")


def _purposes(role: Role, *, is_of_complaints: bool = False) -> list[str]:
    """Why a role reads identity, or what complaints say."""
    return [
        purpose
        for purpose in PURPOSES.get(role, ())
        if (purpose in READS_COMPLAINTS if is_of_complaints else purpose is not Purpose.COMPLAINT)
    ]


def _named_case(role: Role) -> str:
    """The case that is sealed with the viewer, or what the log says instead of one."""
    named = f"(SELECT viewer.purpose_reference('{role}'))"
    if role in NAMES_NO_CASE:
        named = f"coalesce({named}, '{NAMES_NO_CASE[role]}')"
    return named


def _lookups(role: Role) -> Iterator[str]:
    """A role that looks people up finds applicants by digests, for a case; it does not read the
    index itself. It logs each look-up in the viewer's own name, for the case that is sealed with
    the viewer."""
    if role not in LOOKED_UP_FOR or not PURPOSES.get(role):
        return
    yield f"GRANT EXECUTE ON FUNCTION viewer.people_found TO {database_role(role)};"
    yield from _own_entries(PersonLookup, role)


def _reads_apart(role: Role) -> Iterator[str]:
    """A role that reads the person of a ban entry, or what a complaint says, logs that in the
    viewer's own name."""
    for noun, (table, _) in LOGGED_APART.items():
        if role in POLICY[noun].rows:
            yield from _own_entries(table, role)


def _own_entries(noun: type[Base], role: Role) -> Iterator[str]:
    """A role adds entries to a log in the viewer's own name, for an allowed purpose and for the
    case that is sealed with the viewer. The database sets the time."""
    purposes = _purposes(role, is_of_complaints=noun is ComplaintRead)
    if not purposes:
        return
    table = noun.__tablename__
    columns = sorted(set(noun.__table__.c.keys()) - {"occurred_at"})
    yield f"GRANT INSERT ({', '.join(columns)}) ON {table} TO {database_role(role)};"
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    condition = (
        f"actor = (SELECT viewer.subject('{role}')) AND actor_role = '{role}'"
        f" AND purpose IN ({listed}) AND case_reference = {_named_case(role)}"
    )
    yield _policy(table, role, "INSERT", f"WITH CHECK ({condition})")


def _breach_lookups(role: Role) -> Iterator[str]:
    """A role that asks who was affected by a breach logs that in the viewer's own name."""
    if role not in POLICY["PersonRead"].fields["applicant"]:
        return
    yield from _own_log(BreachLookup, role)


def _own_log(noun: type[Base], role: Role) -> Iterator[str]:
    """A role adds entries to a log in the viewer's own name. The database sets the time."""
    table = noun.__tablename__
    columns = sorted(set(noun.__table__.c.keys()) - {"occurred_at"})
    yield f"GRANT INSERT ({', '.join(columns)}) ON {table} TO {database_role(role)};"
    own = f"actor = (SELECT viewer.subject('{role}')) AND actor_role = '{role}'"
    yield _policy(table, role, "INSERT", f"WITH CHECK ({own})")


def _visa_checks(role: Role) -> Iterator[str]:
    """A role that asks whether visas can be used logs that in the viewer's own name."""
    if role in VISA_CHECKERS:
        yield from _own_log(VisaCheck, role)


def _for_the_gateway(role: Role) -> Iterator[str]:
    """Before it acts for anybody, the gateway asks who is suspended, how rows are distributed, how
    large tables are, and whom changes may concern. The functions raise under the seal of a viewer.
    """
    if role is Role.ANONYMOUS:
        name = database_role(role)
        yield (
            "GRANT EXECUTE ON FUNCTION viewer.suspended, viewer.statistics, viewer.sizes,"
            f" viewer.concerned_by_changes TO {name};"
        )


def _trusted_documents(role: Role) -> Iterator[str]:
    """The gateway finds documents before it acts for anybody, so it reads them as ANONYMOUS: no
    retired ones, and not who registered them."""
    if role is not Role.ANONYMOUS:
        return
    table, hidden = TrustedDocument.__table__, {"registered_at", "registered_by"}
    yield _grant(
        TrustedDocument.__tablename__,
        frozenset(column.name for column in table.columns) - hidden,
        database_role(role),
    )
    condition = f"(SELECT viewer.acts_as('{role}')) AND retired_at IS NULL"
    yield _policy(TrustedDocument.__tablename__, role, "SELECT", f"USING ({condition})")


def _policy(table: str, role: Role, verb: str, clause: str) -> str:
    name = f"{role.lower()}_{verb.lower()}"
    return f"CREATE POLICY {name} ON {table} FOR {verb} TO {database_role(role)}\n    {clause};"
