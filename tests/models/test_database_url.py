"""Database URLs: what is read as libpq reads it, and what is refused with a reason."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.database.url import PARAMETERS, DatabaseUrl, DatabaseUrlError, Host, read_database_url
from tests.premises import always

NAMES = some.text(string.printable + "éß😀", min_size=1).filter(lambda text: "\0" not in text)
HOSTS = some.builds(
    Host,
    some.sampled_from(
        ["localhost", "db.example", "10.0.0.1", "::1", "/run/postgresql", "/a b:c,d"]
    ),
    some.integers(1, 65_535),
)


@given(
    some.builds(
        DatabaseUrl,
        user=NAMES,
        password=some.none() | NAMES,
        hosts=some.lists(HOSTS, min_size=1, max_size=4).map(tuple),
        database=NAMES,
        parameters=some.fixed_dictionaries(
            {}, optional={"application_name": NAMES, "sslmode": some.just("require")}
        ),
    )
)
@always
def test_a_url_that_is_written_is_read_again(url: DatabaseUrl) -> None:
    assert read_database_url(str(url)) == url


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("u@h/d", [("h", 5432)]),
        ("u@h1:1,h2,[::1]:3/d", [("h1", 1), ("h2", 5432), ("::1", 3)]),
        ("u@h1,h2/d?port=6432", [("h1", 6432), ("h2", 6432)]),
        ("u@/d?host=h1,h2&port=1,2", [("h1", 1), ("h2", 2)]),
        ("u@/d?host=/run/postgresql", [("/run/postgresql", 5432)]),
        ("u@%2Frun%2Fpostgresql:5433/d", [("/run/postgresql", 5433)]),
        ("u@/d", [("/run/postgresql", 5432), ("/tmp", 5432)]),
        ("/d?user=u&password=p", [("/run/postgresql", 5432), ("/tmp", 5432)]),
    ],
)
def test_hosts_are_read_as_libpq_reads_them(written: str, hosts: list[tuple[str, int]]) -> None:
    assert [*read_database_url(f"postgresql://{written}").hosts] == hosts


def test_what_is_percent_encoded_is_decoded_once_and_a_plus_is_a_plus() -> None:
    url = read_database_url("postgres://a%40b:%2Fp+%2525@h/d%3F?application_name=one+two%20three")
    assert (url.user, url.password, url.database) == ("a@b", "/p+%25", "d?")
    assert url.session == {"application_name": "one+two three"}


def test_a_direct_negotiation_needs_encryption_and_no_more() -> None:
    url = read_database_url("postgresql://u@h/d?sslmode=require&sslnegotiation=direct")
    assert url.parameters["sslnegotiation"] == "direct"


REFUSED = {
    "another driver's form": "postgresql+asyncpg://u:s3cret@h/d",
    "no user": "postgresql://h/d",
    "no database": "postgresql://u:s3cret@h",
    "a bare @ in the password": "postgresql://u:s3@cret@h/d",
    "a bare / in the password": "postgresql://u:s3/cret@h/d",
    "a bare # in the password": "postgresql://u:s3#cret@h/d",
    "a bare ? in the password": "postgresql://u:s3?cret=1@h/d",
    "a bare % in the password": "postgresql://u:s3%cret@h/d",
    "a zero byte": "postgresql://u:s3cret%00@h/d",
    "no UTF-8": "postgresql://u:s3cret%ff@h/d",
    "a port that is none": "postgresql://u:s3cret@h:70000/d",
    "no port": "postgresql://u:s3cret@h:0/d",
    "more ports than hosts": "postgresql://u:s3cret@h/d?port=1,2",
    "two places": "postgresql://u:s3cret@h/d?host=other",
    "two users": "postgresql://u:s3cret@h/d?user=other",
    "a parameter twice": "postgresql://u:s3cret@h/d?sslmode=verify-full&sslmode=disable",
    "a parameter without a value": "postgresql://u:s3cret@h/d?sslrootcert=",
    "a mode that is none": "postgresql://u:s3cret@h/d?sslmode=verify_full",
    "another spelling": "postgresql://u:s3cret@h/d?SSLMODE=verify-full",
    "an old version of TLS": "postgresql://u:s3cret@h/d?ssl_min_protocol_version=TLSv1",
    "no authority to verify with": "postgresql://u:s3cret@h/d?sslmode=verify-full",
    "the authorities of the system": "postgresql://u@h/d?sslmode=verify-full&sslrootcert=system",
    "a key without its certificate": "postgresql://u@h/d?sslkey=/k",
    "no time to connect in": "postgresql://u:s3cret@h/d?connect_timeout=0",
    "a negotiation of nothing": "postgresql://u:s3cret@h/d?sslnegotiation=direct",
    "an abstract socket": "postgresql://u@/d?host=%40abstract",
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(why: str) -> None:
    with pytest.raises(DatabaseUrlError) as raised:
        read_database_url(REFUSED[why])
    assert "cret" not in str(raised.value)


#: Parameters of libpq that the driver would ignore, or take for settings of the server.
IGNORED = (
    *("ssl", "sslcrldir", "sslcertmode", "sslsni", "sslcompression", "require_auth"),
    *("channel_binding", "gssencmode", "krbsrvname", "hostaddr", "service", "keepalives"),
    *("load_balance_hosts", "client_encoding", "fallback_application_name", "requirepeer"),
    "tcp_user_timeout",
)


@pytest.mark.parametrize("name", IGNORED)
def test_a_parameter_that_would_be_ignored_is_refused_by_its_name(name: str) -> None:
    assert name not in PARAMETERS
    with pytest.raises(DatabaseUrlError, match=f"says {name}, which is not supported"):
        read_database_url(f"postgresql://u@h/d?{name}=1")


def password(path: Path, written: str = "u@h:5433/d") -> str | None:
    url = read_database_url(f"postgresql://{written}?passfile={path}")
    return url.password_at(url.hosts[0])


def test_a_password_file_is_read_as_libpq_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text(
        "# *:*:*:*:a remark\n"
        "other:5433:d:u:wrong\n"
        "too:few\n"
        "h:5433:*:u:a\\:b\\\\c\n"
        "localhost:*:*:*:of the socket\n"
    )
    path.chmod(0o600)
    assert password(path) == "a:b\\c"
    assert password(path, "u@%2Frun%2Fpostgresql/d") == "of the socket"
    assert password(path, "somebody@h/d") is None
    assert password(path, "u:given@h:5433/d") == "given"
    path.chmod(0o640)
    assert password(path) is None


def test_pgpassfile_is_looked_into_where_the_url_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "passwords"
    path.write_text("*:*:*:*:found\n")
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(path))
    url = read_database_url("postgresql://u@h/d")
    assert url.password_at(url.hosts[0]) == "found"
