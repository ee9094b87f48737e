"""What a correction of the person on file changes once it takes effect."""

import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.accounts import insert
from tests.acting import act_writing
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

RUBY = applicant_id("Ruby Hale")
#: Her two files: one granted, and one that waits for its payment.
GRANTED, UNPAID = application_id("AUSY-GRAN-0001"), application_id("DIRE-UNPA-0011")
#: The first twenty letters of what is sealed say whether two values are the same: these and one.
MARK = "v1.abcdefghijklmnop"
WAS = {
    "full_name": "Ruby Hale",
    "birth_date": "1981-02-04",
    "passport_number": "PA1234567",
    "email": "ruby@example.org",
    "place_of_birth": "Perth",
}
_ON_FILE = """
    UPDATE identity SET sealed = $2, versions = '{}', full_name = $3, birth_date = $4::text::date,
        passport_number = $5, email = $6, place_of_birth = $7, passport_issuing_state = NULL
    WHERE applicant_id = $1
"""
_PROPOSED = """
    INSERT INTO identity_version (applicant_id, number, written_at, sealed, full_name, birth_date,
        passport_number, email, place_of_birth, passport_issuing_state, nationality_code, phone,
        sex, passport_expires_on)
    SELECT $1, 2, now(), $2, full_name, birth_date, passport_number, email, place_of_birth,
        passport_issuing_state, nationality_code, phone, sex, passport_expires_on
    FROM jsonb_populate_record(NULL::identity_version, $3)
"""
_IN_EFFECT = """
    INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,
        proposed_by, proposed_role, closed_at, closed_by)
    VALUES ($1, $2, $3, 2, 'IN_EFFECT', now(), 'one', 'APPLICANT', now(), 'two')
"""
_ANSWERED = """
    INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at, reason,
        answered_by, confirmed_by, proposed, proposed_by)
    VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', $2, now(),
        CASE WHEN $2 <> 'PENDING' THEN now() END, 'Why.',
        CASE WHEN $2 <> 'PENDING' THEN 'one' END, CASE WHEN $2 <> 'PENDING' THEN 'two' END,
        $3, CASE WHEN $3::text IS NOT NULL THEN 'one' END)
"""


@pytest.fixture
async def ruby(rolled_back: asyncpg.Connection) -> asyncpg.Connection:
    """Who is on file in plain, and was asked about in neither file; a supervisor acts."""
    await act_writing(rolled_back, Viewer("two", Role.SUPERVISOR))
    await rolled_back.execute("SET LOCAL ROLE NONE")
    await rolled_back.execute("DELETE FROM screening")
    await rolled_back.execute(_ON_FILE, RUBY, "{}", *WAS.values())
    return rolled_back


async def correct(
    connection: asyncpg.Connection,
    in_case: UUID = UNPAID,
    sealed: dict[str, str] | None = None,
    **becomes: Any,
) -> None:
    await connection.execute(_PROPOSED, RUBY, json.dumps(sealed or {}), json.dumps(becomes))
    await connection.execute(_IN_EFFECT, uuid4(), in_case, RUBY)


async def is_visa_held(connection: asyncpg.Connection) -> bool:
    return await connection.fetchval("SELECT is_visa_held FROM application WHERE id = $1", GRANTED)


async def count_void(connection: asyncpg.Connection) -> int:
    return await connection.fetchval(
        "SELECT count(*) FROM screening WHERE voided_at IS NOT NULL AND application_id = ANY ($1)",
        [GRANTED, UNPAID],
    )


@pytest.mark.parametrize(
    ("becomes", "is_another"),
    [
        ({"full_name": "Ruby Hall"}, True),
        ({"birth_date": "1981-04-02"}, True),
        ({"passport_number": "PB7654321"}, True),
        ({"passport_issuing_state": "NZ"}, True),
        ({"nationality_code": "NZ"}, True),
        ({"email": "hale@example.org"}, False),
        ({"place_of_birth": "Sydney"}, False),
        ({"full_name": "Ruby Hale", "birth_date": "1981-02-04", "nationality_code": "AU"}, False),
        ({"passport_number": "PA1234567"}, False),
    ],
)
async def test_what_means_another_person_voids_answers_and_holds_the_visa(
    ruby, becomes, is_another
) -> None:
    for case in (GRANTED, UNPAID):
        await ruby.execute(_ANSWERED, case, "CLEAR", None)
    await correct(ruby, **becomes)
    assert (await count_void(ruby), await is_visa_held(ruby)) == (
        2 if is_another else 0,
        is_another,
    )


@pytest.mark.parametrize(
    ("becomes", "is_another"),
    [({"email": "hale@example.org"}, False), ({"passport_issuing_state": "NZ"}, False),
     ({"passport_issuing_state": "AU"}, True)],
)  # fmt: skip
async def test_who_has_a_passport_of_another_state_is_another(ruby, becomes, is_another) -> None:
    await ruby.execute("UPDATE identity SET passport_issuing_state = 'NZ'")
    await correct(ruby, **becomes)
    assert await is_visa_held(ruby) == is_another


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("full_name", "Ruby Hall"), ("birth_date", "1981-04-02"), ("email", "hale@example.org"),
        ("passport_number", "PB7654321"), ("passport_issuing_state", "NZ"), ("phone", "+61 2"),
        ("sex", "X"), ("place_of_birth", "Sydney"), ("passport_expires_on", "2039-01-01"),
    ],
)  # fmt: skip
async def test_what_is_corrected_changes_and_nothing_else_does(ruby, name, value) -> None:
    on_file = (
        "SELECT to_jsonb(identity) - '{versions}'::text[] FROM identity WHERE applicant_id = $1"
    )
    await ruby.execute(
        "UPDATE identity SET phone = '+61 1', sex = 'F', passport_expires_on = '2031-01-01',"
        " passport_issuing_state = 'AU' WHERE applicant_id = $1", RUBY,
    )  # fmt: skip
    before = json.loads(await ruby.fetchval(on_file, RUBY))
    await correct(ruby, **{name: value})
    assert json.loads(await ruby.fetchval(on_file, RUBY)) == before | {name: value}
    assert before[name] != value


@pytest.mark.parametrize(
    ("was", "sealed", "plain", "is_another"),
    [
        ({"full_name": f"{MARK}X.one"}, {"full_name": f"{MARK}X.two"}, {}, False),
        ({"full_name": f"{MARK}X.one"}, {"full_name": f"{MARK}Y.one"}, {}, True),
        ({"full_name": f"{MARK}X.one"}, {}, {"full_name": "Ruby Hale"}, True),
        ({"full_name": f"{MARK}X.one"}, {}, {"email": "hale@example.org"}, False),
        ({}, {"full_name": f"{MARK}X.one"}, {}, True),
        ({"email": f"{MARK}X.one"}, {"email": f"{MARK}Y.one"}, {}, False),
    ],
)
async def test_sealed_values_are_compared_by_their_marks(
    ruby, was, sealed, plain, is_another
) -> None:
    await ruby.execute(_ON_FILE, RUBY, json.dumps(was), *[None] * 5)
    await correct(ruby, sealed=sealed, **plain)
    assert await is_visa_held(ruby) == is_another
    row = await ruby.fetchrow("SELECT sealed, versions FROM identity WHERE applicant_id = $1", RUBY)
    kept = {name: value for name, value in was.items() if name not in plain}
    assert json.loads(row["sealed"]) == kept | sealed
    # Each is bound to the version that first had it.
    assert json.loads(row["versions"]) == dict.fromkeys(kept, 1) | dict.fromkeys(sealed, 2)


@pytest.mark.parametrize(
    ("result", "proposed", "is_void"),
    [
        ("CLEAR", None, True),
        ("NO_MATCH", None, True),
        ("UNAVAILABLE", None, True),
        ("PENDING", "CLEAR", True),
        ("PENDING", "HIT", True),
        ("PENDING", "NO_MATCH", False),
        ("PENDING", None, False),
        ("HIT", None, False),
        ("MATCH", None, False),
    ],
)
async def test_a_hit_stays_one_and_a_question_stays_asked(ruby, result, proposed, is_void) -> None:
    earlier = "UPDATE screening SET requested_at = now() - interval '1 hour'"
    for before in ("CLEAR", "HIT", "CLEAR"):
        await ruby.execute(_ANSWERED, UNPAID, before, None)
        await ruby.execute(earlier)
    await ruby.execute(_ANSWERED, UNPAID, result, proposed)  # which is the latest, and counts
    await correct(ruby, full_name="Ruby Hall")
    assert await count_void(ruby) == (4 if is_void else 0)


async def test_files_that_ended_otherwise_than_by_a_grant_stay_as_they_were(ruby) -> None:
    await ruby.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = $1", UNPAID
    )
    await ruby.execute(_ANSWERED, UNPAID, "CLEAR", None)
    await correct(ruby, GRANTED, full_name="Ruby Hall", nationality_code="NZ")
    events = (
        "SELECT count(*) FROM application_event WHERE application_id = $1 AND kind = 'CORRECTED'"
    )
    assert [await ruby.fetchval(events, case) for case in (UNPAID, GRANTED)] == [0, 0]
    assert await count_void(ruby) == 0
    nationalities = await ruby.fetchval(
        "SELECT array_agg(DISTINCT nationality_code) FROM application WHERE applicant_id = $1", RUBY
    )
    assert nationalities == ["NZ"]


async def test_a_correction_in_one_file_is_an_event_of_the_others_and_all_are_linked_again(
    ruby,
) -> None:
    await ruby.execute("UPDATE application SET is_linked = true WHERE applicant_id = $1", RUBY)
    await correct(ruby, UNPAID, full_name="Ruby Hall")
    linked = "SELECT count(*) FROM application WHERE applicant_id = $1 AND is_linked"
    assert await ruby.fetchval(linked, RUBY) == 0
    event = await ruby.fetchrow(
        "SELECT kind, actor FROM application_event WHERE application_id = $1"
        " ORDER BY sequence DESC LIMIT 1", GRANTED,
    )  # fmt: skip
    assert tuple(event) == ("CORRECTED", "two")


@pytest.mark.parametrize(
    ("becomes", "ending"),
    [({"passport_number": "PB7654321"}, "4321"), ({"email": "hale@example.org"}, "9876")],
)
async def test_a_new_passport_has_another_ending(ruby, becomes, ending) -> None:
    await ruby.execute(
        "UPDATE passport_ending SET last_four = '9876' WHERE applicant_id = $1", RUBY
    )
    await correct(ruby, **becomes)
    found = "SELECT last_four FROM passport_ending WHERE applicant_id = $1"
    assert await ruby.fetchval(found, RUBY) == ending


async def test_what_is_sealed_stays_nowhere_in_plain(ruby) -> None:
    await correct(ruby, sealed=dict.fromkeys(WAS, f"{MARK}Y.two"))
    plain = ", ".join(WAS)
    on_file = await ruby.fetchrow(f"SELECT {plain} FROM identity WHERE applicant_id = $1", RUBY)
    assert set(on_file) == {None}


async def test_a_value_that_stays_keeps_the_version_that_first_had_it(ruby) -> None:
    await ruby.execute(_ON_FILE, RUBY, json.dumps({"full_name": f"{MARK}X.one"}), *[None] * 5)
    await ruby.execute("UPDATE identity SET versions = '{\"full_name\": 7}'")
    await correct(ruby, sealed={"email": f"{MARK}Y.two"})
    found = await ruby.fetchval("SELECT versions FROM identity WHERE applicant_id = $1", RUBY)
    assert json.loads(found) == {"full_name": 7, "email": 2}


async def test_what_was_on_file_stays_as_a_version_and_what_was_not_corrected_on_file(ruby) -> None:
    await correct(ruby, full_name="Ruby Hall", passport_issuing_state="NZ")
    versions = await ruby.fetch(
        "SELECT number, full_name, email, passport_issuing_state, nationality_code,"
        " valid_until IS NULL AS is_valid FROM identity_version WHERE applicant_id = $1"
        " ORDER BY number", RUBY,
    )  # fmt: skip
    assert [tuple(row) for row in versions] == [
        (1, "Ruby Hale", "ruby@example.org", None, "AU", False),
        (2, "Ruby Hall", "ruby@example.org", "NZ", "AU", True),
    ]
    on_file = await ruby.fetchrow(
        "SELECT full_name, birth_date::text, passport_number, email, place_of_birth"
        " FROM identity WHERE applicant_id = $1", RUBY,
    )  # fmt: skip
    assert tuple(on_file) == ("Ruby Hall", *list(WAS.values())[1:])


_USE_BY = "use_by = wib_day(now()) + $2::int - stay_days::int"


@pytest.mark.parametrize(
    ("left", "ended", "is_ordered"),
    [
        (0, None, True),
        (-1, None, False),
        (9, "revoked_at", False),
        (9, "superseded_at", False),
    ],
)
async def test_a_corrected_holder_gets_a_document_of_a_visa_by_which_to_stay(
    ruby, left, ended, is_ordered
) -> None:
    """What `make_documents_anew` does; the last day of the stay is one of them."""
    ended = f", {ended} = now()" if ended else ""
    await ruby.execute(f"UPDATE visa SET {_USE_BY}{ended} WHERE application_id = $1", GRANTED, left)
    await ruby.execute("DELETE FROM visa_document")
    await ruby.execute(
        "INSERT INTO visa_document (visa_number, applicant_id) SELECT visa_number, $2"
        " FROM visa WHERE application_id = $1", GRANTED, RUBY,
    )  # fmt: skip
    await correct(ruby, email="hale@example.org")
    found = await ruby.fetch("SELECT replaced_at IS NULL AS counts FROM visa_document ORDER BY id")
    assert [row["counts"] for row in found] == [False, *[True] * is_ordered]


@pytest.mark.parametrize(("left", "is_ordered"), [(0, True), (-1, False)])
async def test_a_grant_orders_a_document_which_is_an_entry_of_the_account_once(
    ruby, left, is_ordered
) -> None:
    """What `order_visa_document` does, up to the last day of the stay."""
    await ruby.execute("DELETE FROM visa_document")
    visa = await ruby.fetchrow("DELETE FROM visa WHERE application_id = $1 RETURNING *", GRANTED)
    use_by = await ruby.fetchval("SELECT wib_day(now()) + $1::int", left - visa["stay_days"])
    await insert(ruby, "visa", {**visa, "use_by": use_by})
    assert await ruby.fetchval("SELECT count(*) FROM visa_document") == is_ordered
    queued = "SELECT count(*) FROM account_outbox WHERE source = 'visa_document'"
    for change in (
        "issued_at = now(), digest = sha256('it'), key_id = 'a'", "proof = 'it', proven_at = now()",
        "replaced_at = now()",
    ):  # fmt: skip
        await ruby.execute(f"UPDATE visa_document SET {change}")
        assert await ruby.fetchval(queued) == is_ordered
    # It is fetched when it is, whatever a statement says.
    await ruby.execute("UPDATE visa_document SET fetched_at = '2020-01-01', fetched_by = 'me'")
    now = "SELECT count(*) FROM visa_document WHERE fetched_at >= now()"
    assert await ruby.fetchval(now) == is_ordered
