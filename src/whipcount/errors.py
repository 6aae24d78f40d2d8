"""The errors that whipcount raises on purpose.

    WhipcountError
      InputError      a document, codebook or data file is not what it should be
      ModelError      a model file is missing or damaged
      RecordError     the record cannot be opened, or its content is not sound
      UsageError      the command or call asks for something that does not exist

Each message is one line: what, where, and what to do about it.
"""

from __future__ import annotations


class WhipcountError(Exception):
    """Root of all errors that whipcount raises on purpose."""


class InputError(WhipcountError):
    """A document, codebook or data file is not what it should be."""


class ModelError(WhipcountError):
    """A model file is missing or damaged."""


class RecordError(WhipcountError):
    """The record cannot be opened, or its content is not sound."""


class UsageError(WhipcountError):
    """The command or call asks for something that does not exist."""
