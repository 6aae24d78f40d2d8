"""Showing a record: the web application, for one user or for several with accounts, and one file for a colleague."""

from __future__ import annotations

import ipaddress
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.count import RecordFile, check_dates
from whipcount.cli.output import JSON, say, show

if TYPE_CHECKING:
    from whipcount.record.accounts import Accounts

AccountsFile = Annotated[str, typer.Argument(metavar="ACCOUNTS", help="The accounts of a server: a file.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the account.")]
Project = Annotated[str, typer.Option(help="The project: the record's file name without its ending.")]


def serve(
    records: Annotated[
        list[str], typer.Argument(metavar="RECORD...", help="Records to serve; NAME=RECORD names the project.")
    ],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8400,
    accounts: Annotated[
        str | None, typer.Option(metavar="FILE", help="Who may use the server; see `whipcount account`.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="Name by which browsers call this server. Repeatable.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="TLS certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="TLS key (PEM).")] = None,
) -> None:
    """Serve the web pages of a record to this machine, or of several records to several people with accounts."""
    from whipcount.errors import UsageError
    from whipcount.record import Record

    if not accounts and not _loopback(host):
        raise UsageError(f"{host}: others could reach it; give --accounts FILE (see `whipcount account add --help`)")
    if not accounts and len(records) > 1:
        raise UsageError("several records: one user sees one; give --accounts FILE to serve several to their members")
    for file in (certificate, key):
        if file and not file.is_file():
            raise UsageError(f"{file}: no such file; name the certificate and the key as PEM files")
    if bool(certificate) != bool(key):
        raise UsageError("--certificate and --key belong together; give both")
    projects = dict(_named(each) for each in records)
    if len(projects) < len(records):
        raise UsageError("two records would be the same project; write NAME=RECORD to tell them apart")
    for record in projects.values():
        Record.open(record).close()
    if _taken(host, port):
        raise UsageError(f"{host}:{port}: another program listens there; choose another --port")
    import uvicorn

    from whipcount.web.present import warm

    scheme, shown = "https" if certificate else "http", f"[{host}]" if ":" in host else host
    if accounts:
        from whipcount.record.accounts import Accounts
        from whipcount.web.house import create_house

        hosts = [*(name or ()), host]
        opened = {n: Record.open(r) for n, r in projects.items()}
        for kept in opened.values():
            warm(kept)
        app = create_house(opened, Accounts.open(accounts), hosts=hosts)
        if not certificate and not _loopback(host):
            say("passwords travel unencrypted: give --certificate and --key, or put a server with TLS before this one")
    else:
        from whipcount.web.app import create_app

        kept = Record.open(records[0])
        warm(kept)
        app = create_app(kept, hosts=name or ())
    typer.echo(f"whipcount shows {', '.join(records)} at {scheme}://{shown}:{port} (Ctrl-C stops it)")
    uvicorn.run(
        app, host=host, port=port, log_level="warning", server_header=False, ssl_certfile=certificate, ssl_keyfile=key
    )


account = typer.Typer(help="Who may use a server with several projects.", no_args_is_help=True)


@account.command()
def add(
    accounts: AccountsFile,
    name: Name,
    project: Annotated[str | None, typer.Option(help="Make it a member of this project.")] = None,
    role: Annotated[str, typer.Option(help="reader, coder, adjudicator or admin.")] = "reader",
) -> None:
    """Add an account (its first password is printed once) or make one a member of another project."""
    from whipcount.record.accounts import Role

    rank = Role.named(role)
    store = _accounts(accounts, create=True)
    made = None if store.exists(name) else store.add(name)
    if project:
        store.set_role(name, project, rank)
        say(f"{name} is {rank.name.lower()} of {project}")
    if made:
        say(f"{name} signs in first with this password and then chooses another:")
        typer.echo(made)


@account.command()
def password(accounts: AccountsFile, name: Name) -> None:
    """Give an account a new first password, which is printed once; its sessions end."""
    typer.echo(_accounts(accounts).set_password(name))


@account.command()
def remove(accounts: AccountsFile, name: Name, project: Project) -> None:
    """Take an account out of a project."""
    _accounts(accounts).set_role(name, project, None)
    say(f"{name} is no member of {project}")


@account.command("list")
def list_(accounts: AccountsFile, project: Project, json: JSON = False) -> None:
    """List the members of a project with their roles."""
    rows = [{"name": name, "role": role.name.lower()} for name, role in _accounts(accounts).members(project).items()]
    show(["name", "role"], rows, json=json, csv=False, empty=f"{project} has no members")


def _accounts(where: str, create: bool = False) -> Accounts:
    from whipcount.record.accounts import Accounts

    return Accounts.open(where, create)


def _named(record: str) -> tuple[str, str]:
    """A project's name and its record, from `NAME=RECORD` or the record's own name."""
    given, equals, rest = record.partition("=")
    if equals and re.fullmatch(r"[a-z0-9-]+", given):
        return given, rest
    stem = Path(record.split("?", maxsplit=1)[0].rstrip("/")).stem.lower()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40] or "record", record


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
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write, .html or .pdf.")],
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As known on this ISO date; else the newest.")] = None,
) -> None:
    """Write one self-contained file, HTML or PDF: positions, verdicts, changes and the words they stand on."""
    from whipcount.record import Record
    from whipcount.web.report import report_html, report_pdf

    check_dates(at)
    with Record.open(record) as store:
        made = report_pdf(store, at=at) if out.suffix.lower() == ".pdf" else report_html(store, at=at).encode()
    out.write_bytes(made)
    say(f"wrote {out}")
