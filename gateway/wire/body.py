"""Reads the body of a request, up to a limit."""

from http import HTTPStatus

from starlette.requests import Request

from gateway.errors import ErrorCode, RequestError


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises RequestError as soon as it exceeds ``limit`` bytes."""
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced[:12]) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> RequestError:
    return RequestError(
        ErrorCode.TOO_LARGE,
        f"The request is larger than {limit} bytes.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )
