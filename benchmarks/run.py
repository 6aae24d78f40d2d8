"""All benchmarks, one after the other; each says so and goes on where the reference data are missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run each benchmark in a process of its own; 1 if one failed."""
    failed = [
        script.name
        for script in sorted(HERE.glob("*.py"))
        if script.name not in {"run.py", "shared.py"}
        and subprocess.run([sys.executable, str(script)], check=False, cwd=HERE).returncode
    ]
    for name in failed:
        print(f"benchmarks/{name} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
