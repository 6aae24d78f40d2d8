"""The store of documents, statements and what people do with them: one file, append-only, nothing is overwritten."""

from whipcount.record.acts import Act
from whipcount.record.search import Hit
from whipcount.record.standing import Assignment
from whipcount.record.store import Record

__all__ = ["Act", "Assignment", "Hit", "Record"]
