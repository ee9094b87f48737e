"""Whoever asks the key service without a viewer: each by a credential, within its rights alone."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.key_service import (
    Cause,
    Credential,
    KeyServiceError,
    KeyUse,
    LocalKeyService,
    Principal,
    Relation,
    RelationKind,
    create_key_file,
    principals,
)
from models.key_service.counts import ReceiptVerb
from models.key_service.noting import AUDITOR
from models.key_service.principals import (
    ANYTHING,
    DIGESTS_A_PERSON,
    RIGHTS,
    PrincipalJudge,
    Rights,
    Socket,
    make_credentials,
    verbs_of,
)
from models.key_service.serving import answer
from tests.key_stores import open_keys

pytestmark = pytest.mark.anyio

VAULT = Path(__file__).resolve().parents[2] / "docs" / "vault.md"
#: The last is only somebody's of a case: neither an account's nor a partner's.
PEOPLE = [uuid4() for _ in range(4)]
BANNED, COMPLAINED = uuid4(), uuid4()
OTHERS = [one for one in RIGHTS if one is not Principal.GATEWAY]


@dataclass
class Service:
    """The sockets of principals, without a process."""

    keys: LocalKeyService
    folder: Path
    _judges: dict[Socket, PrincipalJudge] = field(default_factory=dict)

    async def ask(
        self,
        principal: Principal | None,
        verb: str,
        socket: Socket | None = None,
        **said: object,
    ) -> dict[str, Any]:
        socket = socket or RIGHTS[principal or Principal.LINKER].socket
        shown = Credential.of(principal, self.folder) if principal else None
        question = {"do": verb, **said}
        if shown:
            question["as"] = [shown.principal, shown.secret]
        if socket not in self._judges:
            self._judges[socket] = PrincipalJudge(self.keys, socket, self.folder)
        judge, line = self._judges[socket], json.dumps(question).encode()
        return json.loads(await answer(self.keys, line, verbs_of(socket), judge))

    async def open(
        self, principal: Principal | None, people: Sequence[UUID] = PEOPLE, **said: object
    ) -> int:
        """How many people are opened."""
        answered = await self.ask(principal, "open", subjects=[one.hex for one in people], **said)
        return len(list(filter(None, answered.get("keys", ()))))

    async def digests(self, principal: Principal, number: int, **said: object) -> bool:
        given = {"use": KeyUse.PERSON_INDEX, "messages": ["AAAA"] * number, **said}
        return "digests" in await self.ask(principal, "digests", **given)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    file, folder = tmp_path / "keys.json", tmp_path / "credentials"
    create_key_file(file)
    make_credentials(folder)
    keys = open_keys(file)
    await keys.open_receipts("INQ-")
    related = [Relation(RelationKind.ACCOUNT, str(one), one) for one in PEOPLE[:-1]]
    related.append(Relation(RelationKind.CASE, "SGPO-OPEN-0006", PEOPLE[-1]))
    related.append(Relation(RelationKind.BAN, "", BANNED))
    related.append(Relation(RelationKind.COMPLAINT, AUDITOR, COMPLAINED))
    await keys.make_data_keys([*PEOPLE, BANNED, COMPLAINED], None, related)
    yield Service(keys, folder)
    await keys.close()


def change(monkeypatch: pytest.MonkeyPatch, principal: Principal, **rights: Any) -> None:
    changed: Rights = replace(RIGHTS[principal], **rights)
    monkeypatch.setattr(principals, "RIGHTS", {**RIGHTS, principal: changed})


async def receipts_of(service: Service) -> list[tuple[str, str, str | None, int]]:
    listed, tampered, _ = await service.keys.receipts.list_after(0, 2**62)
    assert tampered == []
    assert not [one for one in listed if one.account]
    return [(one.verb, one.role, one.reference, len(one.subjects)) for one in listed]


async def test_whoever_reaches_a_socket_without_a_credential_opens_and_changes_nothing(
    service: Service,
) -> None:
    for socket in (Socket.LINKING, Socket.SIGNING):
        for verb in verbs_of(socket):
            for shown in (None, ["linker", "00" * 32], ["gateway", ""], ["nobody", ""]):
                asked = await service.ask(None, verb, socket, **{"as": shown})
                assert "show the credential" in asked["error"], (verb, shown)
    assert await receipts_of(service) == []


async def test_each_asks_on_its_socket_for_its_verbs_alone(service: Service) -> None:
    for principal in OTHERS:
        rights = RIGHTS[principal]
        for verb in ANYTHING:
            for socket in (Socket.LINKING, Socket.SIGNING):
                refusals = ("show the credential", f"the {principal} does not", "ask the other one")
                said = str(await service.ask(principal, verb, socket))
                is_refused = any(one in said for one in refusals)
                may = socket is rights.socket and verb in rights.verbs
                assert is_refused is not may, (principal, verb, socket, said)


async def test_people_are_opened_for_a_cause_that_their_receipt_has(service: Service) -> None:
    linker, loader = Principal.LINKER, Principal.LOADER
    assert await service.open(linker) == 0
    assert await service.open(linker, cause="LOADING") == 0
    assert await service.open(linker, cause="LINKING") == len(PEOPLE)
    assert await service.open(linker, [BANNED], cause="LINKING") == 0
    assert await service.open(linker, PEOPLE, cause="BANS") == 0
    assert await service.open(linker, [BANNED], cause="BANS") == 1
    assert await service.open(loader) == len(PEOPLE)
    assert await service.open(loader, [UUID(int=(1 << 128) - 1)]) == 0
    erased = await service.ask(Principal.KEEPER, "erase", subjects=[PEOPLE[0].hex])
    assert len(erased["erased"]) == 1
    assert await receipts_of(service) == [
        ("open", "linker", "LINKING", 4),
        ("open", "linker", "BANS", 1),
        ("open", "loader", "LOADING", 4),
        ("erase", "keeper", "ERASURE", 1),
    ]


@pytest.mark.parametrize(
    "principal", [one for one in OTHERS if "open" in RIGHTS[one].verbs and one != Principal.LOADER]
)
async def test_neither_an_entry_of_the_ban_list_nor_a_complaint_is_a_person(
    service: Service, principal: Principal
) -> None:
    for cause in RIGHTS[principal].causes["open"]:
        is_of_the_list = cause == Cause.BANS
        assert await service.open(principal, [BANNED], cause=cause) == is_of_the_list
        people = 0 if is_of_the_list else len(PEOPLE)
        assert await service.open(principal, PEOPLE, cause=cause) == people
        assert await service.open(principal, [COMPLAINED], cause=cause) == 0


async def test_the_linker_opens_so_many_an_hour_and_the_keeper_erases_no_more(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, Principal.LINKER, people_an_hour=3)
    assert await service.open(Principal.LINKER, PEOPLE, cause="LINKING") == 0
    assert await service.open(Principal.LINKER, PEOPLE[:3], cause="LINKING") == 3
    assert await service.open(Principal.LINKER, PEOPLE[3:], cause="LINKING") == 0
    assert await service.open(Principal.LINKER, PEOPLE[:3], cause="LINKING") == 3
    assert await service.open(Principal.LOADER) == 4
    change(monkeypatch, Principal.KEEPER, people_an_hour=2)
    for number, done in ((3, 0), (2, 2), (1, 0)):
        some = [uuid4().hex for _ in range(number)]
        asked = await service.ask(Principal.KEEPER, "erase", subjects=some)
        assert len(asked.get("erased", ())) == done


async def test_the_screener_opens_the_whole_list_and_so_many_people_an_hour(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    screener = Principal.SCREENER
    change(monkeypatch, screener, people_an_hour=1)
    assert await service.open(screener, PEOPLE, cause="SCREENING") == 0
    assert await service.open(screener, PEOPLE[:1], cause="SCREENING") == 1
    assert await service.open(screener, [BANNED], cause="BANS") == 1


async def test_the_linker_guesses_nobody(service: Service) -> None:
    """It has digests made of those whom it opened; a passport that is guessed is of nobody."""
    linker, cause = Principal.LINKER, {"cause": "LINKING"}
    assert not await service.digests(linker, 1, **cause)
    assert await service.open(linker, PEOPLE[:1], **cause) == 1
    assert await service.digests(linker, DIGESTS_A_PERSON - 1, **cause)
    assert not await service.digests(linker, 2, **cause)
    assert await service.digests(linker, 1, **cause)
    assert not await service.digests(linker, 1)
    # Whoever loads a world knows whom; auditors compare seals by the gateways' socket.
    assert await service.digests(Principal.LOADER, 1)
    verbs = [verb for verb, *_ in await receipts_of(service)]
    assert verbs.count(ReceiptVerb.LOOK_UP) == 3


async def test_digests_that_were_not_made_are_saved_up_to_a_number(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(principals, "_MOST_SAVED", DIGESTS_A_PERSON + 5)
    assert await service.open(Principal.LINKER, PEOPLE[:2], cause="LINKING") == 2
    assert not await service.digests(Principal.LINKER, DIGESTS_A_PERSON + 6, cause="LINKING")
    assert await service.digests(Principal.LINKER, DIGESTS_A_PERSON + 5, cause="LINKING")


async def test_new_keys_of_a_world_open_nobody_and_leave_no_receipt(service: Service) -> None:
    loader, new = Principal.LOADER, uuid4()
    for subjects in ([new], [new, PEOPLE[0]]):
        asked = {"subjects": [one.hex for one in subjects], "related": []}
        assert len((await service.ask(loader, "make", **asked))["keys"]) == len(subjects)
    assert await receipts_of(service) == [("change", "loader", "LOADING", 2)]


def test_a_credential_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    with pytest.raises(KeyServiceError, match="the key service makes it"):
        Credential.of(Principal.LINKER, folder)
    make_credentials(folder)
    first = {one: Credential.of(one, folder) for one in OTHERS}
    make_credentials(folder)
    assert first == {one: Credential.of(one, folder) for one in OTHERS}
    assert len({one.secret for one in first.values()}) == len(OTHERS)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert len([*folder.iterdir()]) == len(OTHERS)  # gateways show tokens
    assert not [one for one in first.values() if one.secret in repr(one)]


def test_the_vaults_page_has_the_table_of_principals() -> None:
    """In docs/vault.md: who, socket, verbs, causes, ceiling."""
    page = VAULT.read_text(encoding="utf-8")
    for principal, rights in RIGHTS.items():
        verbs = ", ".join(f"`{verb}`" for verb in sorted(rights.verbs))
        causes = ", ".join(
            dict.fromkeys(cause.value for each in rights.causes.values() for cause in each)
        )
        most = f"{rights.people_an_hour:,} people an hour" if rights.people_an_hour else None
        if principal is Principal.GATEWAY:
            causes, most = "those of a viewer", "the viewer's"
        if tries := rights.tries_an_hour:
            most = "{} tries an hour for a file, {} from a source, {} a minute".format(
                *tries, rights.tries_a_minute
            )
        row = f"| {principal} | `{rights.socket}` | {verbs} | {causes or 'none'} |"
        assert f"{row} {most or 'that of all'} |" in page, f"{row} {most or 'that of all'} |"
    assert set(Cause) == {
        cause for rights in RIGHTS.values() for each in rights.causes.values() for cause in each
    }
