"""A line counts for a witness only if its key signed it, and a witness is asked for no other."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.account import cosignatures
from models.account.cosignatures import Witness, ask_witnesses, cosign, cosigned_size
from models.account.findings import Report, Tampering
from models.account.merkle import LeafFiles
from models.account.notes import AccountError, Checkpoint
from models.account.signed_tree import SignedTree, compare_cosigned

pytestmark = pytest.mark.anyio

KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
BODY = "gerbang\n9\nroot\n"
NOTE = f"{BODY}\n— gerbang c2lnbmVk\n"
SIZE = 9


def witness(key: Ed25519PrivateKey = KEY, name: str = "witness.example", url: str = "") -> Witness:
    return Witness(name, key.public_key().public_bytes_raw(), url)


class Asked(HTTPServer):
    """A witness that answers as it is told, one answer after the other: with a status and a body,
    which comes byte by byte if the status is negative, or with bytes alone if it is nought."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.answers: list[tuple[int, str]] = []
        self.bodies: list[str] = []

    @property
    def witness(self) -> Witness:
        return witness(url=f"http://127.0.0.1:{self.server_port}/")


class _Answers(BaseHTTPRequestHandler):
    server: Asked

    def do_POST(self) -> None:
        assert self.path == "/add-checkpoint"
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        status, body = self.server.answers.pop(0)
        if not status:  # it speaks something else
            self.wfile.write(body.encode())
            time.sleep(0.5 * body.endswith("\r\n\r\n"))  # and says no more for long
            return
        self.send_response(abs(status))
        self.end_headers()
        if status > 0:
            self.wfile.write(body.encode())
            return
        with suppress(OSError):  # a byte now and then, to whoever still listens
            for byte in body.encode():
                self.wfile.write(bytes([byte]))
                time.sleep(0.02)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def asked() -> Iterator[Asked]:
    with Asked() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_only_a_whole_key_of_a_witness_is_read() -> None:
    known = witness(url="https://witness.example")
    name, hash_, encoded = known.verifier_key().split("+")
    assert Witness.read(f"{known.url} {known.verifier_key()}") == known
    log = base64.b64encode(b"\x01" + known.public_key).decode()
    longer = Witness(name, known.public_key + b"\0")
    of_log = sha256(f"{name}\n".encode() + b"\x01" + known.public_key).digest()[:4].hex()
    for wrong in (
        f"{name}+{hash_}+{log}",
        f"{name}+{of_log}+{log}",
        f"{name}+00000000+{encoded}",
        f"other.example+{hash_}+{encoded}",
        f"{name}+{hash_}+{encoded[:-8]}",
        f"https://a https://b {known.verifier_key()}",
        longer.verifier_key(),
        "",
    ):
        with pytest.raises(AccountError):
            Witness.read(wrong)


def test_a_line_is_of_the_witness_that_it_names_and_of_its_key() -> None:
    line = cosign(KEY, witness(), BODY, 1_700_000_000)
    assert witness().has_cosigned(NOTE + line)
    assert not witness().has_cosigned(NOTE)
    assert not witness().has_cosigned(NOTE.replace("\n9\n", "\n8\n") + line)
    # Somebody else's name, or key, and the id of another key before a signature that is right.
    assert not witness().has_cosigned(NOTE + line.replace("witness.", "another."))
    assert not witness().has_cosigned(NOTE + cosign(OTHER_KEY, witness(), BODY, 1))
    signature = base64.b64decode(line.split()[-1])
    other = base64.b64encode(witness(OTHER_KEY).key_id() + signature[4:]).decode()
    assert not witness().has_cosigned(f"{NOTE}— witness.example {other}\n")
    later = base64.b64encode(signature[:4] + (7).to_bytes(8) + signature[12:]).decode()
    assert not witness().has_cosigned(f"{NOTE}— witness.example {later}\n")


@pytest.mark.parametrize(
    ("first", "proven"),
    [("4\n", [4]), ("9\n", [9]), ("10\n", []), ("no number", [])],
)
async def test_a_witness_is_asked_again_from_where_it_cosigned_last(
    first: str, proven: list[int], asked: Asked
) -> None:
    line, proofs = cosign(KEY, asked.witness, BODY, 1), list[int]()
    asked.answers = [(409, first), (200, line)]

    def prove(old: int) -> list[bytes]:
        proofs.append(old)
        return [bytes(32)]

    told = await ask_witnesses([asked.witness], NOTE, SIZE, prove)
    assert (told, proofs) == (line if proven else "", proven)
    sizes = [body.splitlines()[0] for body in asked.bodies]
    assert sizes == [f"old {old}" for old in (SIZE, *proven)]


async def test_of_an_answer_one_line_is_kept_that_the_witness_signed(asked: Asked) -> None:
    line, later = (cosign(KEY, asked.witness, BODY, at) for at in (1, 2))
    false = cosign(OTHER_KEY, asked.witness, BODY, 1)
    for status, body, kept in (
        (200, line, line), (200, false + later + line, later), (200, false, ""), (200, "", ""),
        (202, line, ""), (403, line, ""), (500, line, ""),
    ):  # fmt: skip
        asked.answers = [(status, body)]
        assert await ask_witnesses([asked.witness], NOTE, SIZE, lambda _: []) == kept


async def test_how_many_leaves_were_cosigned_is_what_a_refusal_says(asked: Asked) -> None:
    for status, body, size in ((409, "12\n", 12), (200, "12", None), (409, "twelve", None)):
        asked.answers = [(status, body)]
        assert await cosigned_size(asked.witness, NOTE) == size
    for nowhere in ("http://127.0.0.1:1", ""):
        assert await cosigned_size(witness(url=nowhere), NOTE) is None


@pytest.mark.parametrize(
    "answer",
    [
        "SSH-2.0-witness\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
        "HTTP/1.1 409 No\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
        "HTTP/1.1 409 No\r\nContent-Length: 9\r\n\r\n",
    ],
)
async def test_a_witness_that_answers_nonsense_or_hangs_is_one_that_is_away(
    answer: str, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosignatures, "_SECONDS", 0.2)
    asked.answers = [(0, answer)]
    assert await ask_witnesses([asked.witness], NOTE, SIZE, lambda _: []) == ""


async def test_a_witness_that_says_the_right_line_byte_by_byte_holds_up_no_checkpoint(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.answers = [(-200, cosign(KEY, asked.witness, BODY, 1))] * 2
    assert await ask_witnesses([asked.witness], NOTE, SIZE, lambda _: [])
    monkeypatch.setattr(cosignatures, "_SECONDS", 0.5)
    assert await ask_witnesses([asked.witness], NOTE, SIZE, lambda _: []) == ""


@pytest.mark.parametrize(("known", "is_rolled_back"), [(8, False), (9, False), (10, True)])
async def test_only_a_larger_tree_that_was_cosigned_is_a_rollback(
    known: int, is_rolled_back: bool, asked: Asked
) -> None:
    asked.answers = [(409, f"{known}\n")]
    checkpoint = Checkpoint(SIZE, bytes(32), datetime(2026, 3, 1, tzinfo=UTC))
    note = NOTE + cosign(KEY, asked.witness, BODY, 1)
    report = Report()
    await compare_cosigned(SignedTree(checkpoint, note, LeafFiles([])), [asked.witness], report)
    assert [one.kind for one in report.findings] == [Tampering.ROLLED_BACK] * is_rolled_back
