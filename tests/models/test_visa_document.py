"""Codes of visas, and the list of those that were taken back: what was changed is false."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.cli.visa import visa
from models.account.notes import verifier_key
from models.account.proving import read_entry
from models.key_service import KeyUse
from models.visa_document.content import (
    MOST_CODE_BYTES,
    TERMS_SQL,
    FalseVisaError,
    Holder,
    VisaTerms,
    canonical,
    digest_of,
    message_of,
    read_code,
    require_authentic,
    visa_content,
    write_signed,
)
from models.visa_document.taken_back import read_list, sign_list
from tests.accounts import read_five, sign
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = {"of-the-test": KEY.public_key().public_bytes_raw()}
TERMS = VisaTerms("AUSY-PAID-0013", "ID0000000000001", "B1", "2026-01-02T03:04:05.000006Z",
                  "2026-04-02", 30)  # fmt: skip
HOLDER = Holder("Zo\u00eb \u00c5ngstr\u00f6m", "1990-04-01", "NX1234567", "NL", "NL")


def signed(**changes: Any) -> str:
    text = canonical({**visa_content(TERMS, HOLDER), "key": "of-the-test", **changes})
    return write_signed(text, KEY.sign(message_of(text)))


@pytest.mark.parametrize(("size", "is_read"), [(5_000_000, True), (5_000_001, False)])
def test_a_file_of_more_than_five_million_bytes_is_not_read(
    size: int, is_read: bool, tmp_path: Path
) -> None:
    (file := tmp_path / "visa").write_bytes(b" " * size)
    published = {"data": {"visaKeys": {"nodes": []}, "takenBackVisas": None}}
    (answer := tmp_path / "published.json").write_text(json.dumps(published))
    options = ["--published", str(answer), "--public-key", verifier_key(PUBLIC["of-the-test"])]
    told = CliRunner().invoke(visa, ["verify", str(file), *options])
    assert told.exit_code == 1
    assert told.output.startswith("FALSE" if is_read else f"Error: {file} is too large")


@pytest.mark.parametrize(
    ("taken", "is_revoked", "exit_code", "ends"),
    [
        (False, False, 0, "Not taken back as of 2026-03-01 04:05:06 UTC."),
        (True, False, 1, "TAKEN BACK, as of 2026-03-01 04:05:06 UTC."),
        (None, False, 0, "Whether it was taken back is not known: no list was published."),
        (False, True, 1, "FALSE: the key 'of-the-test' is not one of those that are given"),
    ],
)
async def test_what_a_reader_is_told_offline_is_what_was_signed_word_for_word(
    taken: bool | None, is_revoked: bool, exit_code: int, ends: str, tmp_path: Path
) -> None:
    terms = TERMS._replace(
        extensions=[("AUSY-PAID-0014", 10), ("AUSY-PAID-0015", 5)],
        conditions=["ONWARD_TICKET", "WITH_FAMILY"],
    )
    holder = HOLDER._replace(nationality="NZ")
    code = signed(visa=terms.as_content(), holder=holder._asdict())
    listed = [read_code(code if taken else signed()).digest]
    note = await sign_list(KEYS, listed, datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC))
    key = b64encode(PUBLIC["of-the-test"]).decode()
    revoked = "2026-02-01T00:00:00Z" if is_revoked else None
    keys = [{"keyId": "of-the-test", "publicKey": key, "revokedAt": revoked}]
    answer = {"visaKeys": {"nodes": keys}, "takenBackVisas": {"note": note}}
    if taken is None:
        answer["takenBackVisas"] = None
    (file := tmp_path / "visa").write_text(f"{code}\n")
    (published := tmp_path / "published.json").write_text(json.dumps({"data": answer}))
    # The list is by the second of the keys that are pinned.
    [of_list] = (await KEYS.public_keys(KeyUse.CHECKPOINT)).values()
    pinned = [
        each for one in (PUBLIC["of-the-test"], of_list)
        for each in ("--public-key", verifier_key(one))
    ]  # fmt: skip
    told = CliRunner().invoke(visa, ["verify", str(file), "--published", str(published), *pinned])
    says = [
        "AUTHENTIC: ID0000000000001, B1, granted 2026-01-02T03:04:05.000006Z",
        "to Zo\u00eb \u00c5ngstr\u00f6m, born 1990-04-01, NZ, passport NL NX1234567;",
        "for entry until 2026-04-02, and a stay of 30 days, extended by 15 days.",
        "Granted on condition of: onward ticket, with family.",
        "Whether the account has it is not known: verify the PDF, which carries the proof.",
    ]
    assert told.output.splitlines() == [*([] if is_revoked else says), ends]
    assert told.exit_code == exit_code
    keys[0]["publicKey"] = f"{key}%"
    published.write_text(json.dumps({"data": answer}))
    told = CliRunner().invoke(visa, ["verify", str(file), "--published", str(published), *pinned])
    assert ("is no answer of the gateway" in told.output) is not is_revoked


def test_a_code_says_what_was_signed() -> None:
    code = read_code(signed())
    require_authentic(code, PUBLIC)
    assert (code.terms, code.holder, code.key_id) == (TERMS, HOLDER, "of-the-test")
    # Of the same visa and holder no two are alike: nobody finds a holder by trying.
    assert read_code(signed()).digest != code.digest
    # With each extension of its stay; and as long as a code can be, but no longer.
    longer = TERMS._replace(extensions=[("AUSY-PAID-0014", 30), ("AUSY-PAID-0015", 15)])
    code = read_code(signed(visa=longer.as_content()))
    assert ([*map(tuple, code.terms.extensions)], code.terms.extended_days) == (
        [*longer.extensions], 45,
    )  # fmt: skip
    padding = MOST_CODE_BYTES - len(signed(nonce=""))
    require_authentic(read_code(signed(nonce="0" * padding)), PUBLIC)
    with pytest.raises(FalseVisaError, match="no code"):
        read_code(signed(nonce="0" * (padding + 1)))


def test_a_content_is_written_as_rfc_8785_has_it() -> None:
    # From its section 3.2.3 and 3.2.2.2, as far as a content has such values.
    given = {"peach": '\u20ac$\u000f\nA\'\x42"\\\\"/', "\u00e9": 30, "b": {"2": "", "10": 1}}
    assert canonical(given).decode() == (
        '{"b":{"10":1,"2":""},"peach":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/","\u00e9":30}'
    )


def changed(change: Callable[[dict[str, Any]], None], *, inside: bool = True) -> str:
    code = json.loads(signed())
    content = json.loads(code["content"])
    change(content if inside else code)
    if inside:
        code["content"] = canonical(content).decode()
    return json.dumps(code)


@pytest.mark.parametrize(
    "code",
    [
        changed(lambda it: it["visa"].update(use_by="2036-04-02")),
        changed(lambda it: it["visa"].update(stay_days=60)),
        changed(lambda it: it["holder"].update(full_name="Somebody Else")),
        changed(lambda it: it.update(nonce="00")),
        changed(lambda it: it.update(signature=b64encode(bytes(64)).decode()), inside=False),
        signed(key="of-another"),
    ],
)
def test_a_code_that_was_changed_is_false(code: str) -> None:
    with pytest.raises(FalseVisaError, match=r"changed|not one of those"):
        require_authentic(read_code(code), PUBLIC)


@pytest.mark.parametrize(
    "code",
    [
        "", "[]", "{}", "null", "1", '{"content": 1, "signature": ""}',
        signed(type="gerbang/visa@v2"),
        signed(visa={}),
        signed(holder={**HOLDER._asdict(), "more": "x"}),
        changed(lambda it: it.update(content=it["content"] + " "), inside=False),
        changed(lambda it: it.update(signature="%"), inside=False),
        changed(lambda it: it.pop("key")),
        signed(nonce="0" * MOST_CODE_BYTES),
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused_in_words(code: str) -> None:
    with pytest.raises(FalseVisaError, match="no code of a visa"):
        read_code(code)


async def test_the_list_names_what_was_taken_back_and_is_believed_as_it_was_signed() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    ours = [digest_of(bytes([one])) for one in range(3)]
    note = await sign_list(KEYS, ours[:2], now)
    keys = [*(await KEYS.public_keys(KeyUse.CHECKPOINT)).values()]
    listed = read_list(note, keys)
    assert listed.signed_at == now
    assert [listed.has(one) for one in ours] == [True, True, False]
    assert [listed.is_of(ours[:size]) for size in (1, 2, 3)] == [False, True, False]
    many = [digest_of(str(one).encode()) for one in range(2000)]
    assert read_list(await sign_list(KEYS, many, now), keys).is_of(many)
    # It tells nothing of who came first.
    assert await sign_list(KEYS, many, now) == await sign_list(KEYS, many[::-1], now)
    digests = b64decode(json.loads(json.loads(note)["content"])["digests"])
    half = len(digests) // 2
    assert digests[:half] < digests[half:]
    with pytest.raises(FalseVisaError, match="another key"):
        read_list(note, [*PUBLIC.values()])
    shorter = json.loads(note)
    content = json.loads(shorter["content"])
    shorter["content"] = canonical({**content, "digests": ""}).decode()
    with pytest.raises(FalseVisaError, match="changed"):
        read_list(json.dumps(shorter), keys)
    cut = canonical({**content, "digests": b64encode(bytes(13)).decode()}).decode()
    for other in ("", "{}", json.dumps({**shorter, "content": "{}"}),
                  json.dumps({**shorter, "content": cut})):  # fmt: skip
        with pytest.raises(FalseVisaError, match="no list"):
            read_list(other, keys)


async def test_documents_are_proven_after_a_keeper_died_before_it_noted_what_it_had_signed(
    rolled_back: asyncpg.Connection, tmp_path: Path
) -> None:
    await sign(rolled_back, tmp_path)
    head = await rolled_back.fetchrow("SELECT size, frontier, signed_at FROM account_head")
    number = await rolled_back.fetchval(
        "INSERT INTO visa_document (visa_number, applicant_id) SELECT visa_number, applicant_id"
        " FROM visa JOIN application ON application.id = application_id LIMIT 1"
        " RETURNING visa_number"
    )
    await rolled_back.execute(
        "UPDATE visa_document SET issued_at = now(), digest = sha256('x'), key_id = 'a',"
        " sealed = '{}' WHERE visa_number = $1",
        number,
    )
    assert await sign(rolled_back, tmp_path) == 1
    # Its checkpoint stands in the folder, and what it wrote to the database is gone.
    await rolled_back.execute("UPDATE visa_document SET proof = NULL, proven_at = NULL")
    noted = "UPDATE account_head SET size = $1, frontier = $2, signed_at = $3"
    await rolled_back.execute(noted, *head)
    await read_five(rolled_back)
    assert await sign(rolled_back, tmp_path) == 5
    proof = await rolled_back.fetchval("SELECT proof FROM visa_document WHERE proof <> ''")
    public = await KEYS.public_keys(KeyUse.CHECKPOINT)
    assert read_entry(proof, public, ()).said["visa_number"] == number


@pytest.mark.parametrize("conditions", [[], ["ONWARD_TICKET"], ["NO_EMPLOYMENT", "WITH_FAMILY"]])
async def test_the_database_writes_terms_as_the_gateway_does(
    connection: asyncpg.Connection, conditions: list[str]
) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 60, UTC)
    said = await connection.fetchval(
        f"SELECT {TERMS_SQL} FROM (VALUES ('ID0', $1::timestamptz, $2::date, 30))"
        " AS visa (visa_number, issued_at, use_by, stay_days),"
        " (VALUES ('AUSY-PAID-0013', 'B1')) AS application (reference, visa_type_code),"
        " (VALUES ($3::text[])) AS decision (conditions)",
        at,
        date(2026, 4, 2),
        conditions,
    )
    terms = VisaTerms.granted("AUSY-PAID-0013", "ID0", "B1", at, date(2026, 4, 2), 30, conditions)
    assert said == str(terms)
    assert VisaTerms.read(said) == terms
