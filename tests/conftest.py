"""What tests share: where the reference data are, and what to say where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# how long an example takes says more of the machine than of the code
settings.register_profile("whipcount", deadline=None)
settings.load_profile("whipcount")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the repository; skips where there is none."""
    if not SHARED.exists():
        pytest.skip(f"reference data are not at {SHARED}")
    return SHARED
