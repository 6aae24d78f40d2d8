"""Fifteen questions about five articles, each asked of a record by a command: the command, its answer, right or not.

    python benchmarks/questions.py [--record FILE]      reads the articles first unless a record is given

An answer is right if it has every item of the reference answer and, where the question asks who, nobody else.  Nothing
is done with the output of a command but to pick fields of its rows, as one would read them off the table.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared import SHARED

Rows = list[dict[str, Any]]
DOCUMENT = {"A": "000_a76a9e96f6cac84f", "B": "002_78a329fc5592ecdc", "C": "003_0122699b92674fcc"}


def actors(*stances: str) -> Callable[[Rows], list[str]]:
    """The actors whose stance is one of these."""
    return lambda rows: sorted({str(row["actor"]) for row in rows if row["stance"] in stances and row["actor"]})


def cells(*fields: str, **wanted: str) -> Callable[[Rows], list[str]]:
    """These fields of every row in which the wanted ones match, as one text a row."""

    def pick(rows: Rows) -> list[str]:
        found = [r for r in rows if all(re.search(p, str(r.get(f) or "")) for f, p in wanted.items())]
        return list(dict.fromkeys(" | ".join(_text(row.get(field)) for field in fields) for row in found))

    return pick


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")


@dataclass(frozen=True)
class Ask:
    """A question as a command: its arguments, what to read off its rows, and a pattern for each item of the answer."""

    command: str
    read: Callable[[Rows], list[str]]
    items: tuple[str, ...]
    who: bool = False


ASKED = {
    "q01": Ask(
        "statements --option contribute-own-troops --document A --voice narrated",
        actors("support"),
        ("^France$", "^United Kingdom$", "^Canada$", "^Australia$", "^Sweden$"),
        who=True,
    ),
    "q02": Ask(
        "statements --actor Italy --document A",
        cells("option", "stance", "conditions", "condition_text", speaker="Tajani"),
        (
            r"un-mandated-peacekeeping \| (support|conditional)",
            "buffer zone",
            "approval of the UN Security Council",
            "end the war first",
        ),
    ),
    "q03": Ask(
        "statements --option deploy-troops-postwar --document A --voice narrated",
        actors("oppose"),
        ("^Slovakia$", "^Finland$", "^Croatia$"),
        who=True,
    ),
    "q04": Ask(
        "statements --actor Russia --document A",
        cells("option", "stance", speaker="Grushko"),
        (
            r"eu-collective-deployment \| oppose",
            r"troops-under-nato-flag \| oppose",
            r"deploy-troops-postwar \| oppose",
            r"unarmed-observers-civilian-mission \| (undecided|support)",
        ),
    ),
    "q05": Ask(
        "statements --actor Hungary --document A",
        cells("actor", "stance", "speaker", option="eu-aid-package|continue-arms-support"),
        (r"Hungary \| oppose", "Péter Szijjártó"),
    ),
    "q06": Ask(
        "statements --actor Russia --option ceasefire-temporary --document A",
        cells("stance", "conditions", "condition_text"),
        ("(?i)monitoring", "(?i)mobili[sz]", "(?i)military (assistance|aid)"),
    ),
    "q07": Ask(
        "statements --option contribute-own-troops --actor 'United Kingdom' --document A",
        cells("voice", "speaker", "chain", voice="ascribed|unnamed"),
        (r"(ascribed|unnamed).*The Times",),
    ),
    "q08": Ask(
        "statements --option eu-collective-deployment --document A",
        cells("speaker", "actor", "words", actor="European"),
        ("Anitt?a Hipper", "(?i)member states"),
    ),
    "q09": Ask(
        "statements --option troops-under-nato-flag --document B",
        cells("words"),
        ("(?i)consensus", "(?i)undesirable"),
    ),
    "q10": Ask(
        "statements --actor Ukraine --document B",
        cells("option", "stance", "condition_text", "words", speaker="Zelensk"),
        (r"deploy-troops-postwar \| (support|conditional).*clear path to NATO", "not replace"),
    ),
    "q11": Ask(
        "statements --option nato-membership-ukraine --document B",
        actors("oppose"),
        ("^United States$", "^Germany$", "^Hungary$"),
        who=True,
    ),
    "q12": Ask(
        "statements --option deploy-troops-postwar --document B",
        cells("actor", "stance", actor="(?i)trump|united states"),
        (r"\| undecided$",),
    ),
    "q13": Ask(
        "statements --document C",
        cells("speaker", "actor", "words", words="(?i)(position|wording|respect)"),
        (r"Sch[oö]e?nbach \| \|", r"(Ministry of Defen[cs]e|defen[cs]e ministry).*Germany's position"),
    ),
    "q14": Ask(
        "statements --option evacuate-embassy-families --document C",
        cells("actor", "stance"),
        (r"United States \| support", r"United Kingdom \| support", r"European Union \| oppose"),
    ),
    "q15": Ask(
        "statements --option sanctions-on-russia --document C",
        cells("speaker", "stance", "condition_text", "words"),
        (r"Biden \| conditional.*invades Ukraine", r"Dmitry Peskov \| oppose", "politically destructive"),
    ),
}


def whipcount(*arguments: str) -> str:
    """Standard output of a command."""
    command = [str(Path(sys.executable).parent / "whipcount"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def judged(ask: Ask, answer: list[str]) -> tuple[int, int, bool]:
    """Items of the reference found, answers too many, and whether it is right."""
    found = sum(any(re.search(item, one) for one in answer) for item in ask.items)
    more = sum(not any(re.search(item, one) for item in ask.items) for one in answer) if ask.who else 0
    return found, more, found == len(ask.items) and not more


def main() -> None:
    """Ask every question and print what came out, or say what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record")
    record = parser.parse_args().record
    data = SHARED / "data" / "security-guarantees"
    if not data.exists():
        print(f"questions: skipped, {data} is not there")
        return
    questions = {q["id"]: q for q in json.loads((data / "questions.json").read_text(encoding="utf-8"))["questions"]}
    with tempfile.TemporaryDirectory() as folder:
        if record is None:
            record = str(Path(folder) / "questions.whip")
            whipcount("read", str(data / "articles"), "--codebook", str(data / "codebook.yaml"), "--record", record)
        right = 0
        for id, ask in ASKED.items():
            name, *rest = re.findall(r"'[^']*'|\S+", ask.command)
            arguments = [DOCUMENT.get(a, a.strip("'")) for a in rest]
            answer = [" ".join(one.split()) for one in ask.read(json.loads(whipcount(name, record, *arguments, "--json")))]
            found, more, good = judged(ask, answer)
            right += good
            print(f"\n{id} {'RIGHT' if good else 'wrong'} ({found} of {len(ask.items)} items, {more} too many)")
            print(f"   {questions[id]['question']}\n   whipcount {name} RECORD {' '.join(arguments)} --json")
            print(f"   reference: {questions[id]['answer']}")
            for one in answer[:8] or ["nothing"]:
                print(f"   - {one[:200]}")
    print(f"\n{right} of {len(ASKED)} questions right")


if __name__ == "__main__":
    main()
