"""TLS to a database on another machine."""

from enum import StrEnum

from models.database.url import read_database_url

REMEDY = (
    "sslmode=verify-full&sslrootcert=FILE to it, with the certificate of the authority that "
    "signed the server's"
)


class DatabaseTls(StrEnum):
    """What protects a connection to a database on another machine."""

    VERIFIED = "verified"
    BY_NETWORK = "by-network"


def unprotected_hosts(url: str, tls: DatabaseTls) -> str:
    """The hosts that are reached without protection, joined by commas."""
    if tls is DatabaseTls.BY_NETWORK:
        return ""
    return ", ".join(read_database_url(url).unverified_hosts())


def fault(variable: str, url: str | None, tls: DatabaseTls) -> str | None:
    """A sentence with the remedy if the database is reached without protection, else None."""
    hosts = unprotected_hosts(url, tls) if url else ""
    if not hosts:
        return None
    return (
        f"{variable} reaches {hosts} without verified TLS: whoever stands in between can read "
        f"everything, or answer instead. Add {REMEDY}, or, only where the network itself encrypts "
        "and authenticates (WireGuard, a service mesh), set GERBANG_DATABASE_TLS=by-network."
    )
