"""The cookie of a sign-in under way, signed with a key that can be rotated."""

from collections.abc import Sequence
from typing import Any

from itsdangerous import TimestampSigner
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp

SIGN_IN_SECONDS = 600


class SignInCookie(SessionMiddleware):
    """Starlette's session in a cookie, with one key or two: the first signs, each is accepted."""

    def __init__(self, app: ASGIApp, keys: Sequence[str], **options: Any) -> None:
        super().__init__(
            app,
            secret_key=keys[0],
            session_cookie="gerbang_sign_in",
            path="/sign-in",
            max_age=SIGN_IN_SECONDS,
            **options,
        )
        self.signer = TimestampSigner([*reversed(keys)])  # here the last one signs
