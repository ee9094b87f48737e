"""What is wrong with the input of a mutation before anything is read: limits from both sides."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.mutations.keys import is_key
from gateway.mutations.requests import Request
from gateway.schema.mutations.ban_intents import BAN_INTENTS
from gateway.schema.mutations.case_intents import INTENTS
from models.life import Verb
from models.vocabulary import (
    DocumentKind,
    Outcome,
    Queue,
    RequestedItemKind,
    ScreeningKind,
    ScreeningResult,
)

BY_NAME = {intent.name: intent for intent in (*INTENTS, *BAN_INTENTS)}
KEY = "a-key-of-its-own"
PHOTOGRAPH, PASSPORT = list(DocumentKind)[:2]
ITEMS = list(RequestedItemKind)


def read(mutation: str, **given: Any) -> Request:
    """The request of an input that says this, and nothing else."""
    unsaid = dict.fromkeys(
        (
            "application_id",
            "expected_status",
            "expected_stage",
            "note",
            "internal_note",
            "grounds",
            "conditions",
            "guarantor",
            "guardian",
        ),
        None,
    )
    values = {"idempotency_key": KEY, **unsaid, **given}
    if values["application_id"] is None:
        values["application_id"] = "no id"
    intent = BY_NAME[mutation]
    return intent.request(intent, SimpleNamespace(**values))


def rules(mutation: str, **given: Any) -> list[tuple[str, ...]]:
    """By which rules the input is wrong, each with its path."""
    return [(fault.rule, *fault.path) for fault in read(mutation, **given).faults]


def item(number: int, note: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(kind=ITEMS[number], note=note)


@pytest.mark.parametrize(
    ("key", "is_right"),
    [
        ("x" * 7, False), ("x" * 8, True), ("x" * 128, True), ("x" * 129, False),
        ("~" * 8, True), ("!" * 8, True), ("x" * 7 + " ", False), ("x" * 7 + "é", False),
        ("x" * 7 + "\t", False), ("x" * 7 + "\x7f", False), ("", False),
    ],
)  # fmt: skip
def test_a_key_has_8_to_128_signs_that_can_be_seen(key: str, *, is_right: bool) -> None:
    wrong = [] if is_right else [("key", "idempotencyKey")]
    assert rules("markReceived", idempotency_key=key) == wrong
    assert rules("takeCase", idempotency_key=key, queue=Queue.FREE) == wrong


@pytest.mark.parametrize(
    ("reason", "is_right"),
    [
        ("", False),
        (" \n ", False),
        ("x", True),
        (" x ", True),
        ("x" * 2_000, True),
        ("x" * 2_001, False),
    ],
)
def test_a_reason_is_given_and_no_longer_than_a_note(reason: str, *, is_right: bool) -> None:
    wrong = [] if is_right else [("reason", "reason")]
    assert rules("releaseCase", reason=reason) == wrong
    if is_right:
        assert read("releaseCase", reason=reason).reason == reason.strip()


@pytest.mark.parametrize(
    ("items", "wrong"),
    [
        ([], [("items", "items")]),
        ([item(0)], []),
        ([item(0), item(1)], []),
        ([item(0), item(0)], [("items", "items")]),
        ([item(0, "x" * 500), item(1, "x" * 501)], [("note", "items", "1", "note")]),
    ],
)
def test_each_item_is_asked_for_once(items: list[Any], wrong: list[tuple[str, ...]]) -> None:
    assert rules("requestInformation", items=items) == wrong


def test_what_is_asked_for_is_kept_without_spaces_around() -> None:
    request: Any = read("requestInformation", items=[item(0, " Colour. "), item(1, "  ")])
    assert [(one.kind, one.note) for one in request.items] == [
        (ITEMS[0], "Colour."),
        (ITEMS[1], None),
    ]


@pytest.mark.parametrize("length", [2_000, 2_001])
def test_notes_have_at_most_two_thousand_signs(length: int) -> None:
    is_long = length > 2_000
    note = "x" * length
    assert rules("recordDecision", outcome=Outcome.GRANTED, internal_note=note) == (
        [("note", "internalNote")] if is_long else []
    )
    assert rules("referToScreening", reason=None, note=note) == (
        [("note", "note")] if is_long else []
    )


def test_documents_are_named_once_and_cases_are_taken_from_queues() -> None:
    assert rules("recordDocuments", documents=[PHOTOGRAPH, PASSPORT]) == []
    assert rules("recordDocuments", documents=[PHOTOGRAPH] * 2) == [("documents", "documents")]
    wrong = {queue: rules("takeCase", queue=queue) for queue in Queue}
    assert [queue for queue, found in wrong.items() if not found] == [Queue.FREE, Queue.OVERDUE]


@pytest.mark.parametrize(
    ("receipt", "is_right"),
    [("0" * 16, True), ("A1" * 8, True), ("0" * 15, False), ("0" * 17, False), ("a" * 16, False)],
)
def test_a_receipt_has_sixteen_signs(receipt: str, *, is_right: bool) -> None:
    paid = SimpleNamespace(amount=1, currency="IDR")
    found = rules("recordPayment", billing_code="1", paid=paid, receipt_number=receipt)
    assert found == ([] if is_right else [("receipt_number", "receiptNumber")])


@pytest.mark.parametrize("kind", ScreeningKind)
@pytest.mark.parametrize("result", ScreeningResult)
def test_two_answer_a_clearance_but_one_says_that_nothing_is_known(
    kind: ScreeningKind, result: ScreeningResult
) -> None:
    answers = (ScreeningResult.CLEAR, ScreeningResult.HIT, ScreeningResult.UNAVAILABLE)
    assert rules("recordScreening", kind=kind, result=result) == (
        [] if result in answers else [("answer", "result")]
    )
    request: Any = read("recordScreening", kind=kind, result=result)
    is_for_two = kind is ScreeningKind.CLEARANCE and result is not ScreeningResult.UNAVAILABLE
    assert request.verb is (Verb.PROPOSE_ANSWER if is_for_two else Verb.RECORD_SCREENING)


@pytest.mark.parametrize(
    ("identity", "nationality", "wrong"),
    [
        ({}, None, [("nothing_corrected", "identity")]),
        (None, None, [("nothing_corrected", "identity")]),
        ({"full_name": None}, None, [("nothing_corrected", "identity")]),
        ({}, "AU", []),
        ({"full_name": "Ruby Hale"}, None, []),
        (
            {"passport_number": "X1"},
            None,
            [("expiry_with_number", "identity", "passportExpiresOn")],
        ),
        ({"passport_number": "X1", "passport_expires_on": "2030-01-01"}, None, []),
        ({"passport_expires_on": "2030-01-01"}, None, []),
    ],
)
def test_a_correction_says_something_and_a_new_number_its_expiry(
    identity: dict[str, Any] | None, nationality: str | None, wrong: list[tuple[str, ...]]
) -> None:
    given = None if identity is None else SimpleNamespace(**identity)
    assert rules("proposeCorrection", identity=given, nationality=nationality) == wrong


@pytest.mark.parametrize(
    ("number", "is_group", "reference", "together", "wrong"),
    [
        (0, False, None, False, [("batch", "applications")]),
        (1, False, None, False, []),
        (300, True, None, False, []),
        (301, False, "GROUP", False, [("batch", "applications")]),
        (1, True, "GROUP", False, [("one_group", "isGroup")]),
        (1, False, "GROUP", False, []),
        (20, True, None, True, []),
        (21, True, None, True, [("family", "isBilledTogether")]),
        (2, False, None, True, [("family", "isBilledTogether")]),
    ],
)
def test_a_batch_has_one_to_300_files_and_one_group(
    number: int,
    is_group: bool,
    reference: str | None,
    together: bool,
    wrong: list[tuple[str, ...]],
) -> None:
    names = "visa_type nationality entry_on centre country trip_purpose identity guarantor guardian"
    names += " use_within_days"
    one = SimpleNamespace(**dict.fromkeys((*names.split(), "idempotency_key")))
    assert rules(
        "submitApplications",
        applications=[one] * number, is_group=is_group, group_reference=reference,
        is_billed_together=together,
    ) == wrong  # fmt: skip


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        ("k" * 7, False), ("k" * 8, True), ("k" * 128, True), ("k" * 129, False),
        ("a key of words", False), ("schl\u00fcssel", False), ("a-key\n-of-lines", False),
    ],
)  # fmt: skip
def test_a_key_is_eight_to_128_plain_characters(key: str, is_one: bool) -> None:
    assert is_key(key) is is_one
