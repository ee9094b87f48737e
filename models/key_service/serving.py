"""Serves the keys at three addresses: one for gateways, one for the LINKER, one for keepers.

An attacker on a gateway gets no wrapping key: they can only ask for viewers,
whose tokens they show.
"""

import asyncio
import contextlib
import logging
import os
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import orjson

from models.key_service.addresses import Address, Certificates, require_certificates
from models.key_service.codes import MakesCodes, TakesCodes
from models.key_service.counts import ViewerCeilingError
from models.key_service.erasures import ErasedSubject, ErasesKeys
from models.key_service.interface import (
    AwayStoreError,
    CeilingError,
    Digest,
    KeyService,
    KeyServiceError,
    KeyUse,
    RefusedSubjectsError,
    Statement,
    TracksFiles,
    Try,
    WeakSignInError,
)
from models.key_service.key_ages import ListsSubjects, SweepsKeys
from models.key_service.local import LocalKeyService
from models.key_service.metrics import KeyMetrics, QuestionOutcome
from models.key_service.operations import KeyOperationNote, ListsOperations
from models.key_service.principals import ANYTHING, OF_RECEIPTS, OF_SWEEPS, PrincipalJudge
from models.key_service.receipts import ListsReceipts, Reconciled
from models.key_service.relations import Opening, Relation
from models.key_service.service_connections import MOST_LINE_BYTES
from models.logs import PLACE

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def serving_keys(
    keys: Any,
    address: Address | Path,
    verbs: frozenset[str] = ANYTHING,
    judge: PrincipalJudge | None = None,
    certificates: Certificates | None = None,
    metrics: KeyMetrics | None = None,
) -> AsyncIterator[None]:
    """Listen at an address while the context is open; whoever reaches it may use these verbs.

    A Unix socket is reached by its owner and group, a TCP port by whoever shows a certificate of
    the authority. ``judge`` is by whom principals without a viewer are judged, if they are,
    ``metrics`` where questions are counted.

    Raises KeyServiceError where that is impossible.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The loop cancels the connections that are open when it ends, which ends this too.
        over = (OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*over):
            while True:
                line = await reader.readuntil(b"\n")
                writer.write(await answer(keys, line, verbs, judge, metrics) + b"\n")
                await writer.drain()
        writer.close()

    if isinstance(address, Path):
        address = Address(str(address))
    try:
        server = await _listen(serve, address, require_certificates([address], certificates))
    except OSError as error:
        why = error.strerror or error
        raise KeyServiceError(f"{address} cannot be listened on: {why}") from None
    try:
        yield
    finally:
        server.close()


async def _listen(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    address: Address,
    certificates: Certificates | None,
) -> asyncio.Server:
    if address.is_remote:
        context = certificates.of_service() if certificates else None
        return await asyncio.start_server(
            serve, address.host, address.port, ssl=context, limit=MOST_LINE_BYTES
        )
    with contextlib.suppress(FileNotFoundError):
        os.unlink(address.path)
    mask = os.umask(0o117)
    try:
        return await asyncio.start_unix_server(serve, address.path, limit=MOST_LINE_BYTES)
    finally:
        os.umask(mask)


async def answer(
    keys: Any,
    line: bytes,
    verbs: frozenset[str] = ANYTHING,
    judge: PrincipalJudge | None = None,
    metrics: KeyMetrics | None = None,
) -> bytes:
    """The answer to a line."""
    began = time.monotonic()
    question: Mapping[str, Any] = {}
    outcome = QuestionOutcome.REFUSED
    try:
        question = _read(line)
        if question["do"] in ANYTHING - verbs:
            raise KeyServiceError(f"this socket does not {question['do']}: ask the other one")
        if judge is not None:
            await judge.admit(question)
        answered = orjson.dumps(await _do(keys, question))
        outcome = QuestionOutcome.ANSWERED
    except CeilingError as error:
        answered, outcome = _refuse(str(error), seconds=error.seconds), QuestionOutcome.CEILING
    except RefusedSubjectsError as error:
        answered = _refuse(str(error), refused=[one.hex for one in error.subjects])
    except ViewerCeilingError as error:
        answered, outcome = _refuse(str(error), window=error.window), QuestionOutcome.CEILING
    except WeakSignInError as error:
        answered, outcome = (
            _refuse(str(error), acr_values=error.acr_values),
            QuestionOutcome.SIGN_IN,
        )
    except AwayStoreError as error:
        answered, outcome = _refuse(str(error), away=True), QuestionOutcome.AWAY
    except KeyServiceError as error:
        answered = _refuse(str(error))
    except (ValueError, TypeError, KeyError, AttributeError):
        answered = _refuse("this is no question of the protocol")
    if metrics is not None:
        metrics.note_question(question, outcome, time.monotonic() - began)
    return answered


def _read(line: bytes) -> Mapping[str, Any]:
    """Raises ValueError for what is no question."""
    question = orjson.loads(line)
    if not isinstance(question, dict) or not isinstance(question.get("do"), str):
        raise ValueError("no question")
    return question


def _refuse(why: str, **more: object) -> bytes:
    log.warning("a question was refused: %s", why, extra={PLACE: why})
    return orjson.dumps({"error": why, **more})


async def _do(keys: KeyService, question: Mapping[str, Any]) -> Any:
    match question["do"]:
        case "key_ids":
            return {"key_ids": list(await keys.key_ids(KeyUse(question["use"])))}
        case "digests":
            messages = [b64decode(message) for message in question["messages"]]
            use, stated = KeyUse(question["use"]), _statement(question)
            digests = await keys.digests(use, messages, stated)
            return {
                "digests": [[_write_digest(one) for one in of_message] for of_message in digests]
            }
        case "look_up":
            found = await keys.look_up(b64decode(question["message"]), _statement(question))
            return {
                "digests": [_write_digest(one) for one in found.digests],
                "sought": _write_digest(found.sought),
            }
        case "track":
            asked = (question["reference"], question["source"], b64decode(question["message"]))
            return _write_try(await cast(TracksFiles, keys).track(*asked))
        case "try_code":
            asked = (question["reference"], question["source"], str(question["code"]))
            message = b64decode(question["message"])
            tried, digest = await cast(TakesCodes, keys).try_code(*asked, message)
            return {**_write_try(tried), "code": b64encode(digest).decode()}
        case "open_by_code":
            [subject], code = _subjects(question), str(question["code"])
            opened = await cast(TakesCodes, keys).open_by_code(subject, question["reference"], code)
            return _write_keys([subject], opened)
        case "make_code":
            [subject], mail = _subjects(question), UUID(hex=question["mail"])
            made = await cast(MakesCodes, keys).make_code(subject, question["reference"], mail)
            return {"code": made.text, "digest": b64encode(made.digest).decode()}
        case "sought":
            [subject] = _subjects(question)
            opening = Opening(UUID(hex=question["request"]), subject)
            messages = [b64decode(message) for message in question["messages"]]
            digests = [Digest(id_, b64decode(value)) for id_, value in question["digests"]]
            return {"sought": await keys.sought(opening, messages, digests)}
        case "sign":
            if (use := KeyUse(question["use"])) is not KeyUse.CHECKPOINT:
                raise KeyServiceError(f"nothing is signed here by the keys of {use}")
            signed = await keys.sign(use, b64decode(question["message"]))
            return {
                "public_key": b64encode(signed.public_key).decode(),
                "signature": b64encode(signed.value).decode(),
            }
        case "sign_visas":
            visas = [(UUID(hex=subject), content) for subject, content in question["visas"]]
            codes = await keys.sign_visas(visas)
            return {
                "signed": [one and (one[0].decode(), b64encode(one[1]).decode()) for one in codes]
            }
        case "public_keys":
            found = await keys.public_keys(KeyUse(question["use"]))
            return {"public_keys": {id_: b64encode(key).decode() for id_, key in found.items()}}
        case "open":
            subjects = _subjects(question)
            return _write_keys(subjects, await keys.open_data_keys(subjects, _statement(question)))
        case "make":
            subjects = _subjects(question)
            stated, related = _statement(question), _related(question)
            return _write_keys(subjects, await keys.make_data_keys(subjects, stated, related))
        case "relate":
            await keys.relate(_related(question), _statement(question))
            return {}
        case "ready":
            await cast(LocalKeyService, keys).require_store()
            return {}
        case "judges":
            return {"everybody": await cast(LocalKeyService, keys).judges_everybody()}
        case "judge_everybody":
            await cast(LocalKeyService, keys).judge_everybody()
            return {}
        case "erase":
            return _write_erased(await cast(ErasesKeys, keys).erase_data_keys(_subjects(question)))
        case "erased":
            after = UUID(hex=question["after"])
            return _write_erased(await cast(ErasesKeys, keys).erased_subjects(after))
        case "operations":
            before = question["before"]
            operations = await cast(ListsOperations, keys).key_operations(before and int(before))
            return {"operations": [_write_note(one) for one in operations]}
        case verb if verb in OF_SWEEPS:
            return await _sweep(cast(SweepsKeys, keys), question)
        case "lacking":
            lacking = await cast(ListsSubjects, keys).lacking_subjects(_subjects(question))
            return {"lacking": [one.hex for one in lacking]}
        case "subjects":
            listed = await cast(ListsSubjects, keys).list_subjects(UUID(hex=question["after"]))
            return {"subjects": [one.hex for one in listed]}
        case verb if verb in OF_RECEIPTS:
            return await _list_receipts(cast(ListsReceipts, keys), question)
        case _:
            raise KeyError("do")


async def _sweep(keys: SweepsKeys, question: Mapping[str, Any]) -> Any:
    match question["do"]:
        case "sweeping":
            known = await keys.sweep_state()
            return {"token": known.token and known.token.hex, "keys": known.keys}
        case "aged":
            after, days = UUID(hex=question["after"]), int(question["days"])
            return {"aged": [one.hex for one in await keys.aged_subjects(after, days)]}
        case "begin_ages":
            await keys.begin_ages(UUID(hex=question["token"]))
            return {}
        case _:
            days, token = int(question["days"]), UUID(hex=question["token"])
            return {"swept": await keys.sweep_data_keys(_subjects(question), days, token)}


async def _list_receipts(keys: ListsReceipts, question: Mapping[str, Any]) -> Any:
    match question["do"]:
        case "receipts":
            after, before = int(question["after"]), int(question["before"])
            page = await keys.list_receipts(after, before)
            receipts = [
                (*one[:-1], [subject.hex for subject in one.subjects]) for one in page.receipts
            ]
            return {"receipts": receipts, "tampered": page.tampered, "is_last": page.is_last}
        case "forget_receipts":
            return {"forgotten": await keys.forget_receipts(int(question["before"]))}
        case "reconciled":
            return {"done": [*await keys.reconciled()]}
        case _:
            await keys.note_reconciled(Reconciled(*map(int, question["done"])))
            return {}


def _write_erased(erased: Sequence[ErasedSubject]) -> dict[str, Any]:
    return {"erased": [(one.subject.hex, int(one.at.timestamp())) for one in erased]}


def _write_note(note: KeyOperationNote) -> list[Any]:
    return [note.number, note.id.hex, int(note.at.timestamp()), *note[3:]]


def _subjects(question: Mapping[str, Any]) -> list[UUID]:
    return [UUID(hex=one) for one in question["subjects"]]


def _statement(question: Mapping[str, Any]) -> Statement | None:
    stated = question.get("for")
    if stated is None:
        return None
    token, role, reference, is_change = stated
    return Statement(str(token), str(role), reference and str(reference), bool(is_change))


def _related(question: Mapping[str, Any]) -> list[Relation]:
    return [Relation.from_json(*one) for one in question["related"]]


def _write_try(tried: Try) -> dict[str, Any]:
    return {
        "digests": [_write_digest(one) for one in tried.digests],
        "tried": [b64encode(one).decode() for one in (tried.file, tried.source)],
    }


def _write_digest(digest: Digest) -> tuple[str, str]:
    return digest.key_id, b64encode(digest.value).decode()


def _write_keys(subjects: Sequence[UUID], keys: Mapping[UUID, bytes]) -> dict[str, Any]:
    found = map(keys.get, subjects)
    return {"keys": [key and b64encode(key).decode() for key in found]}
