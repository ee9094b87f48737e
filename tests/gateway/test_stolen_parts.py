"""Who can read whom with which stolen parts: for each row of the table in docs/vault.md they are
stolen, and tried."""

import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from models.account import reconcile_all
from models.account.findings import Report
from models.account.reconciling import APART_SECONDS
from models.key_service import (
    Cause,
    Credential,
    KeyServiceError,
    KeyUse,
    LocalKeys,
    LocalKeyService,
    Opening,
    Principal,
    RefusedSubjectsError,
    Relation,
    RelationKind,
    SocketKeys,
    Statement,
    ViewerCeilingError,
    create_key_file,
)
from models.key_service.counts import TRIES_OF_A_FILE, TRIES_OF_A_SOURCE
from models.key_service.process import credentials_beside
from models.key_service.rotation import rotate_data_keys
from models.person.matching import passport_message, tracking_message
from models.row_keys import new_key
from tests import tokens
from tests.gateway.judged import Judged, judged_gateway
from tests.gateway.test_judged import CASEWORK, HELD, OPEN, names_read
from tests.key_stores import administer, copy_keys, new_store, open_keys, store_of
from tests.softhsm import require_softhsm, token_address
from tests.world import APPLICANTS, applicant_id

pytestmark = pytest.mark.anyio

VAULT = Path(__file__).resolve().parents[2] / "docs" / "vault.md"
BEGINS = "**Who can read whom with which stolen parts.**"
EVERYBODY = [applicant_id(name) for name in APPLICANTS]


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world) as running:
        yield running


def stolen(judged: Judged, principal: Principal | None, socket: str) -> SocketKeys:
    """A socket, with the credential of a principal or none."""
    folder = credentials_beside(judged.file)
    shown = Credential.of(principal, folder) if principal else None
    return SocketKeys(judged.file.with_name(socket), 60, credential=shown)


async def opened(keys: SocketKeys, *given: Statement | Cause) -> int:
    """How many of everybody are opened."""
    with contextlib.suppress(KeyServiceError):
        return len(await keys.open_data_keys(EVERYBODY, *given))
    return 0


async def unlogged(judged: Judged) -> list[str]:
    report = Report()
    await reconcile_all(judged.signing, judged.owner, report, time.time() + 3 * APART_SECONDS)
    found = [finding.what for finding in report.findings]
    assert not [what for what in found if "was changed" in what or "missing" in what]
    return found


async def steal_the_database(judged: Judged) -> None:
    for table in ("identity", "identity_version", "person_index", "banned_person"):
        for row in await judged.owner.fetch(f"SELECT {table}::text FROM {table}"):
            assert not [name for name in APPLICANTS if name in row[0]]


async def steal_a_gateway(judged: Judged) -> None:
    assert await opened(judged.keys) == 0


async def steal_a_gateway_with_tokens(judged: Judged) -> None:
    """The officer's token opens whose case is put on the desk by it, and nobody else."""
    officer = Statement(tokens.token("OFFICER", sub="thief"), "OFFICER", HELD)
    person = applicant_id("Li Goh")
    assert await opened(judged.keys, officer) == 0
    with pytest.raises(RefusedSubjectsError):
        await judged.keys.open_data_keys([person], officer)
    await judged.keys.relate([Relation(RelationKind.DESK, HELD, "thief")], officer)
    assert len(await judged.keys.open_data_keys([person], officer)) == 1
    assert await opened(judged.keys, officer) == 0
    supervisor = Statement(tokens.token("SUPERVISOR", sub="thief"), "SUPERVISOR", OPEN)
    assert len(await judged.keys.open_data_keys([applicant_id("Wei Tan")], supervisor)) == 1
    assert await opened(judged.keys, supervisor) == 0
    assert len([one for one in await unlogged(judged) if "whom the log of reads lacks" in one]) == 2


async def steal_the_database_and_an_account(judged: Judged) -> None:
    """A desk that is moved by hand opens nobody; one that the officer takes opens its applicant."""
    moved = "UPDATE application SET officer = '{}' WHERE reference = '" + HELD + "'"
    await judged.administer(moved.format("officer"))
    try:
        assert await names_read(judged.who["officer"], CASEWORK, case=HELD) == []
    finally:
        await judged.administer(moved.format("officer-2"), "DELETE FROM alert")
    assert await names_read(judged.who["officer"], CASEWORK, case=OPEN) == ["Wei Tan"]


async def steal_sockets(judged: Judged) -> None:
    for socket in ("socket", "socket.linking", "socket.signing"):
        assert await opened(stolen(judged, None, socket)) == 0
        for principal in (Principal.AUDITOR, Principal.KEEPER):
            assert await opened(stolen(judged, principal, socket)) == 0


async def steal_the_linkers_credential(judged: Judged) -> None:
    await _steal_a_readers_credential(judged, Principal.LINKER, Cause.LINKING)


async def steal_the_screeners_credential(judged: Judged) -> None:
    """What the LINKER read is no excuse."""
    await _steal_a_readers_credential(judged, Principal.SCREENER, Cause.SCREENING)


async def steal_the_granters_credential(judged: Judged) -> None:
    await _steal_a_readers_credential(judged, Principal.GRANTER, Cause.GRANTING)


async def steal_the_mailers_credential(judged: Judged) -> None:
    await _steal_a_readers_credential(judged, Principal.MAILER, Cause.MAIL)


async def steal_the_scanners_credential(judged: Judged) -> None:
    await _steal_a_readers_credential(judged, Principal.SCANNER, Cause.SCANNING)


async def steal_the_trackers_credential(judged: Judged) -> None:
    """A guess is a digest, of which there are few for a file, and few from a source."""
    tracker = stolen(judged, Principal.TRACKER, "socket")
    assert await opened(tracker) == 0
    born = date(1990, 2, 3)

    async def guesses(name: str) -> int:
        """How many are made for one file from ever other sources, or the other way round."""
        for number in range(1_000):
            asked = (OPEN, str(number)) if name == "file" else (str(number), "source")
            with contextlib.suppress(ViewerCeilingError):
                await tracker.track(*asked, tracking_message("SG", str(number), born))
                continue
            return number
        return 1_000

    assert await guesses("file") <= 2 * TRIES_OF_A_FILE
    assert await guesses("source") <= 2 * TRIES_OF_A_SOURCE
    for keys in (judged.keys, stolen(judged, Principal.LINKER, "socket")):
        with pytest.raises(KeyServiceError):
            await keys.track(OPEN, "another", tracking_message("SG", "PSG0001", born))
    await unlogged(judged)


async def _steal_a_readers_credential(judged: Judged, principal: Principal, cause: Cause) -> None:
    before = await unlogged(judged)
    await judged.owner.execute("ALTER TABLE linker_read RENAME TO hidden_read")
    await judged.owner.execute("CREATE TABLE linker_read (LIKE hidden_read)")
    try:
        reader = stolen(judged, principal, "socket.linking")
        assert await opened(reader, cause) == len(EVERYBODY)
        new = [one for one in await unlogged(judged) if one not in before]
        [_] = [one for one in new if f"opened {len(EVERYBODY)}, " in one]
    finally:
        await judged.owner.execute("DROP TABLE linker_read")
        await judged.owner.execute("ALTER TABLE hidden_read RENAME TO linker_read")


async def steal_the_loaders_credential(judged: Judged) -> None:
    last = (await judged.signing.list_receipts(0, 2**62)).receipts[-1].number
    loader = stolen(judged, Principal.LOADER, "socket.linking")
    assert await opened(loader) == len(EVERYBODY)
    [receipt] = (await judged.signing.list_receipts(last, 2**62)).receipts
    assert (receipt.role, len(receipt.subjects)) == ("loader", len(EVERYBODY))
    await unlogged(judged)


async def steal_the_keepers_credential(judged: Judged) -> None:
    keeper = stolen(judged, Principal.KEEPER, "socket.signing")
    assert await opened(keeper) == 0
    assert len(await keeper.erase_data_keys([new_key()])) == 1


async def steal_the_auditors_credential(judged: Judged) -> None:
    auditor = stolen(judged, Principal.AUDITOR, "socket.signing")
    assert await opened(auditor) == 0
    with pytest.raises(KeyServiceError):
        await auditor.erase_data_keys([new_key()])
    assert "thief" in {one.account for one in (await auditor.list_receipts(0, 2**62)).receipts}


async def steal_the_key_services_file(judged: Judged) -> None:
    keys = LocalKeyService.open(judged.file, new_store())
    assert await keys.open_data_keys(EVERYBODY) == {}


async def steal_the_key_services_store(judged: Judged) -> None:
    url = store_of(judged.file)
    for [table] in administer(url, "SELECT relname FROM pg_stat_user_tables"):
        found = str(administer(url, f"SELECT * FROM {table}"))
        assert not [name for name in APPLICANTS if name in found]
    create_key_file(other := judged.file.with_name("other.json"))
    with pytest.raises(KeyServiceError, match="is missing in the file of keys"):
        await LocalKeyService.open(other, url).open_data_keys(EVERYBODY)


async def steal_the_key_services_file_and_store(judged: Judged) -> None:
    keys = open_keys(judged.file)
    assert len(await keys.open_data_keys(EVERYBODY)) == len(EVERYBODY)


async def in_token(judged: Judged) -> tuple[Path, str]:
    """Copies of the file of keys and of the store, the keys of the one moved into a token."""
    require_softhsm()
    file = Path(shutil.copy(judged.file, judged.file.with_name("token.json")))
    copy_keys(store_of(judged.file), store := new_store())
    LocalKeys.from_file(file).with_token(token_address()).write(file)
    await rotate_data_keys(file, store)
    return file, store


async def steal_the_disk_and_the_store(judged: Judged) -> None:
    """All that is on the disk: the token's folder, too, since SoftHSM keeps its own there."""
    file, store = await in_token(judged)
    content = read(file)
    (guess := file.with_name("guess")).write_text("0000")
    for pin in (file.with_name("nowhere"), guess):
        write(file, content.replace(token_address(), token_address(pin)))
        with pytest.raises(KeyServiceError, match=r"PIN of the token|PinIncorrect"):
            await LocalKeyService.open(file, store).open_data_keys(EVERYBODY)


async def steal_backups_of_an_epoch(judged: Judged) -> None:
    """Beside the token and its PIN of today."""
    file, store = await in_token(judged)
    old = Path(shutil.copy(file, file.with_name("old.json")))
    copy_keys(store, old_store := new_store())
    keys = LocalKeyService.open(old, old_store)
    assert len(await keys.open_data_keys(EVERYBODY)) == len(EVERYBODY)
    await rotate_data_keys(file, store)
    for each in (old, file):
        with pytest.raises(KeyServiceError, match=r"has not, or no more|is missing in the file"):
            await LocalKeyService.open(each, old_store).open_data_keys(EVERYBODY)


async def steal_the_token_with_its_pin(judged: Judged) -> None:
    file, store = await in_token(judged)
    keys = LocalKeyService.open(file, store)
    assert len(await keys.open_data_keys(EVERYBODY)) == len(EVERYBODY)


def read(file: Path) -> str:
    return file.read_text()


async def steal_the_log_of_look_ups(judged: Judged) -> None:
    """Neither the key's digests nor one auditor's token tell for whom it was; those of two do."""
    supervisor = Statement(tokens.token("SUPERVISOR", sub="supervisor"), "SUPERVISOR", OPEN)
    [message, another] = (passport_message("SG", number) for number in ("K1234567X", "K7654321X"))
    log = [(await judged.keys.look_up(one, supervisor)).sought for one in (message, another)]
    linker = stolen(judged, Principal.LINKER, "socket.linking")
    opening = Opening(new_key(), applicant_id("Wei Tan"))
    for keys, why in ((linker, Cause.LINKING), (judged.keys, supervisor)):
        with pytest.raises(KeyServiceError, match="two auditors"):
            await keys.digests(KeyUse.LOOK_UP, [log[0].value[:16] + message], why)

    async def say(kind: RelationKind, account: str, of: Opening = opening) -> None:
        token = tokens.token("AUDITOR", sub=account)
        said = Relation(kind, str(of), account)
        await judged.keys.relate([said], Statement(token, "AUDITOR"))

    assert await linker.sought(opening, [message], log) is None
    await say(RelationKind.OPENING, "thief")
    with pytest.raises(KeyServiceError, match="may not state"):
        await say(RelationKind.AGREEMENT, "thief")
    other = Opening(opening.request, applicant_id("Li Goh"))
    await say(RelationKind.OPENING, "thief", other)
    await say(RelationKind.AGREEMENT, "auditor-2", other)
    assert await linker.sought(opening, [message], log) is None
    await say(RelationKind.AGREEMENT, "auditor-2")
    assert await linker.sought(opening, [message], log) == [True, False]


def write(file: Path, content: str) -> None:
    file.write_text(content)


#: In the order of the table, since later ones count what earlier ones left.
STEALING: Mapping[str, Callable[[Judged], Awaitable[None]]] = {
    "the database, or write access to it as a superuser": steal_the_database,
    "and a gateway without a viewer's token": steal_a_gateway,
    "a gateway, with the tokens that pass through it": steal_a_gateway_with_tokens,
    "the database as a superuser, and an officer's account": steal_the_database_and_an_account,
    "any socket of the key service, and the database, without a credential or a token": (
        steal_sockets
    ),
    "the linker's credential and socket, and the database": steal_the_linkers_credential,
    "the granter's credential and socket, and the database": steal_the_granters_credential,
    "the mailer's credential and socket, and the database": steal_the_mailers_credential,
    "the screener's credential and socket, and the database": steal_the_screeners_credential,
    "the scanner's credential and socket, and the database": steal_the_scanners_credential,
    "the tracker's credential, the socket of gateways, and the database": (
        steal_the_trackers_credential
    ),
    "the loader's credential and socket, and the database": steal_the_loaders_credential,
    "the keeper's credential and socket": steal_the_keepers_credential,
    "the auditor's credential and socket": steal_the_auditors_credential,
    "the log of look-ups, and the linker's credential and socket": steal_the_log_of_look_ups,
    "the key service's file": steal_the_key_services_file,
    "the key service's store, or its administrators' access": steal_the_key_services_store,
    "the disk of a key host whose keys are in a token, and the store": (
        steal_the_disk_and_the_store
    ),
    "backups of both from an epoch whose key the token has destroyed, and the token with its PIN": (
        steal_backups_of_an_epoch
    ),
    "the disk, the store, and the token with its PIN": steal_the_token_with_its_pin,
    "the file and the store, or the memory of a service": steal_the_key_services_file_and_store,
}


def test_each_row_of_the_table_is_tried() -> None:
    table = VAULT.read_text(encoding="utf-8").partition(BEGINS)[2].lstrip().partition("\n\n")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert rows == [*STEALING]


@pytest.mark.parametrize("parts", STEALING)
async def test_stolen_parts_open_no_more_than_is_said(judged: Judged, parts: str) -> None:
    await STEALING[parts](judged)
