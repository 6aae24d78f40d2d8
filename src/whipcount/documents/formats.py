"""The bytes of one file -> the texts in it, each with what the format says of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whipcount.errors import InputError

LIMIT = 50_000_000
"""Largest input in bytes, packed or unpacked: a book is 2 MB, so more than this is no article."""

csv.field_size_limit(LIMIT)


@dataclass(frozen=True, slots=True)
class Raw:
    """One text as a format gives it; `problem` instead, where one part of a file cannot be read."""

    text: str = ""
    id: str | None = None
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    language: str | None = None
    author: str | None = None
    part: str = ""
    problem: str | None = None


COLUMNS = {
    "id": ("id", "document_id", "doc_id", "article_id"),
    "text": ("text", "content", "body", "article", "full_text", "fulltext", "story"),
    "title": ("title", "headline", "heading"),
    "outlet": ("outlet", "source", "publisher", "newspaper", "medium", "publication", "site"),
    "date": ("date", "published", "publication_date", "pubdate", "published_at", "datetime"),
    "language": ("language", "lang"),
    "author": ("author", "byline", "authors", "creator"),
}
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


def decode(data: bytes, declared: str | None = None) -> str:
    """Text of the bytes: UTF-8 or UTF-16 by their marks, else UTF-8, the declared charset, the likeliest one."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data[:1000]:
        raise InputError("is not text; save it as .txt, .html, .pdf or .docx")
    if declared:
        try:
            return data.decode(declared)
        except (UnicodeDecodeError, LookupError):
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding if best else "latin-1", errors="replace")


def plain(data: bytes) -> Iterator[Raw]:
    """A text file; the text is exactly what the file holds."""
    yield Raw(text=decode(data))


def markdown(data: bytes) -> Iterator[Raw]:
    """A Markdown file: read as it stands, title from the first heading."""
    text = decode(data)
    heading = re.search(r"(?m)^#{1,2} +(.{1,300})$", text)
    yield Raw(text=text, title=heading.group(1).strip() if heading else None)


def html(data: bytes) -> Iterator[Raw]:
    """A web page: its article without menus, with the metadata it declares."""
    import trafilatura
    from trafilatura.settings import use_config

    declared = re.search(rb"(?i)charset=[\"']?([\w-]{2,30})", data[:4000])
    page = decode(data, declared.group(1).decode("ascii") if declared else None)
    if page.count("<") > 300_000:
        raise InputError("has more than 300,000 tags; save the article alone")
    config = use_config()
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    found = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False, config=config)
    if found is None or not (found.text or "").strip():
        bare = re.sub(r"<[^<>]{0,10000}>", " ", re.sub(r"(?is)<(script|style)\b.{0,1000000}?</\1>", " ", page))
        if not bare.strip():
            raise InputError("holds no article text; open it and save the article itself")
        yield Raw(text=bare.strip())
        return
    yield Raw(text=found.text, title=found.title, outlet=found.sitename, date=found.date, language=found.language,
              author=found.author)


def pdf(data: bytes) -> Iterator[Raw]:
    """A PDF with text in it; scanned pages have none."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("is protected by a password; save it without one")
    text = "\n\n".join((page.extract_text() or "") for page in reader.pages[:2000])
    if not text.strip():
        raise InputError("holds no text, perhaps scanned pages; run a text recognition on it first")
    known = reader.metadata
    yield Raw(text=text, title=(known.title if known else None) or None, author=(known.author if known else None) or None)


def docx(data: bytes) -> Iterator[Raw]:
    """A Word document: its paragraphs and table cells in order."""
    import docx as word

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(item.file_size for item in packed.infolist()) > LIMIT:
            raise InputError(f"unpacks to more than {LIMIT // 1_000_000} MB; split it")
    file = word.Document(io.BytesIO(data))
    parts = []
    for block in file.iter_inner_content():
        if hasattr(block, "text"):
            parts.append(block.text)
        else:
            parts += [cell.text for line in block.rows for cell in line.cells]
    text = "\n\n".join(part for part in parts if part.strip())
    if not text.strip():
        raise InputError("holds no text")
    known = file.core_properties
    yield Raw(text=text, title=known.title or None, author=known.author or None)


def _fields(row: dict[str, object]) -> dict[str, str | None]:
    """The fields of `Raw` from a row with any of the usual column names."""
    lowered = {str(k).strip().lower().replace(" ", "_"): v for k, v in row.items() if k is not None}
    fields: dict[str, str | None] = {}
    for field, names in COLUMNS.items():
        value = next((lowered[n] for n in names if lowered.get(n) not in (None, "")), None)
        fields[field] = None if value is None else str(value)
    match = _DATE.match(fields["date"] or "")
    fields["date"] = match.group() if match else None
    return fields


def _checked(fields: dict[str, str | None], part: str) -> Raw:
    text = fields.pop("text")
    if text is None or not text.strip():
        return Raw(part=part, problem="has no text; give it a field `text`")
    return Raw(text=text, part=part, **fields)


def jsonl(data: bytes) -> Iterator[Raw]:
    """JSON Lines: one document a line with `id` and `text`."""
    for number, line in enumerate(decode(data).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield Raw(part=f"line {number}", problem="is not a JSON object; write one object a line")
            continue
        if not isinstance(row, dict):
            yield Raw(part=f"line {number}", problem="is not a JSON object; write one object a line")
        elif not isinstance(row.get("text", ""), str):
            yield Raw(part=f"line {number}", problem="has a `text` that is no text; write it as a JSON string")
        else:
            yield _checked(_fields(row), f"line {number}")


def table(data: bytes) -> Iterator[Raw]:
    """CSV with a header row; comma, semicolon or tab."""
    text = decode(data).replace("\x00", "")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {str(n).strip().lower().replace(" ", "_") for n in rows.fieldnames or ()}
    if not names & set(COLUMNS["text"]):
        raise InputError("has no column `text` in its first row; name the column with the article's text so")
    for number, row in enumerate(rows, 2):
        yield _checked(_fields(dict(row)), f"row {number}")


def unzipped(data: bytes) -> bytes:
    """Content of a gzip file, up to the limit."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        content = file.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise InputError(f"unpacks to more than {LIMIT // 1_000_000} MB; split it")
    return content


FORMATS: dict[str, Callable[[bytes], Iterator[Raw]]] = {
    ".txt": plain, ".text": plain, ".md": markdown, ".markdown": markdown, ".html": html, ".htm": html, ".xhtml": html,
    ".pdf": pdf, ".docx": docx, ".jsonl": jsonl, ".ndjson": jsonl, ".csv": table, ".tsv": table,
}
