"""Bytes to documents: formats, what is the article and what is furniture, metadata, chain, near-duplicates."""

from whipcount.documents.document import document_from_text
from whipcount.documents.duplicates import similar
from whipcount.documents.sources import count, read

__all__ = ["count", "document_from_text", "read", "similar"]
