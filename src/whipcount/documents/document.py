"""A text and what is known of it -> Document."""

from __future__ import annotations

import hashlib

from whipcount.documents.chain import chain
from whipcount.documents.cleaning import body
from whipcount.documents.dates import Known, date_in_name, date_of
from whipcount.documents.metadata import agency_of, author_of, language_of, outlet_of, title_of
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
    name: str = "",
    date_basis: DateBasis = DateBasis.METADATA,
) -> Document:
    """A Document from a text as it stands; what is given is taken, what is missing is looked for in the text.

    `date_basis` says how a given `date` is known.  `name` is the file's, which may hold the date.  `id` None derives one from the text.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    spans = body(text)
    given = Known(date, date_basis) if date else date_of(text, spans)
    if given.basis is not DateBasis.STATED and not date and date_in_name(name):
        given = Known(date_in_name(name), DateBasis.METADATA)
    carrier = outlet or outlet_of(text, spans)
    passed_on = chain(text, agency_of(text, spans))
    links = tuple(link for link in passed_on if link.name != carrier)
    if carrier:
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
        author=author or author_of(text, spans),
        chain=links,
        origin=origin,
    )
