"""Fetching pages that a user lists, without letting anybody reach machines behind the server (SSRF).

Only http and https on their usual ports, only addresses of the public internet: every address of the host is checked,
the connection goes to the very address that was checked, and each redirect is checked anew (OWASP, Server-Side Request
Forgery Prevention Cheat Sheet).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urljoin, urlsplit

from whipcount.errors import InputError

LARGEST = 20_000_000
"""Bytes of a page."""

PATIENCE = 20.0
"""Seconds to wait for a connection, and for each piece of an answer."""

REDIRECTS = 5

SUFFIXES = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "application/pdf": ".pdf"}
"""Kinds of pages that can be read, and how their files end."""

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(url: str, look_up: Resolve = resolve) -> tuple[bytes, str]:
    """The content at an address and the ending of a file for it; InputError says why it cannot be had."""
    for _ in range(REDIRECTS + 1):
        parts = urlsplit(url.strip())
        answer = _ask(url, look_up)
        if answer.status not in (301, 302, 303, 307, 308):
            return _content(url, answer)
        where = answer.getheader("location")
        answer.close()
        if not where:
            raise InputError(f"{url[:200]}: leads nowhere")
        url = urljoin(parts.geturl(), where)
    raise InputError(f"{url[:200]}: leads on and on; give the address of the page itself")


def _ask(url: str, look_up: Resolve) -> http.client.HTTPResponse:
    parts = urlsplit(url.strip())
    secure = parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or port not in (80, 443):
        raise InputError(f"{url[:200]}: not the address of a public page; write https://host/path")
    address = _public(url, parts.hostname, port, look_up)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        plain = socket.create_connection((address, port), PATIENCE)
        wrapped = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) if secure else plain
        connection = http.client.HTTPConnection(parts.hostname, port, timeout=PATIENCE)
        connection.sock = wrapped
        connection.request("GET", path, headers={"user-agent": "whipcount", "accept": ", ".join(SUFFIXES)})
        return connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise InputError(f"{url[:200]}: cannot be fetched ({type(error).__name__})") from error


def _public(url: str, host: str, port: int, look_up: Resolve) -> str:
    try:
        found = [ipaddress.ip_address(address.partition("%")[0]) for address in look_up(host, port)]
    except (OSError, ValueError, UnicodeError) as error:
        raise InputError(f"{url[:200]}: there is no such host") from error
    # one private address among several is enough to refuse: the next look-up could give that one
    if not found or not all(_is_public(address) for address in found):
        raise InputError(f"{url[:200]}: not on the public internet; fetch it yourself and upload the file")
    return str(found[0])


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (mapped is None or mapped.is_global)


def _content(url: str, answer: http.client.HTTPResponse) -> tuple[bytes, str]:
    kind = (answer.getheader("content-type") or "").partition(";")[0].strip().lower()
    if answer.status != 200:
        raise InputError(f"{url[:200]}: the server answers {answer.status}")
    if kind not in SUFFIXES:
        raise InputError(f"{url[:200]}: is {kind[:40] or 'of no known kind'}, not a page of text")
    try:
        data = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as error:
        raise InputError(f"{url[:200]}: broke off ({type(error).__name__})") from error
    if len(data) > LARGEST:
        raise InputError(f"{url[:200]}: larger than {LARGEST // 1_000_000} MB")
    return data, SUFFIXES[kind]
