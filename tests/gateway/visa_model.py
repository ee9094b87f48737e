"""The life of a visa as plain conditions, from its grant by rule to an extended stay: a model to
compare the gateway and the keeper with.

Written from the domain's facts, as `life_model` is for applications.
"""

from dataclasses import dataclass, field

DAYS, MORE_DAYS = 30, 30
#: On an officer's desk.
DECIDABLE = ("IN_VERIFICATION", "SCREENING")


@dataclass
class Extension:
    """An application for more days."""

    id: str
    status: str = "AWAITING_PAYMENT"
    is_screened: bool = False
    has_appeared: bool = False

    @property
    def is_open(self) -> bool:
        return self.status not in ("GRANTED", "REFUSED")


@dataclass
class VisaLife:
    """A file that a rule may grant, and what becomes of its visa."""

    id: str
    status: str = "PAID"
    is_screened: bool = False
    is_held: bool = False
    has_entered: bool = False
    extensions: list[Extension] = field(default_factory=list)

    @property
    def is_granted_by_the_next_pass(self) -> bool:
        return self.status == "PAID" and self.is_screened and not self.is_held

    @property
    def extended_days(self) -> int:
        return MORE_DAYS * sum(one.status == "GRANTED" for one in self.extensions)

    @property
    def newest(self) -> Extension | None:
        return self.extensions[-1] if self.extensions else None

    @property
    def is_used_up(self) -> bool:
        """Asked for once, or granted once: there is no second."""
        return any(one.is_open or one.status == "GRANTED" for one in self.extensions)


#: What users do, by whom. The passes of the keeper are its own.
CALLS = {
    "holdApplication": "supervisor",
    "releaseApplication": "supervisor",
    "revokeVisa": "supervisor",
    "recordCrossings": "border",
    "applyForExtension": "holder",
    "recordPayment": "treasury",
    "reassignCase": "supervisor",
    "recordAppearance": "officer",
    "grant": "officer",
    "refuse": "officer",
    "screen": "keeper",
    "grantByRule": "keeper",
}
OF_EXTENSIONS = ("recordPayment", "reassignCase", "recordAppearance", "grant", "refuse")


def is_askable(life: VisaLife, call: str) -> bool:
    """Whether there is anything that the call could be about."""
    if call == "recordCrossings":
        return life.status == "GRANTED" and not life.has_entered
    if call == "recordPayment":
        return life.newest is not None and life.newest.status == "AWAITING_PAYMENT"
    if call == "reassignCase":
        return life.newest is not None and life.newest.status == "PAID"
    return life.newest is not None if call in OF_EXTENSIONS else True


def refusal(life: VisaLife, call: str) -> str | None:
    """The code with which a call is refused; None where it is done."""
    match call:
        case "holdApplication" if life.status == "REVOKED":
            return "WRONG_STATUS"
        case "holdApplication" if life.is_held:
            return "ALREADY_HELD"
        case "releaseApplication" if not life.is_held:
            return "NOT_HELD"
        case "revokeVisa" if life.status != "GRANTED":
            return "WRONG_STATUS"
        # A holder reads no status, and is told nothing of a hold.
        case "applyForExtension" if life.status == "PAID":
            return "WRONG_STAGE"
        case "applyForExtension" if life.is_used_up:
            return "ALREADY_EXTENDED"
        case "applyForExtension" if life.status == "REVOKED":
            return "STAY_ENDED"
        case "recordAppearance" | "grant" | "refuse" if life.newest:
            return _refusal_at_the_desk(life, life.newest, call)
        case _:
            return None


def _refusal_at_the_desk(life: VisaLife, extension: Extension, call: str) -> str | None:
    if extension.status not in DECIDABLE:
        return "WRONG_STATUS"
    if call == "recordAppearance":
        return "ALREADY_APPEARED" if extension.has_appeared else None
    if call == "refuse":
        return None
    if not extension.has_appeared:
        return "NOT_APPEARED"
    # Whatever stands against it or its visa is one word.
    is_clear = extension.is_screened and life.status == "GRANTED" and not life.is_held
    return None if is_clear else "NOT_CLEARED"


def follow(life: VisaLife, call: str) -> None:
    """Apply a call that is done; the application of an extension is added by whoever called."""
    match call:
        case "holdApplication" | "releaseApplication":
            life.is_held = call == "holdApplication"
        case "revokeVisa":
            life.status = "REVOKED"
        case "recordCrossings":
            life.has_entered = True
        case "screen":
            life.is_screened |= life.status == "PAID"
            for one in life.extensions:
                one.is_screened |= one.status in ("PAID", "IN_VERIFICATION")
        case "grantByRule" if life.is_granted_by_the_next_pass:
            life.status = "GRANTED"
        case _ if call in OF_EXTENSIONS and life.newest:
            _follow_extension(life, life.newest, call)
        case _:
            pass


def _follow_extension(life: VisaLife, extension: Extension, call: str) -> None:
    if call == "recordAppearance":
        # The officer records the entry of whom border control did not report.
        extension.has_appeared = life.has_entered = True
        return
    extension.status = {
        "recordPayment": "PAID",
        "reassignCase": "IN_VERIFICATION",
        "grant": "GRANTED",
        "refuse": "REFUSED",
    }[call]
