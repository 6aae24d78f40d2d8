"""What tests share: where the reference data are, and what to say where they are not."""

from __future__ import annotations

from collections import Counter
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last thing that `make test` says: what this machine could not run, and why."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        where = report.longrepr
        reason = where[2] if isinstance(where, tuple) else str(where)
        reasons[reason.removeprefix("Skipped: ")] += 1
    terminalreporter.section("what this machine could not run", sep="-")
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number} test{'s' if number > 1 else ''}: {reason}")
    if not reasons:
        terminalreporter.write_line("nothing: every test could be run")
