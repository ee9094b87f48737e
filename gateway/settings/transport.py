"""How what is said to a database on another machine is kept from others on the way."""

from enum import StrEnum

from models.database.url import read_database_url

REMEDY = (
    "sslmode=verify-full&sslrootcert=FILE to it, with the certificate of the authority that "
    "signed the server's"
)


class DatabaseTls(StrEnum):
    """What protects the way to a database on another machine."""

    VERIFIED = "verified"
    BY_NETWORK = "by-network"


def unprotected_hosts(url: str, tls: DatabaseTls) -> str:
    """The machines that are reached without protection, as one text; empty where all is well."""
    if tls is DatabaseTls.BY_NETWORK:
        return ""
    return ", ".join(read_database_url(url).unverified_hosts())


def fault(variable: str, url: str | None, tls: DatabaseTls) -> str | None:
    """A sentence that says what to do, where a database is reached without protection."""
    hosts = unprotected_hosts(url, tls) if url else ""
    if not hosts:
        return None
    return (
        f"{variable} reaches {hosts} without verified TLS: whoever stands in between can read "
        f"everything, or answer instead. Add {REMEDY}, or, only where the network itself encrypts "
        "and authenticates (WireGuard, a service mesh), set GERBANG_DATABASE_TLS=by-network."
    )
