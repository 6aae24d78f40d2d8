"""Import and export: articles in by file, by paste and by address, records in and out, with live progress."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from whipcount.analysis.frames import STATEMENT, statement_rows
from whipcount.errors import InputError, UsageError
from whipcount.model import Coder
from whipcount.record import Record
from whipcount.record.accounts import Role
from whipcount.record.exchange import lines, take
from whipcount.web.addresses import link
from whipcount.web.jobs import Jobs
from whipcount.web.pages import View, page
from whipcount.web.tables import csv_text
from whipcount.web.visitors import needs, visitor_of
from whipcount.web.words import told

FILES = 2000
"""Most files in one upload."""

URLS = 500
"""Most addresses in one upload."""

NAME = 120
"""Longest name of an uploaded file that is kept."""


def routes(kept: Record) -> APIRouter:
    """The page of import and export, uploads, and downloads."""
    router = APIRouter()
    jobs = Jobs(kept)

    @router.get("/exchange")
    @router.get("/exchange.json")
    def exchange(request: Request) -> Response:
        found = [job.plain() for job in jobs.all()]
        shown = {
            "jobs": found,
            "busy": jobs.busy(),
            "codebook": kept.codebook(),
            "said": request.query_params.get("took"),
        }
        return page(request, "exchange.html", View(shown, {"jobs": found}))

    @router.post("/exchange/upload", dependencies=[needs(Role.CODER)])
    async def upload(request: Request) -> Response:
        async with request.form(max_files=FILES, max_part_size=5_000_000) as form:
            job = await run_in_threadpool(_begin, jobs, form, _me(request))
        return _answer(request, {"job": job})

    @router.post("/exchange/stop", dependencies=[needs(Role.CODER)])
    async def stop(request: Request) -> Response:
        form = await request.form()
        number = str(form.get("number") or "")
        if re.fullmatch(r"\d{1,9}", number, re.ASCII):
            jobs.stop(int(number))
        return _answer(request, {"stopped": True})

    @router.post("/exchange/record/upload", dependencies=[needs(Role.CODER)])
    async def take_record(request: Request) -> Response:
        async with request.form(max_files=1) as form:
            added, known, refused = await run_in_threadpool(_take, kept, form, _me(request))
        words = told(
            "{added} readings added, {known} there already, {refused} lines refused.",
            added=added, known=known, refused=len(refused),
        )  # fmt: skip
        if refused:
            raise InputError(f"{words} First: {refused[0]}")
        return _answer(request, {"added": added, "known": known}, took=f"{added},{known}")

    @router.get("/exchange/statements.csv")
    def statements_csv() -> Response:
        return _file(csv_text(STATEMENT, statement_rows(kept, kept.entries())), "statements.csv", "text/csv")

    @router.get("/exchange/statements.parquet")
    def statements_parquet() -> Response:
        from whipcount.analysis.frames import Debate

        written = io.BytesIO()
        Debate(kept).statements().write_parquet(written)
        return _file(written.getvalue(), "statements.parquet", "application/vnd.apache.parquet")

    @router.get("/exchange/record.jsonl")
    def record_lines() -> Response:
        def every() -> Iterator[str]:
            for line in lines(kept):
                yield json.dumps(line, ensure_ascii=False) + "\n"

        headers = {"content-disposition": 'attachment; filename="record.jsonl"'}
        return StreamingResponse(every(), headers=headers, media_type="application/x-ndjson")

    return router


def _me(request: Request) -> str:
    visitor = visitor_of(request)
    return visitor.name if visitor else ""


def _answer(request: Request, data: dict[str, Any], **asked: object) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(data)
    return RedirectResponse(link("/exchange", **asked), 303)


def _file(content: str | bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _begin(jobs: Jobs, form: FormData, who: str) -> int:
    """Put what a form holds into a folder of its own and begin to read it; the number of the job."""
    folder = Path(tempfile.mkdtemp(prefix="whipcount-upload-"))
    try:
        names = [safe_name(each.filename or "") for each in _files(form)]
        for number, (each, name) in enumerate(zip(_files(form), names, strict=True)):
            with _free(folder, name, number).open("wb") as target:
                shutil.copyfileobj(each.file, target)
        text = str(form.get("text") or "")
        if text.strip():
            _paste(folder, form, text)
            names.append(str(form.get("title") or "pasted text"))
        urls = list(dict.fromkeys(re.findall(r"^\s*(\S+)\s*$", str(form.get("urls") or ""), re.MULTILINE)))
        urls += [url for url in _listed(folder) if url not in urls]
        if len(urls) > URLS:
            raise UsageError(f"{len(urls)} addresses at once are too many; send up to {URLS}")
        if not names and not urls:
            raise UsageError("choose files, paste a text or write addresses, one a line")
        names = names or urls
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    what = names[0][:80] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
    return jobs.begin(who, what, folder, urls).number


def _files(form: FormData) -> list[UploadFile]:
    return [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]


def safe_name(given: str) -> str:
    """A file's name as its user knows it, without anything that could lead elsewhere or command a terminal."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last).strip().lstrip(".")
    stem, dot, suffix = kept.rpartition(".")
    encoded = (stem if dot else kept).encode("utf-8")[: NAME - 20].decode("utf-8", "ignore")
    return (f"{encoded}.{suffix[:15]}" if dot else encoded) or "file"


def _free(folder: Path, name: str, number: int) -> Path:
    path = folder / name
    return folder / f"{Path(name).stem}-{number}{Path(name).suffix}" if path.exists() else path


def _paste(folder: Path, form: FormData, text: str) -> None:
    fields = {name: " ".join(str(form.get(name) or "").split())[:300] or None for name in ("title", "outlet", "date")}
    line: dict[str, Any] = {"text": text.replace("\r\n", "\n"), **{n: v for n, v in fields.items() if v}}
    (folder / "pasted.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")


def _listed(folder: Path) -> list[str]:
    """The addresses in uploaded lists of them (`.urls`), which are then removed."""
    found: list[str] = []
    for path in sorted(folder.glob("*.urls")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        path.unlink()
    return found


def _take(kept: Record, form: FormData, who: str) -> tuple[int, int, list[str]]:
    given = form.get("record")
    if not isinstance(given, UploadFile) or not given.filename:
        raise UsageError("choose a .jsonl file that `export` wrote")
    refused: list[str] = []
    text = io.TextIOWrapper(given.file, encoding="utf-8-sig", errors="replace")
    try:
        coder = Coder(who, "", False)
        added, known = take(kept, text, coder, refused=lambda n, reason: refused.append(f"line {n}: {reason}"))
    finally:
        text.detach()
    return added, known, refused
