"""Keys in a PKCS#11 token: its file alone opens nothing, an epoch ends with its key, and the
services do all that they do with keys that stand in the file."""

import asyncio
import contextlib
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.cli.audit import audit
from gateway.cli.vault import vault
from models.key_service import (
    KeyServiceError,
    KeyUse,
    LocalKeys,
    LocalKeyService,
    SocketKeys,
    create_key_file,
)
from models.key_service.rotation import rotate_data_keys
from models.key_service.security_modules import Token
from tests.key_stores import copy_keys, new_store, open_keys, run_keys, store_of
from tests.softhsm import token_address, token_folder, with_softhsm

pytestmark = [pytest.mark.anyio, with_softhsm]
PEOPLE = [UUID(int=number) for number in range(1, 8)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of keys that are in the token, as the command makes it."""
    file = tmp_path / "keys.json"
    done = CliRunner().invoke(vault, ["token", str(file), token_address()])
    assert done.output == f"{file}: new keys are made in the token.\n"
    return file


async def test_a_service_does_all_of_its_work_with_keys_in_a_token(file: Path) -> None:
    with TemporaryDirectory(prefix="gerbang-") as folder:
        with run_keys(file, Path(folder, "socket")):
            keys = SocketKeys(Path(folder, "socket"))
            made = await keys.make_data_keys(PEOPLE)
            [[digest]] = await keys.digests(KeyUse.PERSON_INDEX, [b"somebody"])
            signed = await keys.sign(KeyUse.CHECKPOINT, b"a checkpoint")
            assert [*(await keys.public_keys(KeyUse.CHECKPOINT)).values()] == [signed.public_key]
        public = Ed25519PublicKey.from_public_bytes(signed.public_key)
        public.verify(signed.value, b"a checkpoint")
        with pytest.raises(InvalidSignature):
            public.verify(signed.value, b"another")
        # Another service over the same store, with the same file, has the same keys.
        with run_keys(file, Path(folder, "socket")):
            assert await keys.open_data_keys(PEOPLE) == made
            assert await keys.digests(KeyUse.PERSON_INDEX, [b"somebody"]) == [[digest]]


async def test_the_stolen_disk_of_a_key_host_opens_nothing(file: Path, tmp_path: Path) -> None:
    made = await open_keys(file).make_data_keys(PEOPLE)
    # No key is on it as it is, neither in the file nor in the folder of the token.
    opened = LocalKeys.from_file(file)
    disk = [file, *(one for one in (token_folder() / "tokens").rglob("*") if one.is_file())]
    for use in (KeyUse.DATA_KEY, KeyUse.PERSON_INDEX, KeyUse.ACCESS_LOG):
        [key] = opened.by_use[use].values()
        assert isinstance(key, bytes)
        for each in disk:
            content = each.read_bytes()
            assert key not in content
            assert key.hex() not in content.decode("latin-1")
    # With its PIN it would open everybody; without one, or with a guess, nobody.
    assert await open_keys(file).open_data_keys(PEOPLE) == made
    content = _read(file)
    (guess := tmp_path / "guess").write_text("1234")
    for pin in (tmp_path / "nowhere", guess):
        _write(file, content.replace(str(token_folder() / "pin"), str(pin)))
        with pytest.raises(KeyServiceError, match=r"PIN of the token|cannot be used \(PinIncorr"):
            LocalKeys.from_file(file)
    _write(file, content.replace(token_address(), ""))
    with pytest.raises(KeyServiceError, match="expected a token"):
        LocalKeys.from_file(file)


async def test_old_backups_stay_closed_once_the_key_of_their_epoch_is_destroyed(
    file: Path,
) -> None:
    """Whoever has copies of the file and the store, and today's token with its PIN."""
    made = await open_keys(file).make_data_keys(PEOPLE)
    backup = Path(shutil.copy(file, file.with_name("backup.json")))
    copy_keys(store_of(file), store := new_store())
    assert await LocalKeyService.open(backup, store).open_data_keys(PEOPLE) == made

    assert await rotate_data_keys(file, store_of(file)) == len(PEOPLE)
    assert await open_keys(file).open_data_keys(PEOPLE) == made
    with pytest.raises(KeyServiceError, match="has not, or no more"):
        LocalKeyService.open(backup, store)
    # Nor does today's file open the data keys that the destroyed one wrapped.
    with pytest.raises(KeyServiceError, match="is missing in the file"):
        await LocalKeyService.open(file, store).open_data_keys(PEOPLE)


async def test_keys_of_a_file_move_into_a_token_while_everybody_reads(tmp_path: Path) -> None:
    create_key_file(file := tmp_path / "keys.json")
    plain = LocalKeys.from_file(file)
    keys = open_keys(file)
    made = await keys.make_data_keys(PEOPLE)
    done = CliRunner().invoke(vault, ["token", str(file), token_address()])
    assert done.output.count("still stands in") == len(KeyUse)
    assert "run `gerbang audit rotate signatures`" in done.output
    assert await keys.open_data_keys(PEOPLE) == made

    await rotate_data_keys(file, store_of(file))
    for what in ("seals", "look-ups", "signatures", "visas"):
        for step in ("rotate", "retire"):
            run = CliRunner().invoke(audit, [step, what, str(file)])
            assert run.exit_code == 0, run.output
    assert await keys.open_data_keys(PEOPLE) == made
    now = LocalKeys.from_file(file)
    assert now.uses_in_file() == [KeyUse.PERSON_INDEX]
    for use in set(KeyUse) - {KeyUse.PERSON_INDEX}:
        [old] = plain.by_use[use].values()
        assert isinstance(old, bytes)
        assert old.hex() not in _read(file)


async def test_an_older_file_opens_nothing_once_a_key_of_it_is_retired(file: Path) -> None:
    backup = Path(shutil.copy(file, file.with_name("backup.json")))
    for step in ("rotate", "retire"):
        LocalKeys.from_file(backup)
        run = CliRunner().invoke(audit, [step, "seals", str(file)])
        assert run.exit_code == 0, run.output
    with pytest.raises(KeyServiceError, match="has not, or no more"):
        LocalKeys.from_file(backup)


async def test_a_key_that_could_not_be_destroyed_is_destroyed_the_next_time(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has named it since it was replaced, whatever stops the command."""
    [old] = LocalKeys.from_file(file).by_use[KeyUse.DATA_KEY]
    destroyed = list[tuple[str, str]]()
    monkeypatch.setattr(Token, "destroy", _unreachable)
    with pytest.raises(KeyServiceError):
        await rotate_data_keys(file, store_of(file))
    LocalKeys.from_file(file).with_new_key(KeyUse.ACCESS_LOG).write(file)
    monkeypatch.setattr(Token, "destroy", lambda _, use, id_: destroyed.append((use, id_)))
    LocalKeys.from_file(file).destroy_retired(file)
    LocalKeys.from_file(file).destroy_retired(file)
    assert destroyed == [(KeyUse.DATA_KEY, old)]


async def test_a_file_that_was_changed_is_refused(file: Path) -> None:
    content = _read(file)
    for use in (KeyUse.DATA_KEY, KeyUse.PERSON_INDEX):
        [entry] = json.loads(content)[use]
        other = entry["sealed"][:-1] + ("0" if entry["sealed"][-1] != "0" else "1")
        _write(file, content.replace(entry["sealed"], other))
        with pytest.raises(KeyServiceError, match="cannot be used"):
            LocalKeys.from_file(file)
    # What seals one use does not open as another's.
    read = json.loads(content)
    read[KeyUse.ACCESS_LOG] = read[KeyUse.PERSON_INDEX]
    _write(file, json.dumps(read))
    with pytest.raises(KeyServiceError, match="has not, or no more"):
        LocalKeys.from_file(file)


@pytest.mark.parametrize(
    "address",
    ["", "file:keys", "pkcs11:token=gerbang", "pkcs11:token=gerbang?module-path=/x&pin-value=1234"],
)
async def test_an_address_that_is_none_or_has_the_pin_is_refused(
    tmp_path: Path, address: str
) -> None:
    run = CliRunner().invoke(vault, ["token", str(tmp_path / "keys.json"), address])
    assert run.exit_code != 0
    assert not (tmp_path / "keys.json").exists()


async def test_a_token_that_signs_keeps_nobody_waiting(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, hanging = open_keys(file), asyncio.get_running_loop().create_future()
    made = await keys.make_data_keys(PEOPLE)

    def sign(*_: object) -> bytes:
        asyncio.run_coroutine_threadsafe(_wait(hanging), hanging.get_loop()).result()
        return b""

    monkeypatch.setattr(Token, "sign", sign)
    signing = asyncio.create_task(keys.sign(KeyUse.CHECKPOINT, b"x"))
    async with asyncio.timeout(5):
        assert await keys.open_data_keys(PEOPLE) == made
    assert not signing.done()
    hanging.set_result(None)
    with contextlib.suppress(KeyServiceError):
        assert (await signing).value == b""


def _read(file: Path) -> str:
    return file.read_text()


def _write(file: Path, content: str) -> None:
    file.write_text(content)


async def _wait(future: "asyncio.Future[None]") -> None:
    await future


def _unreachable(*_: object) -> None:
    raise KeyServiceError("the token cannot be used")
