"""What each kind of setting takes, to its limits, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.settings import SettingsError, parsers, read_settings
from models.account.cosignatures import Witness
from models.account.notes import verifier_key
from models.rights.retention import DAYS_KEPT
from models.vocabulary import Role, Status
from tests.gateway.test_settings import DEVELOPMENT, PRODUCTION

REFUSED = ValueError
WITNESS = Witness("w.org", bytes(range(32)), "https://w.org")
RANGE, SECONDS = parsers.whole(2, 5), parsers.seconds(0.5, 5)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        *((RANGE, f"{n}", n if 2 <= n <= 5 else REFUSED) for n in (1, 2, 5, 6)),
        (RANGE, "3.0", REFUSED),
        (SECONDS, "0.499", REFUSED),
        (SECONDS, "0.5", 0.5),
        (SECONDS, "5", 5),
        (SECONDS, "5.001", REFUSED),
        (parsers.text, "Gerbang", "Gerbang"),
        (parsers.text, "Ger\nbang", REFUSED),
        (parsers.key_service, "unix:/run/keys", "unix:/run/keys"),
        (parsers.key_service, "file:keys.json", "file:keys.json"),
        (parsers.key_service, "unix:", REFUSED),
        (parsers.key_service, "tcp:host", REFUSED),
        (parsers.several_of("a", "b"), "b, a", ("b", "a")),
        (parsers.several_of("a", "b"), "a,c", REFUSED),
        (parsers.path, 'a."b.c".d', ("a", "b.c", "d")),
        (parsers.path, "a.", REFUSED),
        (parsers.key, "ab" * 32, b"\xab" * 32),
        (parsers.key, "ab" * 31, REFUSED),
        (parsers.web_address, "http://127.0.0.1/x", "http://127.0.0.1/x"),
        (parsers.web_address, "https://user@example.org", REFUSED),
        (parsers.web_address, "https:///x", REFUSED),
        (parsers.web_address, "ftp://example.org", REFUSED),
        (parsers.origins, "https://a.org, http://b.org:1", ("https://a.org", "http://b.org:1")),
        (parsers.origins, "https://*.a.org", REFUSED),
        (parsers.origins, "https://a.org/", REFUSED),
        (parsers.origins, "https://A.org", REFUSED),
        (parsers.witnesses, f"https://w.org {WITNESS.verifier_key()}", (WITNESS,)),
        (parsers.witnesses, WITNESS.verifier_key(), REFUSED),
        (parsers.witnesses, f"w.org {WITNESS.verifier_key()}", REFUSED),
        (parsers.witnesses, f"https://w.org https://w.org {WITNESS.verifier_key()}", REFUSED),
        (parsers.witnesses, f"https://w.org {WITNESS.verifier_key()[:-4]}", REFUSED),
        (parsers.witnesses, f"https://w.org {verifier_key(bytes(32))}", REFUSED),
        (parsers.witnesses, " , ", REFUSED),
        (parsers.networks, "10.1.2.3/8", REFUSED),
        (parsers.role_names, "Theirs = x=OFFICER", {"Theirs = x": Role.OFFICER}),
        (parsers.role_names, "=OFFICER", REFUSED),
        (parsers.role_names, "A=ANONYMOUS", REFUSED),
        (parsers.role_names, "A=OFFICER,B=NOBODY", REFUSED),
    ],
)
def test_a_parser_takes_what_is_right_and_no_more(
    parse: Callable[[str], Any], text: str, value: Any
) -> None:
    if value is REFUSED:
        with pytest.raises(ValueError, match="expected"):
            parse(text)
    else:
        assert parse(text) == value


def test_days_that_are_named_are_kept_instead_of_the_usual_ones() -> None:
    days = parsers.retention_days("GRANTED=7, LAPSED = 36500")
    assert days == {**DAYS_KEPT, Status.GRANTED: 7, Status.LAPSED: 36_500}
    for wrong in ("GRANTED=0", "GRANTED=36501", "PAID=7", "GRANTED"):
        with pytest.raises(ValueError, match="expected"):
            parsers.retention_days(wrong)


@pytest.mark.parametrize(
    ("changed", "is_right"),
    [
        ({"ISSUER": "https://x.example", "JWKS_URL": ""}, False),
        ({"ISSUER": "", "JWKS_URL": "https://x.example"}, False),
        ({"ISSUER": "http://127.0.0.1", "JWKS_URL": "http://localhost/keys"}, True),
        ({"ORIGINS": "http://app.example"}, False),
        ({"ORIGINS": "http://localhost:3000,https://app.example"}, True),
    ],
)
def test_production_takes_plain_http_from_this_machine_alone(
    changed: dict[str, str], is_right: bool
) -> None:
    given = PRODUCTION | {f"GERBANG_{name}": value for name, value in changed.items()}
    if is_right:
        read_settings(given)
    else:
        with pytest.raises(SettingsError, match="|".join(changed)):
            read_settings(given)


@pytest.mark.parametrize("name", ["ISSUER", "JWKS_URL"])
def test_an_issuer_and_its_keys_go_together(name: str) -> None:
    with pytest.raises(SettingsError, match="go together"):
        read_settings(DEVELOPMENT | {f"GERBANG_{name}": "https://x.example"})


@pytest.mark.parametrize(
    ("changed", "is_right"),
    [
        ({"LOCK_SECONDS": "2", "STATEMENT_SECONDS": "2"}, False),
        ({"LOCK_SECONDS": "1.999", "STATEMENT_SECONDS": "2"}, True),
        ({"REQUEST_SECONDS": "15", "DRAIN_SECONDS": "15"}, True),
        ({"REQUEST_SECONDS": "15", "DRAIN_SECONDS": "14.999"}, False),
        ({"OPERATIONS": "10", "DATABASE_CONNECTIONS": "10"}, True),
    ],
)
def test_limits_may_be_equal_where_no_error_has_to_come_between(
    changed: dict[str, str], is_right: bool
) -> None:
    given = DEVELOPMENT | {f"GERBANG_{name}": value for name, value in changed.items()}
    if is_right:
        read_settings(given)
    else:
        with pytest.raises(SettingsError):
            read_settings(given)
