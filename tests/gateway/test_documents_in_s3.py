"""Contents of documents in an S3 server: what the tests of a folder say of a store, here again."""

import logging
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from tests.gateway.test_documents import (
    app,
    file,
    pytestmark,
    test_a_later_one_takes_its_place,
    test_a_scan_is_cut_off_resumed_and_opened_with_one_line_in_the_log,
    test_contents_go_with_their_person_and_so_does_what_nobody_finished,
    test_other_bytes_than_announced_are_refused,
)

__all__ = [
    "app",
    "file",
    "pytestmark",
    "test_a_later_one_takes_its_place",
    "test_a_scan_is_cut_off_resumed_and_opened_with_one_line_in_the_log",
    "test_contents_go_with_their_person_and_so_does_what_nobody_finished",
    "test_other_bytes_than_announced_are_refused",
]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """A bucket of a server in this process, whose address and credentials are in the environment,
    as an operator gives them."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    with urlopen(Request(f"{url}/contents", method="PUT")) as made:
        assert made.status == 200
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": url, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "of-the-tests", "AWS_SECRET_ACCESS_KEY": "of-the-tests",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        yield "s3://contents"
    server.stop()
