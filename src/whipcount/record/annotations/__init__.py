"""Statements as annotations of texts, in the formats that annotation tools read and write.

brat (a folder of .txt and .ann), WebAnno and INCEpTION (TSV 3), Label Studio (JSON), doccano (JSONL), W3C Web Annotation
(JSON-LD), and REFI-QDA projects (.qdpx), which MAXQDA, NVivo and ATLAS.ti export and import.

Each annotation carries a label, which is the option, and the whole statement beside it where the format has room for a
note; so an export comes back as it was, and what was changed in the tool, the place and the label, counts.  Annotations
of other origin become statements whose label is the option; attributes named like a field of a statement fill it
(`NAMES`), others become variables.
"""

from types import ModuleType

from whipcount.record.annotations import brat, doccano, label_studio, refi, w3c, webanno
from whipcount.record.annotations.coded import Coded, coded, document_of, keep, statement_of

FORMATS: dict[str, ModuleType] = {
    "brat": brat,
    "doccano": doccano,
    "label-studio": label_studio,
    "refi": refi,
    "w3c": w3c,
    "webanno": webanno,
}
"""Name of a format -> the module that writes it (`write`) and reads it (`read`)."""

__all__ = ["FORMATS", "Coded", "coded", "document_of", "keep", "statement_of"]
