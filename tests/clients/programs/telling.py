"""The input of client programs in Python from the test, and how they report back to it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

GIVEN = json.loads(sys.argv[1])


def token() -> str:
    """From the file that always holds a good one."""
    return Path(GIVEN["token"]).read_text()


def report(kind: str, value: object) -> None:
    print(json.dumps({kind: value}), flush=True)  # noqa: T201  that is how it reports


def inputs() -> Iterator[dict[str, str]]:
    """A case on the officer's desk: once believed to be elsewhere, and once as it is."""
    for expected in ("PAID", "IN_VERIFICATION"):
        yield {
            "applicationId": GIVEN["application"],
            "idempotencyKey": str(uuid4()),
            "expectedStatus": expected,
        }
