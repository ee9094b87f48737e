"""The table of mutations of border control: inputs and possible refusals."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import strawberry

from gateway.mapping.enums import CrossingDirection
from gateway.mutations.crossings import CrossingsRequest, OverstaysRequest, ReportedCrossing
from gateway.mutations.outcome import Reason
from gateway.schema.mutations.input_readers import faults_of_key
from gateway.schema.mutations.inputs import MOST_AT_ONCE, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from gateway.schema.people import PassportInput
from models.life import Refusal

_LONGEST_KEY = 64
_KEY = re.compile(rf"[0-9A-Za-z._:-]{{1,{_LONGEST_KEY}}}")
_NUMBER = re.compile(r"[0-9A-Z-]{1,20}")
_PORT = re.compile(r"[0-9A-Z]{3,5}")
#: Clocks differ.
_AHEAD = timedelta(minutes=5)
_LONGEST_PASSPORT = 50


@strawberry.input(description="Somebody who entered or left the country.")
class RecordCrossingsItem:
    key: str = required(
        "How your system names this crossing, without saying who it is: from 1 to"
        f" {_LONGEST_KEY} letters, digits and `._:-`. Sent again, it is recorded once."
    )
    visa_number: str = required("The number of the visa, as it was shown.")
    passport: PassportInput = required("The passport.")
    direction: CrossingDirection = required("Into the country, or out of it.")
    crossed_at: datetime = required("When: any instant until now, however late it is reported.")
    port: str = required("The port of entry or exit, by its code, such as `CGK`.")


@strawberry.input(description="Crossings of the border, in any order.")
class RecordCrossingsInput(ReferenceInput):
    crossings: list[RecordCrossingsItem] = required(f"From 1 to {MOST_AT_ONCE}.")


@strawberry.input(description="Overstays that border control found to be real.")
class ConfirmOverstaysInput(ReferenceInput):
    visa_numbers: list[str] = required(
        f"From 1 to {MOST_AT_ONCE} numbers of visas among `overstays`."
    )


def _confirm(intent: Intent, input_: ConfirmOverstaysInput) -> OverstaysRequest:
    numbers = tuple("".join(one.split()).upper() for one in input_.visa_numbers)
    faults = [*faults_of_key(input_.idempotency_key)]
    if not 1 <= len(numbers) <= MOST_AT_ONCE:
        limits = {"most": MOST_AT_ONCE}
        faults.append(Reason(Refusal.INVALID, ("visaNumbers",), rule="overstays", limits=limits))
    return OverstaysRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=tuple(faults),
        visa_numbers=numbers,
    )


def _record(intent: Intent, input_: RecordCrossingsInput) -> CrossingsRequest:
    crossings = tuple(_crossing(item) for item in input_.crossings)
    faults = [*faults_of_key(input_.idempotency_key)]
    if not 1 <= len(crossings) <= MOST_AT_ONCE:
        limits = {"most": MOST_AT_ONCE}
        faults.append(Reason(Refusal.INVALID, ("crossings",), rule="crossings", limits=limits))
    else:
        faults += _faults(crossings)
    return CrossingsRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=tuple(faults),
        crossings=crossings,
    )


def _crossing(item: RecordCrossingsItem) -> ReportedCrossing:
    return ReportedCrossing(
        report_key=item.key,
        visa_number="".join(item.visa_number.split()).upper(),
        issuing_state=item.passport.issuing_state,
        passport_number=item.passport.number,
        direction=item.direction,
        crossed_at=item.crossed_at,
        port=item.port.strip().upper(),
    )


def _faults(crossings: tuple[ReportedCrossing, ...]) -> Iterator[Reason]:
    latest = datetime.now(UTC) + _AHEAD
    times = Counter(one.report_key for one in crossings)
    for number, one in enumerate(crossings):
        at = ("crossings", str(number))
        if not _KEY.fullmatch(one.report_key):
            limits = {"most": _LONGEST_KEY}
            yield Reason(Refusal.INVALID, (*at, "key"), rule="report_key", limits=limits)
        elif times[one.report_key] > 1:
            yield Reason(Refusal.INVALID, (*at, "key"), rule="key_of_another")
        if not _NUMBER.fullmatch(one.visa_number):
            yield Reason(Refusal.INVALID, (*at, "visaNumber"), rule="visa_number")
        if not 1 <= len(one.passport_number.strip()) <= _LONGEST_PASSPORT:
            path, limits = (*at, "passport", "number"), {"most": _LONGEST_PASSPORT}
            yield Reason(Refusal.INVALID, path, rule="travel_document", limits=limits)
        if one.crossed_at > latest:
            yield Reason(Refusal.INVALID, (*at, "crossedAt"), rule="crossed_at")
        if not _PORT.fullmatch(one.port):
            yield Reason(Refusal.INVALID, (*at, "port"), rule="port")


CROSSING_INTENTS = (
    Intent("recordCrossings", RecordCrossingsInput,
           f"Record up to {MOST_AT_ONCE} entries and exits, all or none: in any order, late ones"
           " too, each once however often it is sent. What fits no visa is kept, and shown to"
           " supervisors.", _record, ()),
    Intent("confirmOverstays", ConfirmOverstaysInput,
           f"Confirm up to {MOST_AT_ONCE} presumed overstays, all or none, each once. An entry or"
           " exit that is reported later takes a confirmation back.",
           _confirm, (), (Refusal.NOT_FOUND,)),
)  # fmt: skip
