"""One small record for all tests of this room (see `bridge`), and a client that looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bridge import filled
from fastapi.testclient import TestClient

from whipcount.record import Record
from whipcount.web.app import create_app


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with filled(tmp_path_factory.mktemp("record") / "bridge.whip") as made:
        yield made


@pytest.fixture(scope="session")
def client(record: Record) -> TestClient:
    return TestClient(create_app(record), base_url="http://localhost")
