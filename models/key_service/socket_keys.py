"""Asks key services in other processes: one line of JSON for the question, one for the answer.

Of several services the first that answers is asked. One that does not is left out for a while; a
question that was begun there is asked again elsewhere, since to ask twice does nothing twice.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import orjson

from models.key_service.addresses import Address, Certificates, require_certificates
from models.key_service.codes import CodeTry, MailedCode
from models.key_service.counts import ViewerCeilingError
from models.key_service.erasures import ErasedSubject
from models.key_service.interface import (
    Cause,
    Digest,
    KeyServiceError,
    KeyUse,
    LookUp,
    RefusedSubjectsError,
    Signature,
    Statement,
    Try,
    WeakSignInError,
    stated,
)
from models.key_service.key_ages import SweepState
from models.key_service.operations import KeyOperationNote, note_of
from models.key_service.principals import Credential
from models.key_service.receipts import Receipt, ReceiptPage, Reconciled
from models.key_service.relations import Opening, Relation
from models.key_service.service_connections import ServiceConnections

#: How many subjects or messages one question names at most.
MOST_AT_ONCE = 1000
#: How long an answer may take.
_ANSWER_SECONDS = 2.0
#: What asking meets where there is none, or one that hangs.
_FAILURES = (OSError, ValueError, TimeoutError)

_One = TypeVar("_One")


class SocketKeys:
    """The keys of the processes that listen at some addresses."""

    def __init__(
        self,
        addresses: Path | Sequence[Address],
        answer_seconds: float = _ANSWER_SECONDS,
        *,
        waits: bool = False,
        credential: Credential | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        """One path is that of a Unix socket. ``answer_seconds`` are those of all services together;
        ``waits`` is whether to ask again beyond a ceiling: for whoever has a lot to do.

        Raises KeyServiceError where an address takes certificates, and there are none.
        """
        if isinstance(addresses, Path):
            addresses = [Address(str(addresses))]
        certificates = require_certificates(addresses, certificates)
        context = certificates.of_client() if certificates else None
        self._services = [ServiceConnections(each, context) for each in addresses]
        shown = credential and (credential.principal.value, credential.secret)
        self._credential = {"as": shown} if shown else {}
        self._answer_seconds = answer_seconds
        self._waits = waits

    async def answering(self, seconds: float) -> tuple[int, int]:
        """How many of the services answer within a time, and how many there are."""
        line = orjson.dumps({"do": "ready", **self._credential}) + b"\n"
        asked = (self._probe(each, line, seconds) for each in self._services)
        return sum(await asyncio.gather(*asked)), len(self._services)

    async def _probe(self, service: ServiceConnections, line: bytes, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return "error" not in orjson.loads(await service.exchange(line))
        except _FAILURES:
            return False

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return (await self._ask({"do": "key_ids", "use": use}))["key_ids"]

    async def digests(
        self, use: KeyUse, messages: Sequence[bytes], statement: Statement | Cause | None = None
    ) -> Sequence[Sequence[Digest]]:
        digests: list[Sequence[Digest]] = []
        for some in _some(messages):
            texts = [b64encode(message).decode() for message in some]
            question = {"do": "digests", "use": use, "messages": texts}
            answer = await self._ask(question | stated(statement))
            digests += [
                [Digest(key_id, b64decode(value)) for key_id, value in of_keys]
                for of_keys in answer["digests"]
            ]
        return digests

    async def look_up(self, message: bytes, statement: Statement | None = None) -> LookUp:
        question = {"do": "look_up", "message": b64encode(message).decode()}
        answer = await self._ask(question | stated(statement))
        digests = [Digest(key_id, b64decode(value)) for key_id, value in answer["digests"]]
        key_id, value = answer["sought"]
        return LookUp(digests, Digest(key_id, b64decode(value)))

    async def track(self, reference: str, source: str, message: bytes) -> Try:
        asked = {"reference": reference, "source": source}
        answer = await self._ask({"do": "track", **asked, "message": b64encode(message).decode()})
        return _try_in(answer)

    async def try_code(self, reference: str, source: str, code: str, message: bytes) -> CodeTry:
        asked = {"reference": reference, "source": source, "code": code}
        written = b64encode(message).decode()
        answer = await self._ask({"do": "try_code", **asked, "message": written})
        return CodeTry(_try_in(answer), b64decode(answer["code"]))

    async def open_by_code(self, subject: UUID, reference: str, code: str) -> Mapping[UUID, bytes]:
        asked = {"reference": reference, "code": code}
        return await self._data_keys({"do": "open_by_code", **asked}, [subject])

    async def make_code(self, subject: UUID, reference: str, mail: UUID) -> MailedCode:
        asked = {"subjects": [subject.hex], "reference": reference, "mail": mail.hex}
        answer = await self._ask({"do": "make_code", **asked})
        return MailedCode(answer["code"], b64decode(answer["digest"]))

    async def sought(
        self, opening: Opening, messages: Sequence[bytes], digests: Sequence[Digest]
    ) -> Sequence[bool] | None:
        found: list[bool] = []
        texts = [b64encode(message).decode() for message in messages]
        for some in _some(digests):
            written = [(one.key_id, b64encode(one.value).decode()) for one in some]
            question = {"do": "sought", "request": opening.request.hex, "messages": texts}
            given = {"subjects": [opening.subject.hex], "digests": written}
            answer = await self._ask(question | given)
            if answer["sought"] is None:
                return None
            found += answer["sought"]
        return found

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        answer = await self._ask({"do": "sign", "use": use, "message": b64encode(message).decode()})
        return Signature(b64decode(answer["public_key"]), b64decode(answer["signature"]))

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        answer = await self._ask({"do": "public_keys", "use": use})
        return {key_id: b64decode(key) for key_id, key in answer["public_keys"].items()}

    async def make_data_keys(
        self,
        subjects: Sequence[UUID],
        statement: Statement | Cause | None = None,
        relations: Sequence[Relation] = (),
    ) -> Mapping[UUID, bytes]:
        made: dict[UUID, bytes] = {}
        for some in _some(subjects):
            of_these = [one for one in relations if one.other in some] if relations else []
            more = {"related": [one.to_json() for one in of_these], **stated(statement)}
            made |= await self._data_keys({"do": "make", **more}, some)
        return made

    async def open_data_keys(
        self, subjects: Sequence[UUID], statement: Statement | Cause | None = None
    ) -> Mapping[UUID, bytes]:
        keys: dict[UUID, bytes] = {}
        for some in _some(subjects):
            keys |= await self._data_keys({"do": "open", **stated(statement)}, some)
        return keys

    async def relate(
        self, relations: Sequence[Relation], statement: Statement | Cause | None = None
    ) -> None:
        for some in _some(relations):
            await self._ask(
                {"do": "relate", "related": [one.to_json() for one in some], **stated(statement)}
            )

    async def sign_visas(
        self, visas: Sequence[tuple[UUID, Mapping[str, Any]]]
    ) -> Sequence[tuple[bytes, bytes] | None]:
        signed: list[tuple[bytes, bytes] | None] = []
        for some in _some(visas):
            asked = [(subject.hex, content) for subject, content in some]
            answer = await self._ask({"do": "sign_visas", "visas": asked})
            signed += [one and (one[0].encode(), b64decode(one[1])) for one in answer["signed"]]
        return signed

    async def judges_everybody(self) -> bool:
        """Whether nobody is opened for a viewer without a relation."""
        return (await self._ask({"do": "judges"}))["everybody"]

    async def judge_everybody(self) -> None:
        """Have nobody opened without a relation from now on, for ever."""
        await self._ask({"do": "judge_everybody"})

    async def erase_data_keys(self, subjects: Sequence[UUID]) -> Sequence[ErasedSubject]:
        erased: list[ErasedSubject] = []
        for some in _some(subjects):
            answer = await self._ask({"do": "erase", "subjects": [one.hex for one in some]})
            erased += _erased_in(answer)
        return erased

    async def erased_subjects(self, after: UUID) -> Sequence[ErasedSubject]:
        return _erased_in(await self._ask({"do": "erased", "after": after.hex}))

    async def key_operations(self, before: int | None = None) -> Sequence[KeyOperationNote]:
        answer = await self._ask({"do": "operations", "before": before})
        return [
            note_of(number, UUID(hex=id_), *rest) for number, id_, *rest in answer["operations"]
        ]

    async def sweep_state(self) -> SweepState:
        answer = await self._ask({"do": "sweeping"})
        return SweepState(answer["token"] and UUID(hex=answer["token"]), answer["keys"])

    async def aged_subjects(self, after: UUID, days: int) -> Sequence[UUID]:
        answer = await self._ask({"do": "aged", "after": after.hex, "days": days})
        return [UUID(hex=one) for one in answer["aged"]]

    async def begin_ages(self, token: UUID) -> None:
        await self._ask({"do": "begin_ages", "token": token.hex})

    async def sweep_data_keys(self, subjects: Sequence[UUID], days: int, token: UUID) -> int:
        sweep = {"subjects": [one.hex for one in subjects], "days": days, "token": token.hex}
        return (await self._ask({"do": "sweep", **sweep}))["swept"]

    async def lacking_subjects(self, subjects: Sequence[UUID]) -> Sequence[UUID]:
        lacking: list[UUID] = []
        for some in _some(subjects):
            answer = await self._ask({"do": "lacking", "subjects": [one.hex for one in some]})
            lacking += [UUID(hex=one) for one in answer["lacking"]]
        return lacking

    async def list_subjects(self, after: UUID) -> Sequence[UUID]:
        answer = await self._ask({"do": "subjects", "after": after.hex})
        return [UUID(hex=one) for one in answer["subjects"]]

    async def list_receipts(self, after: int, before: int) -> ReceiptPage:
        answer = await self._ask({"do": "receipts", "after": after, "before": before})
        receipts = [
            Receipt(*said)._replace(subjects=[UUID(hex=one) for one in said[-1]])
            for said in answer["receipts"]
        ]
        return ReceiptPage(receipts, answer["tampered"], answer["is_last"])

    async def reconciled(self) -> Reconciled:
        return Reconciled(*(await self._ask({"do": "reconciled"}))["done"])

    async def note_reconciled(self, done: Reconciled) -> None:
        await self._ask({"do": "note_reconciled", "done": [*done]})

    async def forget_receipts(self, before: int) -> int:
        return (await self._ask({"do": "forget_receipts", "before": before}))["forgotten"]

    async def _data_keys(
        self, question: Mapping[str, Any], subjects: Sequence[UUID]
    ) -> dict[UUID, bytes]:
        answer = await self._ask({**question, "subjects": [one.hex for one in subjects]})
        pairs = zip(subjects, answer["keys"], strict=True)
        return {one: b64decode(key) for one, key in pairs if key is not None}

    async def _ask(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._ask_one(orjson.dumps({**question, **self._credential}) + b"\n")
        if "error" not in answer:
            return answer
        if refused := answer.get("refused"):
            raise RefusedSubjectsError(UUID(hex=one) for one in refused)
        if window := answer.get("window"):
            raise ViewerCeilingError(window)
        if acr_values := answer.get("acr_values"):
            raise WeakSignInError(acr_values)
        if not self._waits or answer.get("seconds") is None:
            raise KeyServiceError(answer["error"])
        await asyncio.sleep(answer["seconds"])
        return await self._ask(question)

    async def _ask_one(self, line: bytes) -> Mapping[str, Any]:
        """The answer of the first service that gives one. Raises KeyServiceError."""
        why = ""
        for service in sorted(self._services, key=ServiceConnections.is_left_out):
            try:
                async with asyncio.timeout(self._answer_seconds / len(self._services)):
                    answer: Mapping[str, Any] = orjson.loads(await service.exchange(line))
            except _FAILURES as error:
                why = (
                    f"the key service at {service.address} does not answer ({type(error).__name__})"
                )
            else:
                if "away" not in answer:
                    service.take_back()
                    return answer
                why = answer["error"]
            service.leave_out(why)
        raise KeyServiceError(why if len(self._services) == 1 else f"no key service answers: {why}")


def _try_in(answer: Mapping[str, Any]) -> Try:
    digests = [Digest(key_id, b64decode(value)) for key_id, value in answer["digests"]]
    return Try(digests, *map(b64decode, answer["tried"]))


def _erased_in(answer: Mapping[str, Any]) -> list[ErasedSubject]:
    return [
        ErasedSubject(UUID(hex=one), datetime.fromtimestamp(at, UTC))
        for one, at in answer["erased"]
    ]


def _some(all_of: Sequence[_One]) -> Iterator[Sequence[_One]]:
    return (all_of[at : at + MOST_AT_ONCE] for at in range(0, len(all_of), MOST_AT_ONCE))
