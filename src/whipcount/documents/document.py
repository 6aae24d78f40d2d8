"""A text and what is known of it -> Document."""

from __future__ import annotations

import hashlib

from whipcount.documents.chain import chain
from whipcount.documents.cleaning import body
from whipcount.documents.metadata import Known, date_of, language_of, outlet_of, title_of
from whipcount.model import DateBasis, Document, Link, Relation


def document_from_text(
    text: str,
    *,
    id: str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    date: str | None = None,
    language: str | None = None,
    author: str | None = None,
    origin: str = "",
    date_basis: DateBasis = DateBasis.METADATA,
) -> Document:
    """A Document from a text as it stands; what is given is taken, what is missing is looked for in the text.

    `date_basis` says how a given `date` is known.  `id` None derives one from the text.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    spans = body(text)
    given = Known(date, date_basis) if date else date_of(text, spans)
    links = chain(text, outlet)
    carrier = outlet or outlet_of(text, spans)
    if carrier and not any(link.name == carrier for link in links):
        links = (Link(carrier, Relation.PUBLISHED), *links)
    return Document(
        id=id or digest[:16],
        text=text,
        body=spans,
        sha256=digest,
        title=title or title_of(text, spans),
        outlet=carrier,
        date=given.value,
        date_basis=given.basis,
        language=language or language_of(text, spans),
        author=author,
        chain=links,
        origin=origin,
    )
