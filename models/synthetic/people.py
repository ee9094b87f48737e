"""Invented people: plausible names by region, reserved addresses, unassigned telephone numbers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

from models.case.application import NO_COMPANY
from models.life.grant_conditions import is_adult
from models.synthetic.answerable_rows import GuarantorRow, GuardianRow
from models.synthetic.calendar import day_in_wib, instant
from models.synthetic.chance import below
from models.synthetic.inputs import lines, reference
from models.synthetic.numbers import id_beside, moment_of, new_id
from models.synthetic.rows import (
    ApplicantRow,
    ApplicationRow,
    Batch,
    IdentityRow,
    ItemAnswerRow,
    RequestedItemRow,
)
from models.vocabulary import GuarantorKind, GuardianKind, GuardianRelation, RequestedItemKind, Sex


def new_person(
    nationality: str, moment: int, rng: Random, account: str | None = None
) -> tuple[ApplicantRow, IdentityRow]:
    """Generate an applicant who first applies at a moment, with an identity."""
    names = _names()
    given, family = names.get(nationality, names[_ELSEWHERE])
    first, last = given[below(len(given), rng)], family[below(len(family), rng)]
    number = below(10**8, rng)
    passport = f"{_LETTERS[number % len(_LETTERS)]}{number:08}"
    appeared_at = instant(moment)
    today = appeared_at.date()
    applicant = ApplicantRow(
        id=new_id(moment, rng),
        account=account,
        nationality_code=nationality,
        created_at=appeared_at,
    )
    identity = IdentityRow(
        applicant_id=applicant.id,
        full_name=f"{first} {last}",
        passport_number=passport,
        birth_date=_birth_date(today, rng),
        # Reserved for examples (RFC 2606), and a country code that is not assigned (ITU E.164).
        email=f"{first}.{last}.{number % 10_000}@example.org".lower().replace("ü", "ue"),
        phone=f"+999{below(10**8, rng):08}",
        sex=_SEXES[number % len(_SEXES)],
        place_of_birth=_places()[nationality],
        passport_issuing_state=nationality,
        passport_expires_on=today + timedelta(days=1_200 + number % 2_450),
    )
    return applicant, identity


def new_address(number: int) -> tuple[str, str, str]:
    """Street, city and province of where somebody stays, by a number."""
    city, province = _CITIES[number % len(_CITIES)]
    return f"Jalan {_STREETS[number // 7 % len(_STREETS)]} {1 + number // 64 % 120}", city, province


def answers_to(item: RequestedItemRow, applicant: UUID) -> list[ItemAnswerRow]:
    """Where an applicant stays who was asked for that, and answered."""
    is_answered = item.kind is RequestedItemKind.ADDRESS_IN_INDONESIA and item.answered_at
    of_item = item.id, item.application_id, applicant
    return [ItemAnswerRow(*of_item, *new_address(item.id.int))] if is_answered else []


class Families:
    """Who answers for applicants: guarantors, parents who are named, and adults of a group."""

    def __init__(self, guaranteed: Collection[str]) -> None:
        self._guaranteed = guaranteed
        #: By group, its adults whose applications may yet serve, or do.
        self._adults: defaultdict[str, list[IdentityRow]] = defaultdict(list)

    def as_child(
        self, identity: IdentityRow, group: str, at: int, *, is_family: bool
    ) -> IdentityRow:
        """Somebody new of a group: a minor has the family name of the first adult, and is reached
        through them, if both are of one country. In a family all are minors but two adults."""
        adults, day = self._adults[group], day_in_wib(at)
        if not adults or adults[0].passport_issuing_state != identity.passport_issuing_state:
            return identity
        born = identity.birth_date
        if is_family and len(adults) > 1:
            born = max(born, day - timedelta(days=1 + born.toordinal() % _CHILDHOOD_DAYS))
        if is_adult(born, day):
            return identity
        first, last = (
            one.full_name.split(" ", 1)[n] for n, one in enumerate((identity, adults[0]))
        )
        return identity._replace(
            full_name=f"{first} {last}",
            birth_date=born,
            email=adults[0].email,
            phone=adults[0].phone,
        )

    def answer_for(
        self, application: ApplicationRow, person: IdentityRow, batch: Batch
    ) -> ApplicationRow:
        """Add to a batch who answers for an applicant: a guarantor of some visa types, and of
        whoever is a minor on the day of entry an adult of the group, or a parent who is named. An
        application for an extension asks for neither."""
        at, entry_on = application.submitted_at, application.entry_on
        of_case = (
            *(id_beside(moment_of(application.id), application.id), application.id),
            application.applicant_id,
        )
        if application.extends_visa_number is not None:
            return application
        if application.visa_type_code in self._guaranteed:
            batch.guarantor.append(GuarantorRow(*of_case, *_guarantor(application.id.int >> 3, at)))
        group = application.group_reference
        if is_adult(person.birth_date, entry_on or at.date()):
            if group is not None and application.status not in NO_COMPANY:
                self._adults[group].append(person)
            return application
        if group is not None and self._adults[group]:
            kind = GuardianKind.IN_GROUP
            batch.guardian.append(GuardianRow(*of_case, kind, at, at))
        else:
            kind, named = GuardianKind.NAMED, _parent(application, person)
            batch.guardian.append(GuardianRow(*of_case, kind, at, at, *named))
        return application._replace(guardian_kind=kind)


def _parent(application: ApplicationRow, person: IdentityRow) -> tuple[str, str, str]:
    """A parent of somebody: name, relation and phone."""
    names = _names().get(application.nationality_code, _names()[_ELSEWHERE])
    first, last = names[0][application.id.int % len(names[0])], person.full_name.partition(" ")[2]
    return f"{first} {last}", GuardianRelation.PARENT, person.phone


def _guarantor(number: int, at: datetime) -> tuple[str, datetime, str, str, str, str]:
    """A company, and one time in five a person: kind, since when, name, number, street and city."""
    street, city, _ = new_address(number)
    if number % 5:
        name = f"PT {_STREETS[number % len(_STREETS)]} {_TRADES[number // 5 % len(_TRADES)]}"
        return GuarantorKind.COMPANY, at, name, f"{number % 10**13:013}", street, city
    name = _GUARANTORS[number // 5 % len(_GUARANTORS)]
    return GuarantorKind.PERSON, at, name, f"{number % 10**16:016}", street, city


def as_known(known: IdentityRow, identity: IdentityRow, appeared_on: date) -> IdentityRow:
    """Somebody who was handed in before, elsewhere: with the same passport, or a renewed one."""
    same = {"full_name": known.full_name, "birth_date": known.birth_date, "sex": known.sex}
    if lasts(known, appeared_on) and known.passport_number[-1] in "02468":
        number = known.passport_number
        same |= {"passport_number": number, "passport_expires_on": known.passport_expires_on}
    return identity._replace(**same)


def lasts(known: IdentityRow, day: date) -> bool:
    """Whether a passport lasts for a trip that is applied for on a day: at least a year."""
    return known.passport_expires_on >= day + timedelta(days=365)


#: One in fifty leaves it open.
_SEXES = (*(Sex.F, Sex.M) * 24, Sex.F, Sex.X)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def _birth_date(today: date, rng: Random) -> date:
    years = rng.triangular(1, 82, 33)
    return today - timedelta(days=int(years * 365.25))


_ELSEWHERE = ""
_CHILDHOOD_DAYS = 16 * 365
_CITIES = (
    ("Denpasar", "Bali"), ("Kabupaten Badung", "Bali"), ("Yogyakarta", "DI Yogyakarta"),
    ("Jakarta Pusat", "DKI Jakarta"), ("Batam", "Kepulauan Riau"),
)  # fmt: skip
_STREETS = ("Kenanga", "Melati", "Cempaka", "Flamboyan", "Anggrek", "Teratai", "Kemuning")
_TRADES = ("Niaga Nusantara", "Karya Mandiri", "Wisata Bahari", "Investama", "Digital Raya")
_GUARANTORS = ("Ni Putu Lestari", "Budi Santoso", "Siti Rahmawati", "Agus Wijaya", "Dewi Kartika")


@cache
def _places() -> dict[str, str]:
    """Where people of each nationality were born, as many passports say it: in that country."""
    return {row["code"]: row["name_en"] for row in reference().files.rows("country")}


@cache
def _names() -> dict[str, tuple[list[str], list[str]]]:
    """Given and family names by nationality, and those of everyone else."""
    return {
        nationality: (line["given"].split(), line["family"].split())
        for line in lines("names")
        for nationality in line["nationalities"].split() or [_ELSEWHERE]
    }
