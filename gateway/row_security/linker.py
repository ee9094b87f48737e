"""Row security of the LINKER: the columns that it reads and writes, and no others.

It is no role of the domain, and no gateway acts in it: a job of the keeper does.
"""

from collections.abc import Iterator, Mapping

from models import (
    Applicant,
    Application,
    BanEntry,
    BanIndex,
    BannedPerson,
    Base,
    Identity,
    IdentityVersion,
    LinkerRead,
    PersonIndex,
    PersonLink,
    Visa,
    VisaDocument,
)
from models.row_security import LINKER

_OF_A_PERSON = ("applicant_id", "sealed", "versions", "full_name", "birth_date", "passport_number",
                "passport_issuing_state")  # fmt: skip
#: By verb, the columns of each table; none are every column.
_RIGHTS: Mapping[str, Mapping[type[Base], tuple[str, ...]]] = {
    "SELECT": {
        Applicant: ("id", "nationality_code"),
        Identity: _OF_A_PERSON,
        IdentityVersion: (
            *_OF_A_PERSON, "number", "nationality_code", "valid_from", "valid_until",
        ),
        Application: (
            "id", "applicant_id", "group_reference", "is_linked", "reference", "visa_type_code",
        ),
        Visa: ("visa_number", "application_id", "issued_at", "use_by", "stay_days"),
        VisaDocument: (
            "id", "visa_number", "applicant_id", "ordered_at", "issued_at", "refused_at",
            "replaced_at",
        ),
        PersonIndex: (),
        PersonLink: ("applicant_id", "linked_id", "reason"),
        BanEntry: ("id", "approved_by", "withdrawn_by"),
        BannedPerson: (
            "ban_id", "issuing_state", "sealed", "passport_number", "full_name", "birth_date",
            "erased_at",
        ),
        BanIndex: (),
    },
    "INSERT": {
        PersonIndex: (),
        BanIndex: (),
        PersonLink: ("id", "applicant_id", "linked_id", "reason", "state"),
        LinkerRead: ("id", "applicant_id", "version", "fields"),
    },
    "UPDATE": {
        Application: ("is_linked",),
        VisaDocument: ("issued_at", "digest", "key_id", "sealed", "refused_at"),
    },
    "DELETE": {PersonIndex: (), BanIndex: ()},
}  # fmt: skip


def linker() -> Iterator[str]:
    """Its grants and row policies."""
    yield "-- LINKER"
    yield f"GRANT USAGE ON SCHEMA public TO {LINKER};"
    # Which the indexes of applications ask.
    yield f"GRANT EXECUTE ON FUNCTION wib_day TO {LINKER};"
    for verb, tables in _RIGHTS.items():
        for noun, columns in tables.items():
            table = noun.__tablename__
            listed = f" ({', '.join(sorted(columns))})" if columns else ""
            yield f"GRANT {verb}{listed} ON {table} TO {LINKER};"
            clause = "WITH CHECK (true)" if verb == "INSERT" else "USING (true)"
            yield (
                f"CREATE POLICY linker_{verb.lower()} ON {table} FOR {verb} TO {LINKER}\n"
                f"    {clause};"
            )
    yield ""
