"""One small record for all tests of this room (see `bridge`), and a client that looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bridge import filled
from fastapi.testclient import TestClient
from knot import filled as two_camps

from whipcount.record import Record
from whipcount.web.app import create_app


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with filled(tmp_path_factory.mktemp("record") / "bridge.whip") as made:
        yield made


@pytest.fixture(scope="session")
def client(record: Record) -> TestClient:
    return TestClient(create_app(record), base_url="http://localhost")


@pytest.fixture(scope="session")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client that looks at a debate of two camps."""
    with two_camps(tmp_path_factory.mktemp("record") / "knot.whip") as made:
        yield TestClient(create_app(made), base_url="http://localhost")
