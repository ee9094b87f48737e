"""Keys: the gateway's own, which are rotated without downtime, and where the others are."""

from dataclasses import dataclass
from pathlib import Path

from gateway.settings import parsers
from gateway.settings.parsers import setting
from models.account.cosignatures import Witness
from models.key_service import Certificates
from models.key_service.addresses import read_addresses

#: One key, or two during a rotation: the first one signs, both are accepted.
KeyRing = tuple[bytes, ...]

#: The end of every such setting's description.
ROTATION = (
    "64 hexadecimal digits, or two such keys with a comma between: the first signs, both are "
    "accepted (rotation: `old,new`, then `new,old`, then `new`)"
)
_MOST_KEYS = 2


def key_ring(value: str) -> KeyRing:
    """Parse keys separated by commas."""
    keys = tuple(parsers.key(part.strip()) for part in value.split(","))
    if len(keys) > _MOST_KEYS:
        raise ValueError("expected at most two keys, with a comma between")
    if len(set(keys)) < len(keys):
        raise ValueError("expected two different keys")
    return keys


@dataclass(frozen=True, kw_only=True)
class KeySettings:
    """What signs and seals."""

    cursor_key: tuple[bytes, ...] = setting(
        "key that signs cursors and positions, the same on every replica; in development a new "
        f"one at each start if not given; {ROTATION}",
        key_ring,
        (),
        is_secret=True,
    )
    seal_key: tuple[bytes, ...] = setting(
        "key from which each day's key is derived that seals who is asking, the same on every "
        "replica, for `gerbang migrate`, which makes the database trust it, and for `gerbang "
        "keep`, which does so for the next day; in development a new one at each start if not "
        f"given; {ROTATION}",
        key_ring,
        (),
        is_secret=True,
    )
    webhook_key: tuple[bytes, ...] = setting(
        "key for which the secrets of partners' endpoints are sealed, for `gerbang keep` alone, "
        f"which sends notices to them; without it nobody registers one; {ROTATION}",
        key_ring,
        (),
        is_secret=True,
    )
    key_service: str | None = setting(
        "where the keys are: unix:/path/of/socket or tcp:host:port, on which `gerbang keys` "
        "listens, several with commas between, of which the first is asked that answers; or "
        "file:/path/of/keys.json, which `gerbang init` makes for its owner alone, in development. "
        "People are sealed and linked by them, what gateways log is sealed, the account is signed; "
        "without them nobody is handed in, read or looked up",
        parsers.key_service,
        None,
    )
    key_service_certificate: Path | None = setting(  # noqa: RUF009
        "file of the certificate that this process shows where key services are reached by TCP: "
        "a service its own, for its host's name; others theirs",
        Path,
        None,
    )
    key_service_private_key: Path | None = setting(  # noqa: RUF009
        "file of that certificate's private key", Path, None
    )
    key_service_authority: Path | None = setting(  # noqa: RUF009
        "file of the authority that signed the certificates of both sides; no other is believed",
        Path,
        None,
    )
    key_store: str | None = setting(
        "URL of the key service's own database, whose administrators are not those of the visa "
        "database: for `gerbang keys`, and for whoever names a file of keys",
        parsers.database_url,
        None,
        is_secret=True,
    )
    key_store_owner: str | None = setting(
        "URL of the same database for its owner: for `gerbang vault prepare`",
        parsers.database_url,
        None,
        is_secret=True,
    )
    keys_port: int | None = setting(
        "port on which `gerbang keys` serves its metrics; empty: not served",
        parsers.whole(1, 65_535),
        9467,
        may_be_empty=True,
    )
    signing_service: str | None = setting(
        "where `gerbang keep` has the account signed and people erased: the addresses of `gerbang "
        "keys --signing`, which no gateway reaches; without it, the sockets of GERBANG_KEY_SERVICE "
        "with .signing at their ends",
        parsers.key_service,
        None,
    )
    linking_service: str | None = setting(
        "where `gerbang keep` has people opened to link them, and who loads or indexes a world: "
        "the addresses of `gerbang keys --linking`, which no gateway reaches; without it, the "
        "sockets of GERBANG_KEY_SERVICE with .linking at their ends",
        parsers.key_service,
        None,
    )
    credentials: Path | None = setting(  # noqa: RUF009
        "folder with the credentials of whoever asks the key service without a viewer, of this "
        "process alone: `gerbang keys` makes one for each (docs/vault.md)",
        Path,
        None,
    )
    checkpoints: Path | None = setting(  # noqa: RUF009
        "folder in which `gerbang keep` signs the account every ten seconds: mount one there that "
        "the database's administrators cannot reach, and in which nothing is changed or removed",
        Path,
        None,
    )
    witnesses: tuple[Witness, ...] = setting(
        "who must cosign each checkpoint, as their addresses with what `gerbang witness key` prints"
        " there, such as https://witness.example.org witness.example.org+1c2d3e4f+BA…,https://…",
        parsers.witnesses,
        (),
    )

    @property
    def key_service_certificates(self) -> Certificates | None:
        """Those of this process, where all three files are named."""
        named = (
            self.key_service_certificate,
            self.key_service_private_key,
            self.key_service_authority,
        )
        certificate, private_key, authority = named
        if certificate is None or private_key is None or authority is None:
            return None
        return Certificates(certificate, private_key, authority)

    @property
    def required_key_store(self) -> str:
        """For commands that do not start without it."""
        assert self.key_store is not None
        return self.key_store

    @property
    def signing_address(self) -> str | None:
        """Where the account is signed; None where there are no keys."""
        return self.signing_service or _beside(self.key_service, "signing")

    @property
    def keeps_receipts(self) -> bool:
        """Whether the keys are those of a service, which leaves receipts; a file leaves none."""
        return (self.signing_address or "file:").partition(":")[0] != "file"

    @property
    def linking_address(self) -> str | None:
        """Where people are opened without a viewer; None where there are no keys."""
        return self.linking_service or _beside(self.key_service, "linking")


def _beside(addresses: str | None, name: str) -> str | None:
    """The sockets that `gerbang keys` opens beside others; a file of keys has none, and those by
    TCP are named."""
    if addresses is None or addresses.startswith("file:"):
        return addresses
    beside = [one.beside(name) for one in read_addresses(addresses) if not one.is_remote]
    return ",".join(map(str, beside)) or None
