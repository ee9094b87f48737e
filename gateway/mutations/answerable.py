"""Who answers for applicants, guarantors and the guardians of minors: what is checked, and what is
sealed of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from gateway.mutations.forms import is_formed
from gateway.mutations.outcome import Reasons
from gateway.mutations.requests import (
    GivenGuarantor,
    GivenGuardian,
    ProposedCorrection,
    Submission,
    api_name,
)
from models import Base, Guarantor, Guardian
from models.life import Refusal
from models.life.grant_conditions import is_adult
from models.person.vault import ACCOMPANIED, GUARANTEED, Person
from models.row_keys import new_key
from models.vocabulary import GuarantorKind, GuardianKind

_NUMBERED = {GuarantorKind.PERSON: "nik", GuarantorKind.COMPANY: "nib"}


class Answerable(NamedTuple):
    """Who answers for an applicant in a file, and what is sealed of it."""

    noun: type[Base]
    to_seal: Person
    #: The plain columns.
    plain: tuple[tuple[str, Any], ...] = ()

    def row(self, sealed: Mapping[str, str]) -> dict[str, Any]:
        """The row but for its case, and from when or with which version it holds."""
        key, applicant = self.to_seal.version, self.to_seal.subject
        return {"id": key, "applicant_id": applicant, "sealed": sealed, **dict(self.plain)}


def guarantor_of(applicant: UUID, guarantor: GivenGuarantor) -> Answerable:
    values = {name: getattr(guarantor, name) for name in GUARANTEED}
    to_seal = Person(applicant, new_key(), values, Guarantor.__tablename__)
    return Answerable(Guarantor, to_seal, (("kind", guarantor.kind.value),))


def guardian_of(applicant: UUID, guardian: GivenGuardian | None) -> Answerable:
    """None where a correction says that there is none any more."""
    values = {name: getattr(guardian, name, None) for name in ACCOMPANIED}
    to_seal = Person(applicant, new_key(), values, Guardian.__tablename__)
    return Answerable(Guardian, to_seal, (("kind", kind_of(guardian)),))


def answerable_for(applicant: UUID, submission: Submission) -> list[Answerable]:
    """Who answers for an applicant in what is handed in."""
    guarantor, guardian = submission.guarantor, submission.guardian
    return [
        *([guarantor_of(applicant, guarantor)] if guarantor else ()),
        *([guardian_of(applicant, guardian)] if guardian else ()),
    ]


def rows_of(
    answerable: Sequence[Answerable], sealed: Sequence[Mapping[str, str]]
) -> dict[type[Base], dict[str, Any]]:
    """The rows of one file by table."""
    return {one.noun: one.row(of_one) for one, of_one in zip(answerable, sealed, strict=True)}


def kind_of(guardian: GivenGuardian | None) -> GuardianKind | None:
    if guardian is None:
        return None
    return GuardianKind.IN_GROUP if guardian.travels_in_group else GuardianKind.NAMED


def check_guarantor(guarantor: GivenGuarantor, reasons: Reasons) -> None:
    """Add a reason for each value of a guarantor that is not formed."""
    rule = _NUMBERED[guarantor.kind]
    if not is_formed(rule, guarantor.registration_number):
        reasons.add(Refusal.INVALID, "guarantor", "registrationNumber", rule=rule)
    if not is_formed("line", guarantor.name):
        reasons.add(Refusal.INVALID, "guarantor", "name", rule="line")
    for name in ("street", "city", "province", "postal_code"):
        value, rule = getattr(guarantor, name), name if name == "postal_code" else "line"
        if value is not None and not is_formed(rule, value):
            reasons.add(Refusal.INVALID, "guarantor", "address", api_name(name), rule=rule)


def check_guardian(
    guardian: GivenGuardian | None,
    born: date | None,
    entry_on: date,
    reasons: Reasons,
    *,
    is_in_group: bool,
) -> None:
    """Add a reason where a minor has no guardian, an adult has one, or it is not formed.

    Whoever has not said when they were born, or names a day of entry that cannot be, is told that
    first.
    """
    if born is None or reasons.has("identity", "birthDate") or reasons.has("entryOn"):
        return
    if is_adult(born, entry_on):
        if guardian is not None:
            reasons.add(Refusal.INVALID, "guardian", rule="no_guardian")
    elif guardian is None:
        reasons.add(Refusal.GUARDIAN_REQUIRED, "guardian")
    else:
        check_formed(guardian, reasons, is_in_group=is_in_group)


def check_formed(guardian: GivenGuardian, reasons: Reasons, *, is_in_group: bool) -> None:
    """Add a reason for each value of a guardian that is not formed."""
    if not guardian.has_consented:
        reasons.add(Refusal.INVALID, "guardian", "hasConsented", rule="consent")
    if guardian.travels_in_group and not is_in_group:
        reasons.add(Refusal.INVALID, "guardian", "travelsInGroup", rule="travels_alone")
    given = [value is not None for value in guardian.named]
    if any(given) if guardian.travels_in_group else not all(given):
        reasons.add(Refusal.INVALID, "guardian", rule="guardian")
        return
    for name, rule in (("name", "line"), ("phone", "phone")):
        value = getattr(guardian, name)
        if value is not None and not is_formed(rule, value):
            reasons.add(Refusal.INVALID, "guardian", name, rule=rule)


def check_corrected(
    proposed: ProposedCorrection, case: UUID, files: Sequence[Any], on: date, reasons: Reasons
) -> None:
    """Add a reason where a correction makes a minor without a guardian, or names one in vain."""
    guardian = proposed.guardian
    concerned = _files_of_a_guardian(proposed, case, files, on)
    if guardian is None:
        if any(file.guardian_kind is None for file in concerned):
            reasons.add(Refusal.GUARDIAN_REQUIRED, "guardian")
    elif not concerned:
        reasons.add(Refusal.INVALID, "guardian", rule="no_guardian")
    else:
        is_in_group = all(file.group_reference is not None for file in concerned)
        check_formed(guardian, reasons, is_in_group=is_in_group)


def corrected_files(
    proposed: ProposedCorrection, case: UUID, files: Sequence[Any], on: date
) -> list[tuple[UUID, GivenGuardian | None]]:
    """The files that get another guardian by a correction, or that lose theirs."""
    concerned = _files_of_a_guardian(proposed, case, files, on)
    named = concerned if proposed.guardian is not None else []
    born = proposed.values.get("birth_date")
    come_of_age = [
        file for file in files
        if born is not None and file.guardian_kind and file not in concerned
    ]  # fmt: skip
    return [
        *((file.id, proposed.guardian) for file in named),
        *((file.id, None) for file in come_of_age),
    ]


def _files_of_a_guardian(
    proposed: ProposedCorrection, case: UUID, files: Sequence[Any], on: date
) -> list[Any]:
    """Those in which the person is a minor then: by the birth date that is proposed; without one,
    as it was handed in, and in the case alone."""
    born = proposed.values.get("birth_date")
    if born is None:
        return [file for file in files if file.id == case and file.guardian_kind]
    return [file for file in files if not is_adult(born, file.entry_on or on)]
