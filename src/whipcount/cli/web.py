"""Showing a record: the local web application, and one file to send to a colleague."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.count import RecordFile, check_dates
from whipcount.cli.output import say


def serve(
    record: RecordFile,
    host: Annotated[str, typer.Option(help="Address to listen on; this machine only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8400,
) -> None:
    """Serve the web pages of a record to this machine."""
    from whipcount.errors import UsageError
    from whipcount.record import Record

    if not _loopback(host):
        raise UsageError(f"{host}: others could reach it, and there are no accounts yet; use --host 127.0.0.1")
    Record.open(record).close()
    if _taken(host, port):
        raise UsageError(f"{host}:{port}: another program listens there; choose another --port")
    import uvicorn

    from whipcount.web.app import create_app

    app = create_app(record)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"whipcount shows {record} at http://{shown}:{port} (Ctrl-C stops it)")
    uvicorn.run(app, host=host, port=port, log_level="warning")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def report(
    record: RecordFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="The file to write.")],
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As known on this ISO date; else the newest.")] = None,
) -> None:
    """Write one self-contained HTML file: positions, changes and the words they stand on."""
    from whipcount.record import Record
    from whipcount.web.report import report_html

    check_dates(at)
    with Record.open(record) as store:
        page = report_html(store, at=at)
    out.write_text(page, encoding="utf-8")
    say(f"wrote {out}")
