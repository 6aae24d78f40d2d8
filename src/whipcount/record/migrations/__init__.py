"""The steps by which the schema of a record grows; run when a record is opened."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

HEAD = "0003"
"""Revision of the schema that this version of whipcount reads and writes."""


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Bring the schema behind `connection` up to `revision`, inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
