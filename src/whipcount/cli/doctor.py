"""Whether everything that is needed is here and whole."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from whipcount.cli.output import CSV, JSON, say, show

FINE = ("ok", "optional")
"""States that are no fault."""


def doctor(
    record: Annotated[str | None, typer.Argument(metavar="[RECORD]", help="A record to check as well.")] = None,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Save what can be read of a damaged RECORD.")] = False,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="Where to; else RECORD.repaired.")] = None,
    json: JSON = False,
    csv: CSV = False,
) -> int:
    """Say what is installed, whether the models are the ones that were shipped, and whether a record is sound.

    The exit status is 1 if anything is wrong.  --repair writes all that can still be read of a damaged file into a new
    record, says what was saved, and leaves the file as it is.
    """
    if repair:
        return _repair(record, out, json=json, csv=csv)
    rows = [{"part": "whipcount", "state": "ok", "detail": importlib.metadata.version("whipcount")}]
    rows += _packages()
    rows += _models()
    if record is not None:
        rows += _record(record)
    show(["part", "state", "detail"], rows, json=json, csv=csv)
    return 0 if all(row["state"] in FINE for row in rows) else 1


def _repair(record: str | None, out: str | None, *, json: bool, csv: bool) -> int:
    from whipcount.errors import UsageError
    from whipcount.record.repair import repair

    if record is None or "://" in record:
        raise UsageError("--repair needs the path of a record; a database server has its own means (pg_restore)")
    target = Path(out or f"{record}.repaired")
    found = [{"table": row.table, "saved": row.saved, "lost": row.lost} for row in repair(Path(record), target)]
    show(["table", "saved", "lost"], found, json=json, csv=csv)
    say(f"{target}: made from what could be read of {record}")
    return 1 if any(row["lost"] for row in found) else 0


def _packages() -> list[dict[str, str]]:
    """The packages that whipcount says it needs, then those that only `--workers` needs."""
    rows = []
    for line in sorted(importlib.metadata.requires("whipcount") or (), key=lambda line: "extra ==" in line):
        name, extra = re.split(r"[^\w.-]", line, maxsplit=1)[0], "extra ==" in line
        try:
            rows.append({"part": name, "state": "ok", "detail": importlib.metadata.version(name)})
        except importlib.metadata.PackageNotFoundError:
            state, what = (
                ("optional", "not installed; see the README") if extra else ("missing", "install whipcount again")
            )
            rows.append({"part": name, "state": state, "detail": what})
    return rows


def _models() -> list[dict[str, str]]:
    from importlib.resources import files

    folder = Path(str(files("whipcount.knowledge"))) / "models"
    manifests = sorted(folder.glob("*/manifest.json"))
    if not manifests:
        return [{"part": "models", "state": "missing", "detail": f"{folder}: none; install whipcount again"}]
    return [*map(_model, manifests), _coder()]


def _coder() -> dict[str, str]:
    from whipcount.coding.coder import StatementCoder
    from whipcount.errors import ModelError

    try:
        coder = StatementCoder.load().coder
    except ModelError as error:
        return {"part": "model coding", "state": "damaged", "detail": str(error)}
    return {"part": "model coding", "state": "ok", "detail": f"{coder.name} {coder.version}"}


def _model(manifest: Path) -> dict[str, str]:
    part = f"model {manifest.parent.name}"
    try:
        card: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        digests: dict[str, str] = card.get("sha256", {})
        for name, digest in digests.items():
            if hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() != digest:
                return {
                    "part": part,
                    "state": "damaged",
                    "detail": f"{name} is not as shipped; install whipcount again",
                }
    except (OSError, ValueError, AttributeError) as error:
        return {"part": part, "state": "damaged", "detail": f"{error}; install whipcount again"}
    return {"part": part, "state": "ok", "detail": f"version {card.get('version')}, {len(digests)} files as shipped"}


def _record(path: str) -> list[dict[str, str]]:
    from whipcount.errors import RecordError
    from whipcount.record import Record

    try:
        with Record.open(path) as store:
            faults = store.check()
            detail = f"{len(store.documents())} documents, {len(store.entries())} statements"
    except RecordError as error:
        return [{"part": f"record {path}", "state": "damaged", "detail": str(error)}]
    found = [{"part": f"record {path}", "state": "unsound", "detail": fault} for fault in faults]
    return found or [{"part": f"record {path}", "state": "ok", "detail": detail}]
