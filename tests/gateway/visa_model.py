"""The life of a visa as plain conditions, from its grant by rule to an extended stay, an overstay
and its erasure: a model to compare the gateway and the keeper with.

Written from the domain's facts, as `life_model` is for applications.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

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
    #: How many days ago the holder crossed the border, by the report of border control.
    entered: int
    left: int
    came_back: int
    status: str = "PAID"
    is_screened: bool = False
    is_held: bool = False
    is_returned: bool = False
    #: What was reported so far, by the call that did.
    reported: set[str] = field(default_factory=set)
    #: An officer recorded today's entry.
    is_recorded: bool = False
    #: Of which stay an overstay was confirmed: how long ago it began and ended.
    confirmed: tuple[int, int] | None = None
    extensions: list[Extension] = field(default_factory=list)

    @property
    def is_granted_by_the_next_pass(self) -> bool:
        return self.status == "PAID" and self.is_screened and not self.is_held

    @property
    def is_in_force(self) -> bool:
        return self.status == "GRANTED" and not self.is_returned

    @property
    def extended_days(self) -> int:
        return MORE_DAYS * sum(one.status == "GRANTED" for one in self.extensions)

    @property
    def newest(self) -> Extension | None:
        return self.extensions[-1] if self.extensions else None

    @property
    def newest_is_screened(self) -> bool:
        return self.newest is not None and self.newest.is_screened

    @property
    def is_used_up(self) -> bool:
        """Asked for once, or granted once: there is no second."""
        return any(one.is_open or one.status == "GRANTED" for one in self.extensions)

    @property
    def entries(self) -> list[int]:
        """How many days ago each was."""
        days = {"enter": self.entered, "comeBack": self.came_back}
        return [days[call] for call in days if call in self.reported] + [0] * self.is_recorded

    @property
    def presence(self) -> str:
        """Where the holder is, by the last crossing."""
        has_left = "leave" in self.reported
        if not (has_left or self.entries):
            return "NEVER_ENTERED"
        is_there = not has_left or "comeBack" in self.reported or self.is_recorded
        return "IN_COUNTRY" if is_there else "DEPARTED"

    @property
    def has_crossed(self) -> bool:
        return self.presence != "NEVER_ENTERED"

    @property
    def last_day(self) -> int | None:
        """How many days ago the stay ended."""
        return min(self.entries) - DAYS - self.extended_days if self.entries else None

    @property
    def overstay(self) -> tuple[int, int] | None:
        """Of whoever is in the country past the last day: when the stay began and ended."""
        if self.presence != "IN_COUNTRY" or self.last_day is None or self.last_day <= 0:
            return None
        return min(self.entries), self.last_day

    @property
    def can_stay_on(self) -> bool:
        return self.is_in_force and self.presence != "DEPARTED" and not self.overstay

    @property
    def has_room(self) -> bool:
        """Another extension is possible, but for where the holder is and what the visa became."""
        return not self.is_used_up and (self.last_day or 0) <= 0

    @property
    def is_returned_unused(self) -> bool:
        return self.is_returned and not self.has_crossed

    @property
    def usability(self) -> str:
        """As a supervisor reads it. A single entry serves once."""
        if not self.is_in_force:
            return "REVOKED"
        if self.has_crossed:
            return "USED"
        return "HELD" if self.is_held else "VALID"

    @property
    def is_live(self) -> bool:
        return self.presence == "IN_COUNTRY" or (self.is_in_force and not self.has_crossed)

    @property
    def is_over(self) -> bool:
        """Nothing of it is open, so that its holder can be erased."""
        is_open = self.status == "PAID" or any(one.is_open for one in self.extensions)
        return not (is_open or self.is_live)


#: What users do, by whom. The passes of the keeper are its own.
CALLS = {
    "holdApplication": "supervisor",
    "releaseApplication": "supervisor",
    "revokeVisa": "supervisor",
    "returnVisa": "holder",
    "enter": "border",
    "leave": "border",
    "comeBack": "border",
    "enterWithAnotherPassport": "border",
    "confirmOverstays": "border",
    "applyForExtension": "holder",
    "recordPayment": "treasury",
    "reassignCase": "supervisor",
    "recordAppearance": "officer",
    "recordWrongEntry": "officer",
    "grant": "officer",
    "refuse": "officer",
    "screen": "keeper",
    "grantByRule": "keeper",
}
CROSSINGS = ("enter", "leave", "comeBack", "enterWithAnotherPassport")
OF_EXTENSIONS = (
    *("recordPayment", "reassignCase", "recordAppearance", "recordWrongEntry", "grant", "refuse"),
)

#: Ends of a life, which a walk should not hurry to.
_LAST = (
    *("revokeVisa", "returnVisa", "leave", "comeBack"),
    *("refuse", "holdApplication", "releaseApplication"),
)


def is_askable(life: VisaLife, call: str) -> bool:
    """Whether there is anything that the call could be about."""
    if call in CROSSINGS or call == "confirmOverstays":
        return life.status != "PAID"
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
        case "holdApplication" if life.status == "GRANTED" and not life.is_live:
            return "VISA_EXPIRED"
        case "holdApplication" if life.is_held:
            return "ALREADY_HELD"
        case "releaseApplication" if not life.is_held:
            return "NOT_HELD"
        case "revokeVisa" if life.status != "GRANTED":
            return "WRONG_STATUS"
        # A holder reads no status, and is told nothing of a hold.
        case "applyForExtension" | "returnVisa" if life.status == "PAID":
            return "WRONG_STAGE"
        case "returnVisa" if not life.is_in_force or life.has_crossed:
            return "NO_UNUSED_VISA"
        case "applyForExtension" if life.is_used_up:
            return "ALREADY_EXTENDED"
        case "applyForExtension" if not life.can_stay_on:
            return "STAY_ENDED"
        case "confirmOverstays" if not life.overstay:
            return "NOT_FOUND"
        case "recordAppearance" | "recordWrongEntry" | "grant" | "refuse" if life.newest:
            return _refusal_at_the_desk(life, life.newest, call)
        case _:
            return None


def _refusal_at_the_desk(life: VisaLife, extension: Extension, call: str) -> str | None:
    if extension.status not in DECIDABLE:
        return "WRONG_STATUS"
    if call in ("recordAppearance", "recordWrongEntry"):
        if extension.has_appeared:
            return "ALREADY_APPEARED"
        # Tomorrow's entry, or a second one.
        return "INVALID" if call == "recordWrongEntry" else None
    if call == "refuse":
        return None
    if not extension.has_appeared:
        return "NOT_APPEARED"
    # Whatever stands against it or its visa is one word.
    is_clear = extension.is_screened and life.is_in_force and not life.is_held
    return None if is_clear else "NOT_CLEARED"


def follow(life: VisaLife, call: str) -> None:
    """Apply a call that is done; the application of an extension is added by whoever called."""
    match call:
        case "holdApplication" | "releaseApplication":
            life.is_held = call == "holdApplication"
        case "revokeVisa":
            life.status = "REVOKED"
        case "returnVisa":
            life.is_returned = True
        case "enter" | "leave" | "comeBack":
            life.reported.add(call)
        case "confirmOverstays":
            life.confirmed = life.overstay
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
    # Another entry, another last day or an exit: whoever overstays now is presumed to.
    if life.confirmed != life.overstay:
        life.confirmed = None


def _follow_extension(life: VisaLife, extension: Extension, call: str) -> None:
    if call == "recordAppearance":
        # The officer records the entry of whom border control did not report.
        extension.has_appeared = True
        life.is_recorded |= not life.has_crossed
        return
    extension.status = {
        "recordPayment": "PAID",
        "reassignCase": "IN_VERIFICATION",
        "grant": "GRANTED",
        "refuse": "REFUSED",
    }[call]


_ASK, _ENTRY = "applyForExtension", "recordWrongEntry"
#: What some lives must meet as a call comes, or as the holder is to be erased.
PREMISES: Mapping[str, Callable[[VisaLife, str], object]] = {
    "held_from_rule": lambda life, call: (
        call == "grantByRule" and life.is_screened and life.is_held
    ),
    "unused_visa_revoked": lambda life, call: (
        call == "revokeVisa" and life.is_in_force and not (life.has_crossed or life.is_held)
    ),
    "returned_again": lambda life, call: call == "returnVisa" and life.is_returned_unused,
    "held_once_returned": lambda life, call: call == "holdApplication" and life.is_returned_unused,
    "exit_before_entry": lambda life, _: life.presence == "DEPARTED" and not life.entries,
    "came_back": lambda life, call: call == "comeBack" and life.presence == "DEPARTED",
    "confirmed_again": lambda life, call: call == "confirmOverstays" and life.confirmed,
    "overstay_ended": lambda life, call: call in ("leave", "grant") and life.confirmed,
    "extended": lambda life, call: call == "grant" and refusal(life, call) is None,
    "not_extended": lambda life, call: call == "refuse" and refusal(life, call) is None,
    "asked_after_exit": lambda life, call: (
        call == _ASK and life.presence == "DEPARTED" and life.is_in_force and life.has_room
    ),
    "asked_once_returned": lambda life, call: (
        call == _ASK and life.is_returned_unused and life.has_room
    ),
    "asked_too_late": lambda life, call: call == _ASK and life.overstay and not life.is_used_up,
    "asked_on_the_last_days": lambda life, call: (
        call == _ASK and life.last_day in (0, -1) and refusal(life, call) is None
    ),
    "entry_recorded": lambda life, call: (
        call == "recordAppearance" and not life.has_crossed and refusal(life, call) is None
    ),
    "entry_recorded_wrongly": lambda life, call: (
        call == _ENTRY and not life.has_crossed and refusal(life, call) == "INVALID"
    ),
    "entry_recorded_again": lambda life, call: (
        call == _ENTRY and life.has_crossed and refusal(life, call) == "INVALID"
    ),
    "not_cleared_by_hold": lambda life, call: (
        refusal(life, call) == "NOT_CLEARED" and life.is_in_force and life.newest_is_screened
    ),
    "not_cleared_by_end": lambda life, call: (
        refusal(life, call) == "NOT_CLEARED" and not life.is_held and life.newest_is_screened
    ),
    "erased_after_a_stay": lambda life, call: call == "erase" and life.is_over and life.entries,
    "kept_while_live": lambda life, call: call == "erase" and life.is_live and life.entries,
}


def premises_met(life: VisaLife, call: str) -> list[str]:
    return [name for name, is_met in PREMISES.items() if is_met(life, call)]


def choose(life: VisaLife, chance: Random) -> str:
    """Mostly onward, and now and then whatever is refused, each reason as likely as another."""
    calls = [call for call in CALLS if is_askable(life, call)]
    refused = {refusal(life, call) or "": call for call in calls}
    refused.pop("", None)
    if refused and chance.random() < 0.45:
        return chance.choice(sorted(refused.values()))
    done = [call for call in calls if refusal(life, call) is None]
    # Where something is about to be decided, supervision steps in; and holders change their minds.
    is_awaited = life.is_granted_by_the_next_pass or (life.newest and life.newest.has_appeared)
    shares = {"returnVisa": 0.05, "leave": 0.04}
    if is_awaited:
        shares |= {"holdApplication": 0.3, "revokeVisa": 0.08}
    for call, share in shares.items():
        if call in done and changes(life, call) and chance.random() < share:
            return call
    onward = [call for call in done if call not in _LAST and changes(life, call)]
    return chance.choice(onward if onward and chance.random() < 0.85 else done)


def changes(life: VisaLife, call: str) -> bool:
    """Whether anything is another after a call that is done."""
    after = deepcopy(life)
    follow(after, call)
    return call == "applyForExtension" or after != life
