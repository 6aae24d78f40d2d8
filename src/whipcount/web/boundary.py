"""What stands between the application and a browser: which hosts may be asked for, and what a page may load and do."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
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


class Boundary:
    """ASGI middleware: answers known hosts only, and sends `HEADERS` with every answer."""

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
        await self.app(scope, receive, with_headers)

    def _known(self, host: str) -> bool:
        """A loopback address or a name given; any other could be a foreign page that rebinds its own name to here."""
        try:
            return host in self.hosts or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if header.count(":") == 1 else header
