"""The enums of the API: those of ``models/vocabulary`` and its own, every word described.

Inputs take them from here, so that each is described before it is used.
"""

import inspect
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from gateway.mapping.declare import SOURCE, Expression, TranslatedColumn
from gateway.mapping.enums import case, findings, own, people, reference
from gateway.mapping.enums.own import (
    CalendarPeriod,
    ChangeUnit,
    Currency,
    Direction,
    HitResolution,
    IdentityAbsence,
    Precision,
    PublicReason,
    StayDimension,
    VisaPresence,
    VisaStatus,
    VisaUsability,
    VolumeDimension,
)
from gateway.strawberry_bridge import describe_values
from gateway.texts.language import Language
from models.vocabulary import (
    CrossingDirection,
    DocumentKind,
    FileFormat,
    Ground,
    GuarantorKind,
    GuardianKind,
    GuardianRelation,
    Outcome,
    Queue,
    ReferralReason,
    RequestedItemKind,
    ScreeningKind,
    ScreeningResult,
    Sex,
    Stage,
    Status,
    TripPurpose,
    VisaCondition,
)

__all__ = [
    "CalendarPeriod",
    "ChangeUnit",
    "CrossingDirection",
    "Currency",
    "Direction",
    "DocumentKind",
    "FileFormat",
    "Ground",
    "GuarantorKind",
    "GuardianKind",
    "GuardianRelation",
    "HitResolution",
    "IdentityAbsence",
    "Outcome",
    "Precision",
    "PublicReason",
    "Queue",
    "ReferralReason",
    "RequestedItemKind",
    "ScreeningKind",
    "ScreeningResult",
    "Sex",
    "Stage",
    "Status",
    "StayDimension",
    "TripPurpose",
    "VisaCondition",
    "VisaPresence",
    "VisaStatus",
    "VisaUsability",
    "VolumeDimension",
    "translated_column",
]

_WORDS = (own.WORDS, case.WORDS, people.WORDS, reference.WORDS, findings.WORDS)


def _describe(enum: type[StrEnum], words: Mapping[str, str]) -> None:
    if missing := [f"{enum.__name__}.{word.name}" for word in enum if word.name not in words]:
        raise LookupError(f"{__file__}: WORDS does not describe {', '.join(missing)}")
    declared: Any = strawberry.enum(enum, description=inspect.cleandoc(enum.__doc__ or ""))
    describe_values(declared, lambda value: words[value.name])


for _words in _WORDS:
    for _enum, _words_of_it in _words.items():
        _describe(_enum, _words_of_it)


def translated_column(description: str, *, en: Expression, id: Expression) -> Any:
    """A field that is one of two columns, by the argument ``language``."""
    columns: dict[str, Expression] = {Language.EN: en, Language.ID: id}

    def resolve(
        root: Any,
        language: Annotated[
            Language, strawberry.argument(description="The language of the answer.")
        ] = Language.EN,
    ) -> str:
        return root.__dict__[str(columns[language].key)]

    return strawberry.field(
        resolver=resolve, description=description, metadata={SOURCE: TranslatedColumn(columns)}
    )
