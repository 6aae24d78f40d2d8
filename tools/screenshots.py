"""Pictures of every page of the web application, wide and narrow, light and dark, to look at before showing anyone.

    python tools/screenshots.py [RECORD] [FOLDER]

RECORD is a record with statements (demo/example.whip, as `make demo` leaves it); the pictures go to FOLDER
(build/screenshots).  Needs Playwright and the system's Chromium.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import sync_playwright

from whipcount.record import Record
from whipcount.record.accounts import Accounts, Role
from whipcount.web.app import create_app
from whipcount.web.board import board
from whipcount.web.charts import statement_link
from whipcount.web.house import create_house
from whipcount.web.present import present
from whipcount.web.report import report_html, report_pdf

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


PASSWORD = "only for these pictures"  # noqa: S105  no secret


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An application on a free port of this machine; yields its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def pages(record: Path) -> dict[str, str]:
    """Name -> address of one page of every kind, with the fullest cell and document of the record."""
    with Record.open(record) as kept:
        held = present(kept)
        entries, codebook, found = held.entries, held.codebook, board(held)
    cells = [cell for _, row in found.rows for cell in row if cell]
    fullest = max(cells, key=lambda cell: cell.said)
    shown = next(entry for entry in entries if entry.key in fullest.position.statements)
    options = codebook.options if codebook else ()
    decided = next((f"/verdicts/{o.institution}/{o.id}" for o in options if o.institution), "/verdicts")
    return {
        "board": "/",
        "board-earlier": f"/?at={found.dates[len(found.dates) // 2]}",
        "statements": fullest.href,
        "document": statement_link(shown),
        "documents": "/documents",
        "review": "/review",
        "codebook": "/codebook",
        "actors": "/actors",
        "coders": "/coders",
        "agreement": "/agreement",
        "adjudicate": "/adjudicate",
        "exchange": "/exchange",
        "timeline": f"/timeline?option={fullest.position.option}",
        "verdicts": "/verdicts",
        "verdict": decided,
        "verdict-map": decided + "?view=europe",
        "board-grouped": "/?by=coalition",
        "timeline-actor": f"/timeline?actor={quote(fullest.position.actor)}",
        "coalitions": "/coalitions",
        "sources": "/sources",
        "choose": "/report",
        "ask": f"/ask?q={quote(fullest.position.actor)}",
        "missing": "/documents/missing",
    }


@contextmanager
def house(record: Path) -> Iterator[str]:
    """A server with accounts and two projects, both of the same record."""
    with tempfile.TemporaryDirectory() as folder, Record.open(record) as kept:
        accounts = Accounts.open(Path(folder) / "accounts.db", create=True)
        accounts.add("eva", PASSWORD)
        for project in ("guarantees", "truce"):
            accounts.set_role("eva", project, Role.ADMIN)
        with served(create_house({"guarantees": kept, "truce": kept}, accounts)) as address:
            yield address


def main(record: Path, folder: Path) -> None:
    """Write one picture for every page, size and scheme, and the report as PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.html"
    with Record.open(record) as kept:
        report.write_text(report_html(kept), encoding="utf-8")
        (folder / "report.pdf").write_bytes(report_pdf(kept))
    with served(create_app(record)) as address, house(record) as entrance, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        wanted = {name: address + path for name, path in pages(record).items()} | {"report": report.resolve().as_uri()}
        for scheme in ("light", "dark"):
            for size, (width, height) in SIZES.items():
                page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
                for name, url in wanted.items():
                    page.goto(url)
                    page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=name != "document")
                page.goto(entrance)
                page.screenshot(path=folder / f"sign-in-{size}-{scheme}.png")
                page.fill("[name=name]", "eva")
                page.fill("[name=password]", PASSWORD)
                page.click("main button")
                for name, path in {"projects": "/", "account": "/account", "members": "/p/truce/coders"}.items():
                    page.goto(entrance + path)
                    page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
                page.context.close()
        browser.close()


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    main(*(given + [Path("demo/example.whip"), Path("build/screenshots")][len(given) :]))
