"""The key service in a local file: private, rotated with two keys, and it hands no key out."""

import hmac
import stat
from pathlib import Path

import pytest

from models.key_service import KeyServiceError, KeyUse, LocalKeys, create_key_file

pytestmark = pytest.mark.anyio
USE = KeyUse.PERSON_INDEX


async def test_a_file_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "below" / "keys.json"
    assert create_key_file(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert not create_key_file(file)
    assert file.read_text() == before
    assert [path.name for path in file.parent.iterdir()] == ["keys.json"]


async def test_a_file_tells_who_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person who signed in, as whom they run the command since."""
    monkeypatch.setattr("os.getlogin", lambda: "somebody")
    create_key_file(file := tmp_path / "keys.json")
    assert LocalKeys.from_file(file).changed_by == "somebody"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o602])
async def test_a_file_that_others_reach_is_refused(tmp_path: Path, mode: int) -> None:
    create_key_file(file := tmp_path / "keys.json")
    file.chmod(mode)
    with pytest.raises(KeyServiceError, match="chmod 600"):
        LocalKeys.from_file(file)


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"person_index": []}', '{"person_index": [{"id": "a", "key": "00"}]}',
     '{"person_index": [{"id": "a", "key": "no"}]}', '{"person_index": 1}'],
)  # fmt: skip
async def test_an_invalid_key_file_is_refused_and_never_quoted(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(KeyServiceError, match="is not as") as refused:
        LocalKeys.from_file(file)
    assert not content or content not in str(refused.value)
    with pytest.raises(KeyServiceError, match="cannot be read"):
        LocalKeys.from_file(tmp_path / "nowhere")


async def test_a_digest_is_the_whole_hmac_by_each_key_that_is_accepted(tmp_path: Path) -> None:
    create_key_file(file := tmp_path / "keys.json")
    one = LocalKeys.from_file(file)
    [[first]] = await one.digests(USE, [b"somebody"])
    assert len(first.value) == 32

    # In a rotation the new key writes, and the one before is accepted.
    one.with_new_key(USE).write(file)
    two = LocalKeys.from_file(file)
    [[new, old], [other, _]] = await two.digests(USE, [b"somebody", b"else"])
    assert old == first
    assert len({new.value, old.value, other.value}) == 3
    assert await two.key_ids(USE) == [new.key_id, old.key_id]

    # Afterwards the new one is left.
    two.with_one_key(USE).write(file)
    [[left]] = await LocalKeys.from_file(file).digests(USE, [b"somebody"])
    assert left == new


async def test_a_digest_is_hmac_sha_256() -> None:
    key = bytes(range(32))
    [[digest]] = await LocalKeys({USE: {"a": key}}).digests(USE, [b"x"])
    assert digest == ("a", hmac.digest(key, b"x", "sha256"))
