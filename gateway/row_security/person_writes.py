"""What a writing role may do with the tables about people: who they are, were and may be."""

from gateway.row_security.write_grants import WriteGrant, columns_in
from gateway.row_security.writer import Writer
from models import Applicant, Correction, Guarantor, Guardian, Identity, IdentityVersion, PersonLink
from models.life.steps import SUBMITTERS
from models.person.vault import ACCOMPANIED, GUARANTEED
from models.vocabulary import Role

_OF_AN_APPLICATION = (
    "EXISTS (SELECT FROM application WHERE application.applicant_id ="
    " identity_version.applicant_id)"
)
_OF_A_CASE_IN_REACH = (
    "EXISTS (SELECT FROM application"
    " WHERE application.applicant_id IN (person_link.applicant_id, person_link.linked_id))"
)
_OWN_APPLICANT = "EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id)"
_APPROVING = (Role.OFFICER, Role.SUPERVISOR)
#: Roles that take a step of a correction.
_CORRECTING = (*SUBMITTERS, *_APPROVING)


def grant_applicants(writer: Writer) -> WriteGrant:
    own_account = f"applicant.account = {writer.subject}"
    return WriteGrant(
        _known_of_people(writer),
        columns_in(Applicant) - {"created_at", "erased_at"},
        select_if=f"{writer.sealed} AND {own_account}"
        if writer.role is not Role.AUDITOR
        else writer.sealed,
        insert_if=writer.by_role(
            {
                Role.PARTNER_AGENT: "applicant.account IS NULL",
                Role.PARTNER_SERVICE: "applicant.account IS NULL",
                Role.APPLICANT: own_account,
            }
        ),
    )


def grant_identities(writer: Writer) -> WriteGrant:
    return WriteGrant(
        columns_in(Identity) if _knows_oneself(writer) else frozenset(),
        columns_in(Identity) - {"versions"},
        select_if=f"{writer.sealed} AND {_OWN_APPLICANT}",
        insert_if=writer.by_role(
            {
                Role.PARTNER_AGENT: "true",
                Role.PARTNER_SERVICE: "true",
                Role.APPLICANT: _OWN_APPLICANT,
            }
        ),
    )


def grant_identity_versions(writer: Writer) -> WriteGrant:
    """The content of a correction is written once; no role writes an existing identity."""
    return WriteGrant(
        frozenset({"applicant_id", "number", "nationality_code"}),
        columns_in(IdentityVersion) - {"valid_from", "valid_until", "versions"},
        select_if=writer.by_role(dict.fromkeys(_CORRECTING, _OF_AN_APPLICATION)),
        insert_if=writer.by_role(dict.fromkeys(SUBMITTERS, _OF_AN_APPLICATION)),
    )


def grant_corrections(writer: Writer) -> WriteGrant:
    """One trigger guards who may take which step of a correction, another puts it into force."""
    in_reach = writer.case_is_in_reach(Correction)
    return WriteGrant(
        columns_in(Correction),
        columns_in(Correction) - {"approved_at", "approved_by"},
        frozenset({"state", "approved_at", "approved_by", "closed_at", "closed_by", "reason"}),
        select_if=writer.only_as(_CORRECTING, in_reach),
        insert_if=writer.only_as(SUBMITTERS, in_reach),
        update_if=writer.only_as(_APPROVING, in_reach),
    )


def grant_guarantors(writer: Writer) -> WriteGrant:
    """Whoever hands in or proposes writes it once, and reads none of it to write it."""
    return WriteGrant(
        frozenset(),
        columns_in(Guarantor) - {*GUARANTEED, "valid_until"},
        insert_if=writer.only_as(SUBMITTERS, writer.case_is_in_reach(Guarantor)),
    )


def grant_guardians(writer: Writer) -> WriteGrant:
    return WriteGrant(
        frozenset(),
        columns_in(Guardian) - {*ACCOMPANIED, "valid_until"},
        insert_if=writer.only_as(SUBMITTERS, writer.case_is_in_reach(Guardian)),
    )


def grant_links(writer: Writer) -> WriteGrant:
    """The LINKER makes links; an officer decides whether a link by name is the same person."""
    return WriteGrant(
        columns_in(PersonLink),
        update=writer.columns_of(PersonLink, "UPDATE"),
        select_if=writer.by_role({Role.OFFICER: _OF_A_CASE_IN_REACH}),
    )


def _known_of_people(writer: Writer) -> frozenset[str]:
    """What a role reads of applicants to change something; an auditor only that an applicant
    exists."""
    if writer.role is Role.AUDITOR:
        return frozenset({"id"})
    if _knows_oneself(writer):
        return frozenset({"id", "account", "nationality_code"})
    return frozenset()


def _knows_oneself(writer: Writer) -> bool:
    """Only an applicant is on file already; agents read nothing of the people whom they hand in."""
    return writer.role is Role.APPLICANT
