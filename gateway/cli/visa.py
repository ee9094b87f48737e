"""The commands `gerbang visa`: whether a visa in hand is authentic, and the keys that sign them."""

import io
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import asyncpg
import click
import orjson
import pypdf
from pypdf.errors import PyPdfError

from gateway.cli.audit import keys_in
from gateway.cli.database_errors import run_as_owner
from gateway.settings import Command, read_settings
from models.account.cosignatures import Witness
from models.account.notes import AccountError, read_public_key
from models.account.proving import read_entry
from models.visa_document.content import FalseVisaError, VisaCode, read_code, require_authentic
from models.visa_document.taken_back import read_list

#: The largest file that is read: bytes.
_LARGEST = 5_000_000
_KEYS = "visaKeys(first: 50) { nodes { keyId publicKey revokedAt } }"
#: What a reader asks the gateway for, as anybody can.
PUBLISHED = f"{{ {_KEYS} takenBackVisas {{ note }} }}"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def visa() -> None:
    """Verify visas in hand, and revoke the keys that sign them."""


class Published(NamedTuple):
    """What the gateway answers everybody to `PUBLISHED`."""

    #: By their ids, without those that were revoked.
    keys: Mapping[str, bytes]
    taken_back: str | None

    @classmethod
    def read(cls, file: Path) -> "Published":
        """An answer that was saved. Raises ClickException."""
        try:
            data = orjson.loads(_content(file))["data"]
            keys = {
                one["keyId"]: b64decode(one["publicKey"], validate=True)
                for one in data["visaKeys"]["nodes"]
                if one["revokedAt"] is None
            }
            listed = data["takenBackVisas"]
            return cls(keys, listed and listed["note"])
        except (ValueError, TypeError, KeyError) as error:
            raise click.ClickException(
                f"{file} is no answer of the gateway to `{PUBLISHED}` ({type(error).__name__})"
            ) from None


@visa.command()
@click.argument("file", type=_FILE)
@click.option(
    "--published",
    type=_FILE,
    required=True,
    help=f"A saved answer of the gateway to `{PUBLISHED}`.",
)
@click.option(
    "--public-key",
    "pinned",
    multiple=True,
    required=True,
    help="The key of the account, as `gerbang audit key` prints it, or a file with it. Can be"
    " repeated.",
)
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    help="What `gerbang witness key` prints: it must have cosigned.",
)
def verify(
    file: Path, published: Path, pinned: tuple[str, ...], witnesses: tuple[str, ...]
) -> None:
    """Say offline whether FILE, the PDF of a visa or its code, is AUTHENTIC: signed, and in the
    account; and whether it was taken back, as of the published list.

    Compare what it prints with the passport. The exit code is 1 where it is false or taken back.
    """
    told = Published.read(published)
    try:
        account = {key: read_public_key(key) for one in pinned for key in keys_in(one)}
        cosigners = [Witness.read(one) for one in witnesses]
        text, proof = _code_and_proof(file)
        code = read_code(text)
        require_authentic(code, told.keys)
        recorded = list(_recorded(code, proof, account, cosigners))
        listed = read_list(told.taken_back, [*account.values()]) if told.taken_back else None
    except (FalseVisaError, AccountError) as error:
        click.echo(f"FALSE: {error}")
        raise click.exceptions.Exit(1) from None
    terms, holder = code.terms, code.holder
    click.echo(f"AUTHENTIC: {terms.number}, {terms.visa_type}, granted {terms.issued_at}")
    click.echo(f"to {holder.full_name}, born {holder.birth_date}, {holder.nationality},"
               f" passport {holder.issuing_state} {holder.passport_number};")  # fmt: skip
    extended = f", extended by {terms.extended_days} days" if terms.extensions else ""
    click.echo(f"for entry until {terms.use_by}, and a stay of {terms.stay_days} days{extended}.")
    if terms.conditions:
        said = ", ".join(each.replace("_", " ").lower() for each in terms.conditions)
        click.echo(f"Granted on condition of: {said}.")
    for line in recorded:
        click.echo(line)
    if listed is None:
        click.echo("Whether it was taken back is not known: no list was published.")
    elif listed.has(code.digest):
        click.echo(f"TAKEN BACK, as of {listed.signed_at:%Y-%m-%d %H:%M:%S} UTC.")
        raise click.exceptions.Exit(1)
    else:
        click.echo(f"Not taken back as of {listed.signed_at:%Y-%m-%d %H:%M:%S} UTC.")


@visa.command("revoke-key")
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """Have nobody believe a key any more: every visa in hand that it signed is made anew.

    First put another one in its place: `gerbang audit rotate visas FILE`, then `retire`.
    """
    url = read_settings(command=Command.VISA).required_owner_url
    number = run_as_owner(url, partial(_revoke, key_id))
    click.echo(f"{key_id} is revoked; {number:,} visas in hand are made anew.")


_REVOKE = """
    UPDATE visa_key SET revoked_at = clock_timestamp()
    WHERE key_id = $1 AND retired_at IS NOT NULL AND revoked_at IS NULL
"""
_MAKE_ANEW = """
    SELECT make_documents_anew(ARRAY(
        SELECT id FROM visa_document WHERE key_id = $1 AND replaced_at IS NULL
    ), clock_timestamp())
"""


async def _revoke(key_id: str, connection: asyncpg.Connection) -> int:
    async with connection.transaction():
        if await connection.execute(_REVOKE, key_id) != "UPDATE 1":
            raise click.ClickException(
                f"{key_id} is not a retired key: rotate and retire it first"
                " (`gerbang audit rotate visas FILE`, then `gerbang audit retire visas FILE`)."
            )
        return await connection.fetchval(_MAKE_ANEW, key_id) or 0


def _recorded(
    code: VisaCode, proof: str | None, account: Mapping[str, bytes], witnesses: Sequence[Witness]
) -> Iterator[str]:
    """What the account says of it. Raises AccountError and FalseVisaError."""
    if proof is None:
        yield "Whether the account has it is not known: verify the PDF, which carries the proof."
        return
    entry = read_entry(proof, account, witnesses)
    if (entry.said.get("visa_number"), entry.said.get("digest")) != (
        code.terms.number,
        code.digest.hex(),
    ):
        raise FalseVisaError("the proof in it is that of something else")
    at = datetime.fromtimestamp(entry.said["issued_at"] / 1_000_000, UTC)
    yield f"In the account since {at:%Y-%m-%d %H:%M:%S} UTC: {entry.where}."


def _code_and_proof(file: Path) -> tuple[str, str | None]:
    """Of a PDF what is attached to it; otherwise the code alone. Raises FalseVisaError."""
    content = _content(file)
    try:
        if not content.startswith(b"%PDF"):
            return content.decode().strip(), None
        attached = pypdf.PdfReader(io.BytesIO(content)).attachments
        [code], [proof] = attached["visa.json"], attached["visa.proof"]
        return code.decode(), proof.decode()
    except (PyPdfError, KeyError, ValueError) as error:
        raise FalseVisaError(f"it carries no code ({type(error).__name__})") from None


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise click.ClickException(f"{file} is too large.")
    return content
