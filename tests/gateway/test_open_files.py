"""A process may open as many files as its settings promise connections, or says so at its start."""

import resource
from collections.abc import Iterator

import pytest

from gateway.cli.serving import allow_open_files
from gateway.settings import SettingsError
from tests import tokens

FEW = tokens.settings(connections="1000", sockets="500", unknown_sockets="100")


@pytest.fixture
def low_limit() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("low_limit")
def test_the_limit_is_raised_as_far_as_needed() -> None:
    allow_open_files(FEW)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 1_710


def test_a_system_that_allows_less_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 1_024))
    with pytest.raises(SettingsError, match=r"1024 files.*1710.*ulimit.*GERBANG_CONNECTIONS"):
        allow_open_files(FEW)
