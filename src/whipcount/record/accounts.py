"""Who may use a server: accounts, their roles in projects, and sessions, in a database of their own beside the records.

Unlike a record it is no history: it holds what is true now.  Passwords are kept as Argon2id hashes (RFC 9106), sessions
as SHA-256 digests of tokens that only the browser knows, so that a stolen copy of the file opens no session.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from whipcount.errors import RecordError, UsageError
from whipcount.record.database import connect, shown

NAME = re.compile(r"\w[\w .@-]{0,59}(?<! )\Z")
SHORTEST, LONGEST = 12, 256
"""Characters of a password (NIST SP 800-63B asks for length, not for kinds of characters)."""

IDLE, ENTIRE = datetime.timedelta(hours=12), datetime.timedelta(days=14)
"""How long a session lasts without a request, and in all."""

TOUCH = datetime.timedelta(minutes=5)
"""How old the last noted request of a session may grow before it is noted again."""


class Role(IntEnum):
    """What a member of a project may do; each role may do all that the ones before it may.

    A reader looks; a coder reviews, adds and imports; an adjudicator settles what coders disagree on; an admin edits
    actors and codebooks and says who is a member.
    """

    READER = 1
    CODER = 2
    ADJUDICATOR = 3
    ADMIN = 4

    @classmethod
    def named(cls, name: str) -> Role:
        """The role called `name`, in any case; UsageError if there is none."""
        try:
            return cls[name.strip().upper()]
        except KeyError:
            roles = ", ".join(role.name.lower() for role in cls)
            raise UsageError(f"{name[:40]!r}: no such role; use one of {roles}") from None


_metadata = MetaData()

_accounts = Table(
    "accounts",
    _metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("temporary", Boolean, nullable=False),
)

_memberships = Table(
    "memberships",
    _metadata,
    Column("account", ForeignKey("accounts.number"), nullable=False),
    Column("project", Text, nullable=False),
    Column("role", Integer, nullable=False),
    UniqueConstraint("account", "project"),
)

_sessions = Table(
    "sessions",
    _metadata,
    Column("digest", Text, primary_key=True),
    Column("account", ForeignKey("accounts.number"), nullable=False),
    Column("begun", Text, nullable=False),
    Column("seen", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and whether they still have the password that was made up for them."""

    name: str
    temporary: bool


class Accounts:
    """The accounts of a server.  RecordError, in one line, when the database cannot be read or written."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where
        self._hasher = PasswordHasher()
        # verified against when there is no such account, so that the time taken does not tell
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    @classmethod
    def open(cls, where: str | Path, create: bool = False) -> Self:
        """The accounts at `where`, a file or a database URL; RecordError if there are none and `create` is not set."""
        engine = connect(where, create)
        found = cls(engine, shown(where))
        with found._writing() as connection:
            _metadata.create_all(connection)
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).chmod(0o600)
        return found

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise RecordError(f"{self.where}: {reason}") from error

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise RecordError(f"{self.where}: {reason}") from error

    # Accounts

    def add(self, name: str, password: str | None = None) -> str | None:
        """Add an account; without `password` one is made up, which its owner must replace, and returned.

        UsageError if the name is taken or no name, or if the password is too short or too long.
        """
        if not NAME.match(name):
            raise UsageError(f"{name[:60]!r}: not a name for an account; use letters, digits, blanks and . @ - (60)")
        made = None if password is not None else secrets.token_urlsafe(12)
        hashed = self._hasher.hash(_fit(password or made or ""))
        with self._writing() as connection:
            if connection.scalar(select(_accounts.c.number).where(_accounts.c.name == name)) is not None:
                raise UsageError(f"{name}: this account exists already")
            row = {"name": name, "password": hashed, "temporary": made is not None}
            connection.execute(insert(_accounts).values(row))
        return made

    def exists(self, name: str) -> bool:
        """Whether there is an account called `name`."""
        with self._looking() as connection:
            return connection.scalar(select(_accounts.c.number).where(_accounts.c.name == name)) is not None

    def set_password(self, name: str, password: str | None = None) -> str | None:
        """Give the account another password, as in `add`, and end all its sessions."""
        made = None if password is not None else secrets.token_urlsafe(12)
        hashed = self._hasher.hash(_fit(password or made or ""))
        with self._writing() as connection:
            number = _number(connection, name)
            values = {"password": hashed, "temporary": made is not None}
            connection.execute(update(_accounts).where(_accounts.c.number == number).values(values))
            connection.execute(delete(_sessions).where(_sessions.c.account == number))
        return made

    def right(self, name: str, password: str) -> bool:
        """Whether `password` is that of the account; as slow for an account that does not exist."""
        with self._looking() as connection:
            hashed = connection.scalar(select(_accounts.c.password).where(_accounts.c.name == name))
        try:
            self._hasher.verify(hashed or self._nobody, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    # Members of projects

    def set_role(self, name: str, project: str, role: Role | None) -> None:
        """Make the account a member of `project` with this role, or none; UsageError if there is no such account.

        The last admin of a project stays one: UsageError.
        """
        with self._writing() as connection:
            number = _number(connection, name)
            mine = (_memberships.c.account == number) & (_memberships.c.project == project)
            others = select(_memberships.c.account).where(
                _memberships.c.project == project, _memberships.c.role == Role.ADMIN, _memberships.c.account != number
            )
            before = connection.scalar(select(_memberships.c.role).where(mine))
            if before == Role.ADMIN and role != Role.ADMIN and connection.execute(others).first() is None:
                raise UsageError(f"{name} is the only admin of {project}; make somebody else one first")
            connection.execute(delete(_memberships).where(mine))
            if role is not None:
                row = {"account": number, "project": project, "role": int(role)}
                connection.execute(insert(_memberships).values(row))

    def members(self, project: str) -> dict[str, Role]:
        """Name -> role of all members of `project`, by name."""
        query = (
            select(_accounts.c.name, _memberships.c.role)
            .join(_memberships, _memberships.c.account == _accounts.c.number)
            .where(_memberships.c.project == project)
            .order_by(_accounts.c.name)
        )
        with self._looking() as connection:
            return {name: Role(role) for name, role in connection.execute(query)}

    def projects(self, name: str) -> dict[str, Role]:
        """Project -> role of the account in it, by project."""
        query = (
            select(_memberships.c.project, _memberships.c.role)
            .join(_accounts, _accounts.c.number == _memberships.c.account)
            .where(_accounts.c.name == name)
            .order_by(_memberships.c.project)
        )
        with self._looking() as connection:
            return {project: Role(role) for project, role in connection.execute(query)}

    # Sessions

    def begin(self, name: str) -> str:
        """Begin a session of the account; its token, which is kept nowhere.  UsageError if there is no such account."""
        token, now = secrets.token_urlsafe(32), _now()
        with self._writing() as connection:
            row = {"digest": _digest(token), "account": _number(connection, name), "begun": now, "seen": now}
            connection.execute(insert(_sessions).values(row))
            connection.execute(delete(_sessions).where(_sessions.c.begun < _now(-ENTIRE)))
        return token

    def session(self, token: str) -> Session | None:
        """The session with this token; None if there is none, or it is over."""
        query = select(_sessions, _accounts.c.name, _accounts.c.temporary).join(
            _accounts, _accounts.c.number == _sessions.c.account
        )
        mine = _sessions.c.digest == _digest(token)
        with self._looking() as connection:
            row = connection.execute(query.where(mine)).first()
        if row is None or row.begun < _now(-ENTIRE) or row.seen < _now(-IDLE):
            return None
        if row.seen < _now(-TOUCH):
            with self._writing() as connection:
                connection.execute(update(_sessions).where(mine).values(seen=_now()))
        return Session(row.name, row.temporary)

    def end(self, token: str) -> None:
        """End a session."""
        with self._writing() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.digest == _digest(token)))


def _fit(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"a password has {SHORTEST} to {LONGEST} characters; take a few words in a row")
    return password


def _number(connection: Connection, name: str) -> int:
    number = connection.scalar(select(_accounts.c.number).where(_accounts.c.name == name))
    if number is None:
        raise UsageError(f"{name[:60]}: there is no such account")
    return int(number)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now(shift: datetime.timedelta = datetime.timedelta()) -> str:
    return (datetime.datetime.now(datetime.UTC) + shift).isoformat(timespec="seconds")
