"""What an administrator can change: the fields of each form, and of the input of its mutation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import dcc, html

from dashboard.texts import Texts

#: Dash's own signature knows no dates.
_DATE: Any = {"type": "date"}

#: The folder of the documents, each with the name of its mutation.
DOCUMENTS = "administration/changes"
LONGEST_REASON = 2_000


class Kind(StrEnum):
    """What a field holds, which decides how it is filled in and what the gateway is sent."""

    TEXT = "text"
    REASON = "reason"
    COUNTRY = "country"
    DAY = "day"
    NUMBER = "number"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"


@dataclass(frozen=True)
class Field:
    """A field of a form, by its name in the input of the mutation."""

    name: str
    kind: Kind = Kind.TEXT
    #: The values to choose from, or what lists them: visa types or partners.
    choices: Sequence[str] | str = ()
    is_required: bool = True

    def read(self, text: str) -> Any:
        """What the gateway is sent for what was filled in. Raises ValueError for no number."""
        text = text.strip()
        if not text:
            return None
        match self.kind:
            case Kind.NUMBER:
                return int(text)
            case Kind.YES_OR_NO:
                return text == "true"
            case Kind.COUNTRY:
                return text.upper()
            case _:
                return text


VISA_TYPES, PARTNERS = "visa_types", "partners"
_VISA_TYPE = Field("visaType", Kind.CHOICE, VISA_TYPES)
_PARTNER = Field("partner", Kind.CHOICE, PARTNERS)
_COUNTRY = Field("country", Kind.COUNTRY)
_VALID_FROM = Field("validFrom", Kind.DAY)
_OPENED_ON = Field("openedOn", Kind.DAY)
_ENTRIES = ("VISA_FREE", "VISA_ON_ARRIVAL", "VISA_REQUIRED", "CALLING_VISA")
_PURPOSES = ("TOURISM", "BUSINESS", "INVESTMENT", "GOVERNMENT", "TRANSIT")
_DOCUMENTS = (
    *("PASSPORT_SCAN", "PHOTOGRAPH", "RETURN_TICKET", "ITINERARY", "ACCOMMODATION"),
    *("BANK_STATEMENT", "INVITATION_LETTER", "GUARANTEE_LETTER", "EMPLOYMENT_LETTER"),
    *("EMPLOYMENT_CONTRACT", "CURRICULUM_VITAE", "BUSINESS_LICENCE", "DEED_OF_ESTABLISHMENT"),
    *("INVESTMENT_PLAN", "PROOF_OF_INCOME", "HEALTH_INSURANCE", "VACCINATION_CERTIFICATE"),
    *("POLICE_CERTIFICATE", "BIRTH_CERTIFICATE", "MARRIAGE_CERTIFICATE", "PARENTAL_CONSENT"),
    "RESIDENCE_PERMIT",
)
_CLOSING = (
    Field("closedOn", Kind.DAY, is_required=False),
    Field("successor", is_required=False),
)
_TARGET = (
    Field("hours", Kind.NUMBER),
    Field("promisedPercent", Kind.NUMBER, is_required=False),
)
#: Every proposal names its decree.
_DECREED = (Field("decree"), Field("reason", Kind.REASON))
_REASON = Field("reason", Kind.REASON)

#: In the order in which they are offered.
PROPOSALS: Mapping[str, Sequence[Field]] = {
    "proposeFee": (_VISA_TYPE, Field("amountIdr", Kind.NUMBER), _VALID_FROM),
    "proposeServiceTarget": (
        _VISA_TYPE,
        Field("clock", Kind.CHOICE, ("STANDARD", "CALLING_VISA")),
        *_TARGET,
        _VALID_FROM,
    ),
    "proposePassportRule": (_VISA_TYPE, Field("months", Kind.NUMBER), _VALID_FROM),
    "proposeRequiredDocument": (
        _VISA_TYPE,
        Field("kind", Kind.CHOICE, _DOCUMENTS),
        Field("isRequired", Kind.YES_OR_NO),
        _VALID_FROM,
    ),
    "proposeEligibility": (
        _VISA_TYPE,
        Field("entry", Kind.CHOICE, _ENTRIES),
        Field("purpose", Kind.CHOICE, _PURPOSES),
        Field("isOpen", Kind.YES_OR_NO),
        _VALID_FROM,
    ),
    "proposeEntryRule": (_COUNTRY, Field("entry", Kind.CHOICE, _ENTRIES), _VALID_FROM),
    "proposeDeadline": (
        Field("wait", Kind.CHOICE, ("PAYMENT", "ANSWER")),
        Field("days", Kind.NUMBER),
        _VALID_FROM,
    ),
    "proposePartnerCountry": (_PARTNER, _COUNTRY, _OPENED_ON),
    "proposePartnerCountryClosing": (_PARTNER, _COUNTRY, *_CLOSING),
    "proposeCentre": (Field("code"), _PARTNER, _COUNTRY, Field("city"), _OPENED_ON),
    "proposeCentreClosing": (Field("centre"), *_CLOSING),
    "proposePartner": (Field("code"), Field("name")),
    "proposeVisaType": (
        Field("code"),
        Field("nameEn"),
        Field("nameId"),
        Field("category", Kind.CHOICE, _PURPOSES),
        Field("stayDays", Kind.NUMBER),
        Field("useWithinDays", Kind.NUMBER),
        Field("isMultipleEntry", Kind.YES_OR_NO),
        Field("passportMonths", Kind.NUMBER),
        Field("amountIdr", Kind.NUMBER),
        *_TARGET,
        _VALID_FROM,
    ),
    "proposeVisaTypeEnd": (_VISA_TYPE, Field("validUntil", Kind.DAY, is_required=False)),
    "proposeCountry": (
        Field("code", Kind.COUNTRY),
        Field("iso3"),
        Field("nameEn"),
        Field("nameId"),
    ),
}
#: What is done about a change or a suspension that there is, whose id the form carries.
ANSWERS: Mapping[str, Sequence[Field]] = {
    "approveReferenceChange": (Field("changeId"),),
    "cancelReferenceChange": (Field("changeId"), _REASON),
    "confirmSuspension": (Field("suspensionId"),),
    "liftSuspension": (Field("suspensionId"), _REASON),
}
SUSPENSIONS: Mapping[str, Sequence[Field]] = {
    "suspendPartner": (_PARTNER, _REASON),
    "suspendViewer": (Field("subject"), _REASON),
}
CHANGES: Mapping[str, Sequence[Field]] = {
    **{change: (*fields, *_DECREED) for change, fields in PROPOSALS.items()},
    **ANSWERS,
    **SUSPENSIONS,
}


def change_form(
    change: str,
    say: Texts,
    *,
    listed: Mapping[str, Mapping[str, str]] | None = None,
    about: tuple[str, str] | None = None,
) -> html.Form:
    """The form of a change: ``listed`` has the visa types and partners, with their names by code;
    ``about`` is the field that holds an id, and the id."""
    id_ = f"{change}-{about[1]}" if about else change
    fields = [each for each in CHANGES[change] if about is None or each.name != about[0]]
    offer = "administration.propose_it" if change in PROPOSALS else f"administration.do.{change}"
    sends: dict[str, Any] = {"data-change": change, "data-sends": "administration-sent"}
    return html.Form(
        [
            dcc.Input(type="hidden", name=about[0], value=about[1]) if about else None,
            *(_labelled(id_, each, listed or {}, say) for each in fields),
            html.Button(say(offer), type="submit"),
        ],
        id=id_,
        className="change" if fields else "change short",
        **sends,
    )


def _labelled(
    form: str, field: Field, listed: Mapping[str, Mapping[str, str]], say: Texts
) -> html.Div:
    id_ = f"{form}-{field.name}"
    hints = (
        *([say("administration.country_hint")] if field.kind is Kind.COUNTRY else []),
        *([] if field.is_required else [say("administration.optional")]),
    )
    label = [say(f"administration.field.{field.name}"), *(html.Small(f" {hint}") for hint in hints)]
    return html.Div([html.Label(label, htmlFor=id_), _control(id_, field, listed, say)])


def _control(id_: str, field: Field, listed: Mapping[str, Mapping[str, str]], say: Texts) -> Any:
    given: dict[str, Any] = {"id": id_, "name": field.name, "required": field.is_required}
    match field.kind:
        case Kind.REASON:
            return html.Textarea(rows=2, maxLength=LONGEST_REASON, **given)
        case Kind.DAY:
            return dcc.Input(**given, **_DATE)
        case Kind.NUMBER:
            return dcc.Input(type="number", min=0, step=1, **given)
        case Kind.COUNTRY:
            return dcc.Input(type="text", pattern="[A-Za-z]{2}", maxLength=2, **given)
        case Kind.YES_OR_NO:
            answers = {"true": say("administration.yes"), "false": say("administration.no")}
            return _select(given, answers, say)
        case Kind.CHOICE:
            choices = field.choices
            names = (
                listed.get(choices, {})
                if isinstance(choices, str)
                else {each: say(f"administration.value.{each}") for each in choices}
            )
            return _select(given, names, say)
        case _:
            return dcc.Input(type="text", maxLength=200, **given)


def _select(given: Mapping[str, Any], names: Mapping[str, str], say: Texts) -> html.Select:
    first = html.Option(say("administration.choose"), value="")
    return html.Select(
        [first, *(html.Option(name, value=code) for code, name in names.items())], **given
    )
