"""Whole projects of Discourse Network Analyzer (`.dna`, versions 3.0 and 3.1) into a record, and records as projects.

A record keeps all of a project: statement types with their variables become definitions of kind "type", every value of a
short-text variable an "entity" with its colour, parent and attributes, the highlighted expressions "keyword", and
coders with their passwords and permissions "dna coder".  A statement keeps its type; variables that play the roles of
`ROLES` become the fields of a statement (an organization the actor spoken for, agreement its stance), the others stay
variables.  DNA counts positions in UTF-16 units, a record in characters; they are converted.
"""

from whipcount.record.dna.file import DnaFile, is_dna
from whipcount.record.dna.take import take
from whipcount.record.dna.write import write

__all__ = ["DnaFile", "is_dna", "take", "write"]
