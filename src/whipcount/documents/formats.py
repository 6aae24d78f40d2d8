"""The bytes of one file -> the texts in it, each with what the format says of it."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from whipcount.documents.dates import date_given
from whipcount.errors import InputError

LIMIT = 50_000_000
"""Largest input in bytes, packed or unpacked: a book is 2 MB, so more than this is no article."""

PATIENCE = 60
"""Seconds after which a PDF is given up."""

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


def decode(data: bytes, declared: str | None = None) -> str:
    """Text of the bytes, every character kept: UTF-16 by its mark, else UTF-8, the declared charset, the likeliest one."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data[:1000]:
        raise InputError("is not text; save it as .txt, .html, .pdf or .docx")
    for encoding in (declared, likely(data)):
        try:
            return data.decode(encoding or "latin-1")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def likely(data: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    return best.encoding if best else "latin-1"


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
    import lxml.html
    import trafilatura
    from trafilatura.settings import use_config

    declared = re.search(rb"(?i)charset=[\"']?([\w-]{2,30})", data[:4000])
    page = decode(data, declared.group(1).decode("ascii") if declared else None)
    if page.count("<") > 300_000:
        raise InputError("has more than 300,000 tags; save the article alone")
    config = use_config()
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    found: Any = trafilatura.bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        config=config,
        # a date that the page does not declare is looked for by our own, stated rules
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or not (found.text or "").strip():
        tree = lxml.html.fromstring(page.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8"))
        for element in tree.xpath("//script|//style|//head"):
            element.drop_tree() if element.getparent() is not None else None
        text = "\n".join(line.strip() for line in tree.itertext() if line.strip())
        if not text:
            raise InputError("holds no article text; open it and save the article itself")
        yield Raw(text=text)
        return
    yield Raw(
        text=found.text,
        title=found.title,
        outlet=found.sitename,
        date=found.date,
        language=found.language,
        author=found.author,
    )


def pdf(data: bytes) -> Iterator[Raw]:
    """A PDF with text in it; scanned pages have none."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("is protected by a password; save it without one")
    pages: list[str] = []
    begun = time.monotonic()
    for page in reader.pages:
        pages.append(page.extract_text() or "")
        if time.monotonic() - begun > PATIENCE:
            raise InputError(f"takes more than {PATIENCE} seconds to read; save its text as .txt")
    text = "\n\n".join(pages)
    if not text.strip():
        raise InputError("holds no text, perhaps scanned pages; run a text recognition on it first")
    yield Raw(text=text, title=_own_title(reader.metadata.title if reader.metadata else None))


def docx(data: bytes) -> Iterator[Raw]:
    """A Word document: its paragraphs and table cells in order."""
    import docx as word
    from docx.oxml.ns import qn

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(item.file_size for item in packed.infolist()) > LIMIT:
            raise InputError(f"unpacks to more than {LIMIT // 1_000_000} MB; split it")
    file = word.Document(io.BytesIO(data))
    paragraphs = ("".join(run.text or "" for run in p.iter(qn("w:t"))) for p in file.element.body.iter(qn("w:p")))
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph.strip())
    if not text.strip():
        raise InputError("holds no text")
    yield Raw(text=text, title=_own_title(file.core_properties.title))


def _own_title(title: str | None) -> str | None:
    """The title in a file's properties, unless it is the name that a program gave the file.

    The author in the properties is who saved the file, and its dates are the file's: neither is the article's.
    """
    named = re.compile(r"(?i)^microsoft word|^untitled|^document\d*$|\.(?:docx?|pdf|indd|html?|odt|rtf)$")
    return None if not title or named.search(title) else title.strip() or None


def _fields(row: dict[str, object]) -> dict[str, str | None]:
    """The fields of `Raw` from a row with any of the usual column names."""
    lowered = {str(k).strip().lower().replace(" ", "_"): v for k, v in row.items() if k is not None}
    fields: dict[str, str | None] = {}
    for field, names in COLUMNS.items():
        value = next((lowered[n] for n in names if lowered.get(n) not in (None, "")), None)
        fields[field] = (
            None
            if value is None
            else str(value).encode("utf-8", "replace").decode("utf-8")[: None if field == "text" else 1000]
        )
    fields["date"] = date_given(fields["date"] or "")
    return fields


def _checked(fields: dict[str, str | None], part: str) -> Raw:
    text = fields.pop("text")
    if text is None or not text.strip():
        return Raw(part=part, problem="has no text; give it a field `text`")
    return Raw(text=text, part=part, **fields)


def jsonl(lines: Iterable[bytes]) -> Iterator[Raw]:
    """JSON Lines: one document a line with `id` and `text`; read line by line, so a file may be of any size."""
    for number, line in enumerate(lines, 1):
        part = f"line {number}"
        if not line.strip():
            continue
        if len(line) > LIMIT:
            yield Raw(part=part, problem=f"is larger than {LIMIT // 1_000_000} MB; split it")
            continue
        try:
            row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            yield Raw(part=part, problem="is not a JSON object; write one object a line")
        elif not isinstance(row.get("text", ""), str):
            yield Raw(part=part, problem="has a `text` that is no text; write it as a JSON string")
        else:
            text = row.get("text", "")
            if any("\ud800" <= c <= "\udfff" for c in text):
                yield Raw(part=part, problem="holds broken characters (lone surrogates); save it as UTF-8")
            else:
                yield _checked(_fields(row), part)


def table(lines: Iterable[bytes]) -> Iterator[Raw]:
    """CSV with a header row; comma, semicolon or tab; read row by row, so a file may be of any size."""
    source = iter(lines)
    first = next(source, b"")
    head = list(itertools.islice(source, 200))
    sample = first + b"".join(head)
    try:
        sample.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = likely(sample)
    text = (
        line.decode(encoding, "replace").replace("\x00", "").removeprefix("\ufeff")
        for line in itertools.chain([first], head, source)
    )
    header = first.decode(encoding, "replace")
    rows = csv.DictReader(text, delimiter=max(",;\t", key=header.count))
    names = {str(n).strip().lower().replace(" ", "_") for n in rows.fieldnames or ()}
    if not names & set(COLUMNS["text"]):
        raise InputError("has no column `text` in its first row; name the column with the article's text so")
    number = 1
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Raw(part=f"row {number}", problem=f"is not CSV ({error}); save the table again")
            continue
        yield _checked(_fields(dict(row)), f"row {number}")


def unzipped(data: bytes) -> bytes:
    """Content of a gzip file, up to the limit."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        content = file.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise InputError(f"unpacks to more than {LIMIT // 1_000_000} MB; split it")
    return content


FORMATS: dict[str, Callable[[bytes], Iterator[Raw]]] = {
    ".txt": plain,
    ".text": plain,
    ".md": markdown,
    ".markdown": markdown,
    ".html": html,
    ".htm": html,
    ".xhtml": html,
    ".pdf": pdf,
    ".docx": docx,
}
"""Formats of one document a file."""

COLLECTIONS: dict[str, Callable[[Iterable[bytes]], Iterator[Raw]]] = {
    ".jsonl": jsonl,
    ".ndjson": jsonl,
    ".csv": table,
    ".tsv": table,
}
"""Formats of many documents a file, read line by line."""
