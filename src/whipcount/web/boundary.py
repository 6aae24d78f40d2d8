"""What stands between the application and a browser: which hosts may be asked for, and what a page may load and do."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # pages of our own may know where a form came from (which is how a change is checked), others may not
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


LARGEST, LARGEST_UPLOAD = 1_000_000, 100_000_000
"""Bytes of a request, and of one to an address that ends in `/upload`."""


class Boundary:
    """ASGI middleware: answers known hosts only, takes no more than is right, and sends `HEADERS` with every answer."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.hosts = {"localhost", *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its Host header is known; answer 421 in one line if not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        if not self._known(host_name(Headers(scope=scope).get("host", ""))):
            refusal = PlainTextResponse("This address is not served here; use http://localhost instead.\n", 421)
            await refusal(scope, receive, with_headers)
            return
        most = LARGEST_UPLOAD if scope["path"].endswith("/upload") else LARGEST
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdigit() or int(told) > most:
            await PlainTextResponse(_too_large(most) + "\n", 413)(scope, receive, with_headers)
            return
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, _too_large(most))
            return message

        await self.app(scope, limited, with_headers)

    def _known(self, host: str) -> bool:
        """A loopback address or a name given; any other could be a foreign page that rebinds its own name to here."""
        try:
            return host in self.hosts or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def _too_large(most: int) -> str:
    return f"This is more than {most // 1_000_000} MB; send less at once."


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if header.count(":") == 1 else header
