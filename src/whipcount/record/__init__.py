"""The store of documents, statements and reviews: one file, append-only, nothing is overwritten."""

from whipcount.record.store import Record, Review

__all__ = ["Record", "Review"]
