"""Request errors say what is wrong in the language of their reader."""

import json
from typing import Any

import httpx2
import pytest
from graphql import GraphQLEnumType
from websockets.exceptions import InvalidStatus

from gateway.execution.expected import describe_expected
from gateway.schema.access_event import DELAY_ENGLISH, DELAY_INDONESIAN
from gateway.texts.language import Language
from gateway.texts.translation import translate
from tests import tokens
from tests.gateway.conftest import Viewer
from tests.gateway.live import Client, served
from tests.gateway.test_input_values import TYPES

pytestmark = pytest.mark.anyio

PAGE = "query($n: Int, $a: Cursor) { applications(first: $n, after: $a) { nodes { id } } }"

SAID: dict[str, tuple[str, Any, str]] = {
    "a limit": ("officer", {"query": PAGE, "variables": {"n": 1000}},
                "Satu halaman berisi 1 sampai 100 baris: isi `first` dengan angka seperti itu."),
    "a variable": ("officer", {"query": PAGE, "variables": {"n": "many"}},
                   "`$n`: Yang diharapkan adalah bilangan bulat 32 bit."),
    "a cursor": ("officer", {"query": PAGE, "variables": {"n": 1, "a": "x"}},
                 "Kursor ini bukan milik daftar ini dalam urutan ini. Gunakan `startCursor` atau"
                 " `endCursor` dari halaman terakhirnya, atau mulai lagi tanpa kursor."),
    "a filter": ("officer", {"query": '{ applications(first: 1, where: {reference: {prefix: ""}})'
                                      " { nodes { id } } }"},
                 "`prefix` kosong: isi dengan beberapa karakter."),
    "a field of others": ("leadership", {"query": "{ applications(first: 1) { __typename } }"},
                          "Peran LEADERSHIP tidak membaca Query.applications."),
    "an operation": ("officer", {"query": "query A { viewer { role } } query B { __typename }"},
                     "Sebutkan dalam `operationName` operasi mana dari dokumen yang dijalankan:"
                     " dokumen ini memuat A, B."),
    "a purpose": ("officer", {"query": "{ applications(first: 1) { nodes { applicant { identity"
                                       " { fullName } } } } }"},
                  "Membaca identitas memerlukan tujuan dan perkara: tambahkan"
                  " `@purpose(code: CASEWORK, reference: $case)` pada operasi, atau kirim tajuk"
                  " `Gerbang-Purpose: CASEWORK; reference=…`."),
    "a body": ("officer", {"query": 7}, "`query` harus berupa teks."),
    "graphql-core": ("officer", {"query": "{ viewer { nothing } }"},
                     "Cannot query field 'nothing' on type 'Viewer'."),
}  # fmt: skip


@pytest.mark.parametrize("mistake", SAID)
async def test_wrong_arguments_are_reported_in_indonesian(
    who: dict[str, Viewer], mistake: str
) -> None:
    viewer, body, text = SAID[mistake]
    asked = await who[viewer].send(body, **{"Accept-Language": "id-ID, en;q=0.5"})
    assert asked.errors[0]["message"] == text
    assert asked.headers["content-language"] == "id"


@pytest.mark.parametrize(
    ("path", "headers", "said"),
    [
        ("/graphql", {"Authorization": "Basic x"},
         "Kirim token sebagai `Authorization: Bearer TOKEN`."),
        ("/graphql", {"Accept": "text/html"},
         "Terima application/graphql-response+json atau application/json."),
        ("/nowhere", {}, "Tidak ada apa pun di alamat ini. Operasi dikirim ke /graphql."),
    ],
)  # fmt: skip
async def test_refused_requests_are_reported_in_indonesian(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str], said: str
) -> None:
    body = {"query": "{ __typename }"}
    response = await client.post(path, json=body, headers={"Accept-Language": "id", **headers})
    assert response.json()["errors"][0]["message"] == said
    assert response.headers["content-language"] == "id"


async def test_without_accept_language_errors_are_english(who: dict[str, Viewer]) -> None:
    asked = await who["officer"].send({"query": PAGE, "variables": {"n": 1000}})
    assert "A page has from 1 to 100 rows" in asked.errors[0]["message"]
    assert asked.headers["content-language"] == "en"


def test_each_type_is_described_in_indonesian() -> None:
    for type_ in TYPES:
        text = translate(f"`$x`: {describe_expected(type_)}", Language.ID)
        assert text.startswith("`$x`: Yang diharapkan adalah ")
        assert not {"A", "An", "of", "such"} & set(text.split()), text


@pytest.mark.parametrize(("words", "are_named"), [(30, True), (31, False)])
def test_the_words_of_an_enum_are_named_unless_they_are_many(words: int, are_named: bool) -> None:
    enum = GraphQLEnumType("Word", {f"W{number}": number for number in range(words)})
    assert describe_expected(enum).startswith("One of W0, W1, ") is are_named


def test_a_sentence_of_graphql_core_is_not_translated() -> None:
    assert translate("Expected one of {a} or {b}", Language.ID) == "Expected one of {a} or {b}"


async def test_sockets_speak_indonesian_too(world: str) -> None:
    indonesian = {"Accept-Language": "id"}
    async with served(world) as live:
        with pytest.raises(InvalidStatus) as refused:
            async with live.open(subprotocols=["soap"], additional_headers=indonesian):
                pass
        (error,) = json.loads(refused.value.response.body)["errors"]
        assert error["message"] == "Tawarkan subprotokol graphql-transport-ws."
        headers = {**indonesian, **tokens.bearer("LEADERSHIP")}
        async with live.open(additional_headers=headers) as socket:
            client = Client(socket)
            await client.say(type="connection_init")
            await client.receive()
            await client.say(type="subscribe", id="1", payload={"query": 1})
            refusal = await client.receive()
        assert refusal["payload"][0]["message"] == "`query` harus berupa teks."


async def test_whoever_was_read_is_told_what_is_shown_later_in_their_language(who) -> None:
    answer = await who["applicant"]("{ myData { inEnglish: note note(language: ID) } }")
    assert answer.data["myData"] == {"inEnglish": DELAY_ENGLISH, "note": DELAY_INDONESIAN}
