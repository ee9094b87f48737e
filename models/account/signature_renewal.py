"""Renews signatures after a rotation of the checkpoint key, for what must outlive the old key.

That is the records of dropped entries, and one checkpoint of each day, which dates the leaves that
it covers.
"""

import asyncpg

from models.account.checkpoints import CheckpointFolder
from models.account.drop_records import Drop
from models.account.notes import signed_note
from models.key_service import KeyService, KeyUse

_OTHERS = "SELECT * FROM account_drop WHERE public_key <> $1"
_SIGN = "UPDATE account_drop SET public_key = $2, signature = $3 WHERE id = $1"


async def renew_signatures(
    connection: asyncpg.Connection, keys: KeyService, folder: CheckpointFolder
) -> int:
    """Sign with the newest key what another accepted key signed; return how many records.

    A record that no accepted key signed stays as it is, and is not trusted. Raises
    KeyServiceError, and AccountError if the folder cannot be written.
    """
    public, number = await keys.public_keys(KeyUse.CHECKPOINT), 0
    newest_id, *others = public
    if not others:
        return 0
    newest = {newest_id: public[newest_id]}
    for row in await connection.fetch(_OTHERS, public[newest_id]):
        drop = Drop.of(row)
        if drop.is_signed(row["public_key"], row["signature"], public.values()):
            signed = await keys.sign(KeyUse.CHECKPOINT, drop.text().encode())
            await connection.execute(_SIGN, drop.id, signed.public_key, signed.value)
            number += 1
    known = {day.signed_at for day in folder.last_of_days(newest)}
    for day in folder.last_of_days(public):
        if day.signed_at not in known:
            signed = await keys.sign(KeyUse.CHECKPOINT, day.text().encode())
            folder.write_again(day, signed_note(day, signed.public_key, signed.value))
    return number
