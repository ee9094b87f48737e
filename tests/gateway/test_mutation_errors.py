"""Errors of mutations are complete, in the reader's language, and contain no value of the input."""

import json
from datetime import date
from typing import Any

import pytest

from gateway.execution.cost.bounds import ERRORS
from gateway.mutations.outcome import Outcome, Reason, Reasons, Result, outcome_from_json
from gateway.schema.mutations.ban_intents import BAN_INTENTS
from gateway.schema.mutations.case_intents import INTENTS
from gateway.schema.mutations.reference_intents import REFERENCE_INTENTS
from gateway.schema.mutations.supervision_intents import SUPERVISION_INTENTS
from gateway.texts import texts
from gateway.texts.language import Language, language_of
from models.life import Refusal
from models.vocabulary import Role
from tests.gateway.administering import sample
from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    PERSONAL,
    change,
    document,
    everything,
    global_id,
    key,
    rupiah,
    submitted_case,
)
from tests.gateway.conftest import Answer, Viewer
from tests.gateway.ways import FULL
from tests.world import today

pytestmark = pytest.mark.anyio

INTENT_OF = {
    intent.name: intent
    for intent in (*INTENTS, *BAN_INTENTS, *REFERENCE_INTENTS, *SUPERVISION_INTENTS)
}
SELECTION = "application { id } errors { __typename code message path }"
RESULTS = "results { application { id } errors { code message path } } errors { code path }"
#: Everything of it is wrong, in as many places as there are.
WRONG_PERSON = {
    "fullName": "", "passportNumber": "zx 1", "birthDate": "2999-01-01", "email": "nowhere",
    "phone": "0812", "passportExpiresOn": "2041-07-23",
}  # fmt: skip
WRONG = {"visaType": "Z9", "nationality": "XX", "centre": "SG-SIN", "entryOn": "2025-01-01",
         "identity": WRONG_PERSON}  # fmt: skip
_INVALID = {("identity", name): "INVALID" for name in WRONG_PERSON if name != "passportExpiresOn"}
ITS_MISTAKES = {
    ("visaType",): "VISA_TYPE_NOT_OFFERED",
    ("nationality",): "NATIONALITY_UNKNOWN",
    ("centre",): "CENTRE_NOT_FOUND",
    ("entryOn",): "INVALID",
    **_INVALID,
}


def test_of_two_reasons_at_one_place_the_first_is_told() -> None:
    known = Reason(Refusal.NOT_FOUND, ("found",))
    reasons = Reasons([known], below=("items", "0"))
    for refusal in (Refusal.INVALID, Refusal.DATE_PASSED):
        reasons.add(refusal, "day")
        reasons.include(Reason(refusal, ("found",)))
    assert [(one.refusal, one.path) for one in reasons.all()] == [
        (Refusal.NOT_FOUND, ("found",)), (Refusal.INVALID, ("items", "0", "day")),
    ]  # fmt: skip
    assert [reasons.has(*path) for path in ((), ("day",), ("day", "hour"), ("found",))] == [
        True, True, False, False,
    ]  # fmt: skip


def mistakes(errors: list[dict[str, Any]], *below: str) -> dict[tuple[str, ...], str]:
    """The codes by place in the input; each place is there once."""
    found = {tuple(error["path"]): error["code"] for error in errors}
    assert len(found) == len(errors)
    assert all(path[: 1 + len(below)] == ("input", *below) for path in found)
    return {path[1 + len(below) :]: code for path, code in found.items()}


async def in_language(
    viewer: Viewer, accepted: str, mutation: str, input_: dict[str, Any], selection: str = SELECTION
) -> Answer:
    body = {"query": document(mutation, selection), "variables": {"input": input_}}
    return await viewer.send(body, **{"Accept-Language": accepted})


# --- All at once ---------------------------------------------------------------------------------


async def test_all_mistakes_of_an_application_are_reported_together(who, world, connection) -> None:
    before = await everything(connection)
    changed = await change(who["agent-au"], "submitApplication", **WRONG, idempotencyKey="x")
    expected = {**ITS_MISTAKES, ("idempotencyKey",): "INVALID"}
    assert mistakes(changed.payload["errors"]) == expected
    assert await everything(connection) == before


async def test_each_application_of_a_batch_reports_all_of_its_mistakes(who, world) -> None:
    good = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    answer = await who["agent-au"](
        document("submitApplications", RESULTS),
        input={"idempotencyKey": key(), "applications": [good, WRONG, {**good, "visaType": "Z9"}]},
    )
    first, second, third = answer.data["submitApplications"]["results"]
    assert first["errors"] == []
    assert mistakes(second["errors"], "applications", "1") == ITS_MISTAKES
    assert mistakes(third["errors"], "applications", "2") == {
        ("visaType",): "VISA_TYPE_NOT_OFFERED"
    }


async def test_who_is_on_record_is_told_what_differs_beside_what_is_unknown(who, world) -> None:
    ruby, other = who["applicant"], dict(IDENTITY)
    values: dict[str, Any] = {"visaType": "Z9", "nationality": "NZ", "identity": other}
    changed = await change(ruby, "submitApplication", **values)
    assert mistakes(changed.payload["errors"]) == {
        ("visaType",): "VISA_TYPE_NOT_OFFERED",
        ("nationality",): "IDENTITY_DIFFERS",
        ("identity",): "IDENTITY_DIFFERS",
    }


async def test_consequences_of_a_mistake_are_not_reported(who, world) -> None:
    """A country that is unknown, or an identity that is malformed, differs from any on record."""
    values: dict[str, Any] = {"visaType": "C1", "nationality": "XX", "identity": WRONG_PERSON}
    changed = await change(who["applicant"], "submitApplication", **values)
    assert mistakes(changed.payload["errors"]) == {
        ("nationality",): "NATIONALITY_UNKNOWN",
        **_INVALID,
    }


async def test_mistakes_of_a_decision_and_of_its_case_are_reported_together(who, world) -> None:
    id_ = await submitted_case(who)
    values = {"outcome": "REFUSED", "internalNote": "x" * 2_001, "idempotencyKey": "short"}
    changed = await change(who["officer"], "recordDecision", id_, **values)
    assert mistakes(changed.payload["errors"]) == {
        ("idempotencyKey",): "INVALID",
        ("internalNote",): "INVALID",
        ("grounds",): "GROUND_REQUIRED",
        ("applicationId",): "WRONG_STATUS",
    }
    changed = await change(who["officer"], "recordDecision", "nonsense", **values)
    assert mistakes(changed.payload["errors"])["applicationId",] == "NOT_FOUND"


async def test_all_mistakes_of_a_proposal_are_reported_together(who, world, connection) -> None:
    before = await everything(connection)
    day = "2020-01-01"
    values = {"visaType": "Z9", "useWithinDays": 0, "fee": rupiah(-1), "validFrom": day,
              "idempotencyKey": "short", "decree": " ", "reason": ""}  # fmt: skip
    selection = "referenceChange { id } errors { code path }"
    answer = await who["administrator"](document("proposeFee", selection), input=values)
    assert mistakes(answer.data["proposeFee"]["errors"]) == {
        ("idempotencyKey",): "INVALID",
        ("visaType",): "NOT_FOUND",
        ("useWithinDays",): "INVALID",
        ("fee",): "INVALID",
        ("validFrom",): "DATE_PASSED",
        ("decree",): "INVALID",
        ("reason",): "INVALID",
    }
    values = {**sample("proposeCentre", today()), "code": "x", "partner": "NOBODY", "city": ""}
    answer = await who["administrator"](
        document("proposeCentre", "referenceChange { id } errors { code path }"),
        input={**values, "idempotencyKey": key()},
    )
    assert mistakes(answer.data["proposeCentre"]["errors"]) == {
        ("code",): "INVALID", ("partner",): "NOT_FOUND", ("city",): "INVALID",
    }  # fmt: skip
    assert await everything(connection) == before


def test_no_input_has_more_places_than_an_answer_counts_errors() -> None:
    def places(name: str) -> int:
        fields: Any = FULL.type_map[name].fields  # type: ignore[union-attr]
        inner = [one.type for one in fields.values() if "IdentityInput" in str(one.type)]
        # Who is missing has no mistakes below.
        return len(fields) + sum(places("IdentityInput") - 1 for _ in inner)

    inputs = [f"{intent.type_name}Input" for intent in INTENT_OF.values()]
    assert max(map(places, [*inputs, "SubmitApplicationsItem"])) <= ERRORS.most


# --- In the reader's language --------------------------------------------------------------------


async def test_messages_are_in_the_language_that_is_accepted(who, world) -> None:
    input_ = {"idempotencyKey": "short", **WRONG}
    found = {}
    for accepted, language in (("id-ID,id;q=0.9,en;q=0.5", "id"), ("en", "en"), ("fr", "en")):
        answer = await in_language(who["agent-au"], accepted, "submitApplication", input_)
        assert answer.headers["content-language"] == language
        found[accepted] = {
            tuple(error["path"]): error["message"]
            for error in answer.data["submitApplication"]["errors"]
        }
    indonesian, english, _ = found.values()
    assert found["fr"] == english
    assert indonesian.keys() == english.keys()
    assert english["input", "visaType"] == "There is no such visa type today."
    assert indonesian["input", "visaType"] == "Jenis visa ini tidak tersedia hari ini."
    assert indonesian["input", "idempotencyKey"] == (
        "Kunci terdiri atas 8 sampai 128 karakter biasa, misalnya sebuah UUID."
    )
    assert all(indonesian[path] != english[path] for path in english)


async def test_a_repeated_request_is_answered_in_its_own_language(who, world, connection) -> None:
    good = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    input_ = {
        "idempotencyKey": key(), "applications": [good, {**good, "identity": WRONG_PERSON}]
    }  # fmt: skip

    async def messages(accepted: str) -> tuple[str, dict[tuple[str, ...], str]]:
        answer = await in_language(who["agent-au"], accepted, "submitApplications", input_, RESULTS)
        first, second = answer.data["submitApplications"]["results"]
        found = {tuple(error["path"]): error["message"] for error in second["errors"]}
        return first["application"]["id"], found

    english, indonesian = await messages("en"), await messages("id")
    assert english[0] == indonesian[0]
    path = ("input", "applications", "1", "identity", "email")
    sentences = [
        texts(language).rules["INVALID"]["email"] for language in (Language.EN, Language.ID)
    ]
    assert [english[1][path], indonesian[1][path]] == sentences
    assert await messages("en") == english
    stored = await connection.fetchval("SELECT string_agg(answer::text, ' ') FROM idempotency")
    assert "nowhere" not in stored
    assert [one for one in PERSONAL if one in stored] == []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.EN), ("", Language.EN), ("id", Language.ID), ("ID", Language.ID),
        ("id-ID", Language.ID), ("in", Language.ID), ("en-AU, id;q=0.9", Language.EN),
        ("id;q=0.4, en;q=0.5", Language.EN), ("en;q=0.1,id;q=0.2", Language.ID),
        ("fr, id;q=0.1", Language.ID), ("id;q=0", Language.EN), ("id;q=x", Language.EN),
        ("*", Language.EN), ("id, *;q=0.5", Language.ID), (";;,,=q", Language.EN),
        ("id;q=2", Language.EN), ("en;q=0.9, id;q=1", Language.ID),
        ("id," + " " * 497, Language.ID), ("id," + " " * 498, Language.EN),
    ],
)  # fmt: skip
def test_a_language_is_chosen_by_its_quality(header: str | None, language: Language) -> None:
    assert language_of(header) is language


def test_every_code_says_something_else_in_each_language() -> None:
    english, indonesian = texts(Language.EN), texts(Language.ID)
    for code in Refusal:
        assert english.mutation[code].says != indonesian.mutation[code].says
    sentences = [text.says for text in english.mutation.values()]
    assert len(set(sentences)) == len(sentences)


# --- By role -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_a_mutation_names_the_codes_that_the_role_can_meet(role: Role) -> None:
    """Codes of a status are met by whoever reads it, those of a stage by whoever reads it alone.

    Whoever reads neither meets neither: it would reveal where the case stands.
    """
    reads_status = role in (Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR)
    reads_stage_alone = role in (
        Role.PARTNER_MANAGER, Role.PARTNER_AGENT, Role.APPLICANT, Role.PARTNER_SERVICE
    )  # fmt: skip
    for intent in INTENTS:
        if intent.is_step:
            codes = set(intent.refusals(role))
            assert (Refusal.WRONG_STATUS in codes) is reads_status
            assert (Refusal.STATUS_CHANGED in codes) is reads_status
            assert (Refusal.WRONG_STAGE in codes) is reads_stage_alone
            assert (Refusal.STAGE_CHANGED in codes) is reads_stage_alone
            assert all(code in intent.describe(role) for code in codes)


async def test_whoever_meets_no_case_has_no_error_of_a_case(who, world) -> None:
    answer = await who["administrator"](
        '{ case: __type(name: "CaseError") { name } input: __type(name: "InputError") { name } }'
    )
    assert answer.data == {"case": None, "input": {"name": "InputError"}}


async def test_an_error_is_of_the_case_or_of_the_input(who, world) -> None:
    id_ = global_id("AUSY-GRAN-0001")
    of_case = await who["officer"](
        document("referToScreening", SELECTION),
        input={"idempotencyKey": key(), "applicationId": id_},
    )
    of_input = await who["officer"](
        document("referToScreening", SELECTION),
        input={"idempotencyKey": key(), "applicationId": "nonsense"},
    )
    found = [one.data["referToScreening"]["errors"][0]["__typename"] for one in (of_case, of_input)]
    assert found == ["CaseError", "InputError"]


def test_what_was_refused_is_told_in_full_again() -> None:
    """By the key of a batch, as it is stored."""
    reason = Reason(
        *(Refusal.INVALID, ("applications", "1", "visaType"), "min", {"min": 1}, None),
        *(("B1",), ("PHOTOGRAPH",), date(2026, 3, 1)),
    )
    results = [Result("key"), Result(refused=(reason,))]
    stored = json.loads(json.dumps(Outcome(results).to_json()))
    assert outcome_from_json(stored).results == results
