"""Invented people: plausible names by region, reserved addresses, unassigned telephone numbers."""

from datetime import date, timedelta
from functools import cache
from random import Random
from uuid import UUID

from models.synthetic.calendar import instant
from models.synthetic.chance import below
from models.synthetic.inputs import lines, reference
from models.synthetic.numbers import id_beside, new_id
from models.synthetic.rows import (
    ApplicantRow,
    GuarantorRow,
    IdentityRow,
    ItemAnswerRow,
    RequestedItemRow,
)
from models.vocabulary import GuarantorKind, RequestedItemKind, Sex


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


def guarantor_of(application: UUID, moment: int, applicant: UUID) -> GuarantorRow:
    """Who answers for an applicant: a company, and one time in five a person."""
    number = application.int >> 3
    of_case = id_beside(moment, application), application, applicant
    street, city, _ = new_address(number)
    if number % 5:
        name = f"PT {_STREETS[number % len(_STREETS)]} {_TRADES[number // 5 % len(_TRADES)]}"
        registered = GuarantorKind.COMPANY, instant(moment), name, f"{number % 10**13:013}"
    else:
        name = _GUARANTORS[number // 5 % len(_GUARANTORS)]
        registered = GuarantorKind.PERSON, instant(moment), name, f"{number % 10**16:016}"
    return GuarantorRow(*of_case, *registered, street, city)


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
