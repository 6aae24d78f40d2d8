"""The house rules that a machine can check: style, types, and which room may know which."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


CHECKERS = [("ruff", "check", "-q", "."), ("mypy", "--no-error-summary"), ("lint-imports",)]


@pytest.mark.parametrize("command", CHECKERS, ids=lambda command: command[0])
def test_the_checkers_pass(command: tuple[str, ...]) -> None:
    run = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]


def test_every_command_in_the_readme_exists() -> None:
    told = set(re.findall(r"^whipcount (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    helped = subprocess.run([BIN / "whipcount", "--help"], capture_output=True, text=True, check=True).stdout
    assert told and all(re.search(rf"^│ {command} ", helped, re.MULTILINE) for command in told), told
