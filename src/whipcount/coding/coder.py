"""Statement -> coded Statements for a codebook never seen before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from whipcount.coding.conditions import clauses, matched, repeats
from whipcount.coding.consistency import consistent
from whipcount.coding.encoder import DIMENSIONS, Encoder, Vectors
from whipcount.coding.options import VIEWS, OptionModel, OptionSpace, features
from whipcount.coding.pair import PairModel, bare_wordings, wording_of
from whipcount.coding.weighed import SIDES, lean_of, weighed
from whipcount.coding.wording import Names, Passage, marked_passages, names_of, passages
from whipcount.model import Codebook, Coder, Document, Stance, Statement

MODELS = Path(__file__).parent.parent / "knowledge" / "models" / "coding"
VERSION = "4"
SUGGESTED = 0.2
"""Probability from which an option that is not taken is worth a stance, for whoever reviews."""
UNREAD = np.zeros(len(SIDES), dtype=np.float32)


def look(document: Document, passages: Sequence[Passage], codebook: Codebook, encoder: Encoder) -> Vectors:
    """(n, VIEWS, 384): each passage's content, sentence, two sentences before, the title, and the mean of the text."""
    title = Names(document.text).mask(document.title or "", names_of(codebook))
    texts: dict[str, int] = {}
    for passage in passages:
        for text in (passage.content, passage.sentence, *passage.before, title):
            if text.strip():
                texts.setdefault(text, len(texts))
    vectors = encoder.encode(list(texts))
    result = np.zeros((len(passages), VIEWS, DIMENSIONS), dtype=np.float32)
    for row, passage in enumerate(passages):
        before = passage.before[::-1]
        for view, text in enumerate((passage.content, passage.sentence, *before, *[""] * (2 - len(before)), title)):
            if text in texts:
                result[row, view] = vectors[texts[text]]
    if len(passages):
        mean = result[:, 1].mean(axis=0)
        result[:, 5] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return result


@dataclass(frozen=True, slots=True)
class Judged:
    """What the models say of utterances, whoever speaks.

    about   (n, options) probability that each is about each option;  taken  the options that each is coded with
    sides   probabilities of `SIDES` by utterance and option
    """

    about: Vectors
    taken: list[list[int]]
    sides: dict[tuple[int, int], Vectors]


class StatementCoder:
    """Codes option, stance and conditions of statements for any codebook.

    `coder` says who coded.  The codebook's vectors are kept as long as the coder is used with the same codebook.
    """

    coder = Coder("pairs", VERSION)

    def __init__(self, folder: Path = MODELS, threads: int = 1) -> None:
        self._options = OptionModel(folder)
        self._encoder = Encoder(threads)
        self._pairs = PairModel(folder, threads)
        self._space: tuple[Codebook, OptionSpace] | None = None

    @classmethod
    def load(cls, folder: Path = MODELS, threads: int = 1) -> StatementCoder:
        """The coder whose weights are in `folder`; ModelError if they are missing or damaged."""
        return cls(folder, threads)

    def _options_of(self, codebook: Codebook) -> OptionSpace:
        if self._space is None or self._space[0] != codebook:
            self._space = (codebook, OptionSpace(codebook, self._encoder))
        return self._space[1]

    def code(self, document: Document, statements: Sequence[Statement], codebook: Codebook) -> list[Statement]:
        """One statement per option that each of `statements` (an utterance of one actor) is about, ids `s1`, `s2`, ...

        A statement about none of the options is kept once, without option and stance.  Confidence is the incoming one
        times the probabilities of option and stance.  Of speakers and actors nothing is looked at but who is the same as whom.
        """
        if not statements:
            return []
        alike: dict[tuple[object, ...], int] = {}
        for statement in statements:
            alike.setdefault(_words(statement), len(alike))
        first = {_words(statement): statement for statement in reversed(statements)}
        judged = self._judged(document, [first[words] for words in alike], codebook)
        rows = [alike[_words(statement)] for statement in statements]
        sides = self._heard(statements, rows, judged)
        coded: list[Statement] = []
        for number, (statement, row) in enumerate(zip(statements, rows, strict=True)):
            about = judged.about[row]
            for i in judged.taken[row]:
                one = self._coded(document, statement, codebook, i, float(about[i]), sides[number, i])
                coded.append(replace(one, weighed=weighed(codebook, about.tolist(), sides[number, i].tolist())))
            if not judged.taken[row]:
                coded.append(_bare(statement, codebook, about, judged.sides.get((row, int(about.argmax())), UNREAD)))
        return [replace(statement, id=f"s{number}") for number, statement in enumerate(coded, 1)]

    def _judged(self, document: Document, utterances: Sequence[Statement], codebook: Codebook) -> Judged:
        seen = passages(document, utterances, codebook)
        space = self._options_of(codebook)
        values = features(space, seen, look(document, seen, codebook, self._encoder))
        likely = self._options.probabilities(values, space.terse)
        wordings = [wording_of(option) for option in codebook.options]
        about = self._pairs.about(marked_passages(document, utterances, names_of(codebook)), wordings, likely)
        taken = [self._pairs.choose(row) if one.content else [] for row, one in zip(about, utterances, strict=True)]
        return Judged(about, taken, self._sides(document, utterances, codebook, about, taken))

    def _heard(
        self, statements: Sequence[Statement], rows: Sequence[int], judged: Judged
    ) -> dict[tuple[int, int], Vectors]:
        """Probabilities of `SIDES` by statement and option taken, an actor's other statements on the option heard as well."""
        places = [(number, row, i) for number, row in enumerate(rows) for i in judged.taken[row]]
        groups = [(actor, i) if (actor := statements[number].speaks_for) else None for number, _, i in places]
        own = np.array([judged.sides[row, i] for _, row, i in places], dtype=np.float32).reshape(-1, len(SIDES))
        heard = consistent(own, groups, self._pairs.consistency)
        return {(number, i): one for (number, _, i), one in zip(places, heard, strict=True)}

    def _sides(
        self,
        document: Document,
        statements: Sequence[Statement],
        codebook: Codebook,
        about: Vectors,
        taken: list[list[int]],
    ) -> dict[tuple[int, int], Vectors]:
        """Probabilities of `SIDES` by statement and option: of those taken, or of the likeliest where that is worth a look."""
        bare, wordings = marked_passages(document, statements), bare_wordings(codebook)
        likeliest = [[int(row.argmax())] if row.max() > SUGGESTED else [] for row in about]
        places = [(row, i) for row in range(len(bare)) if bare[row] for i in taken[row] or likeliest[row]]
        read = self._pairs.sides([(bare[row], wordings[i]) for row, i in places])
        return dict(zip(places, read, strict=True))

    def _coded(
        self, document: Document, statement: Statement, codebook: Codebook, index: int, sure: float, sides: Vectors
    ) -> Statement:
        option = codebook.options[index]
        side = int(np.argmax(sides))
        stance = SIDES[side]
        terms = clauses(document, statement) if stance is Stance.CONDITIONAL else []
        if stance is Stance.CONDITIONAL and terms and all(repeats(document.text[s:e], option) for s, e in terms):
            others = [place for place in range(len(SIDES)) if SIDES[place] is not Stance.CONDITIONAL]
            side = max(others, key=lambda place: float(sides[place]))
            stance = SIDES[side]
        texts = [document.text[start:end] for start, end in terms]
        said = document.words(statement.content)
        named = matched(texts, said, codebook, option.id, self._encoder) if stance is Stance.CONDITIONAL else []
        return replace(
            statement,
            option=option.id,
            stance=stance,
            lean=lean_of(stance, sides.tolist()),
            conditions=tuple(named),
            condition_text=tuple(texts),
            confidence=_rounded(statement.confidence * sure * float(sides[side])),
            rationale=tuple(sorted({*statement.cue, *(terms or statement.content)})),
        )


def _words(statement: Statement) -> tuple[object, ...]:
    """What makes two statements one utterance, of two actors."""
    return statement.content, statement.source, statement.cue


def _bare(statement: Statement, codebook: Codebook, about: Vectors, sides: Vectors) -> Statement:
    """The statement about none of the options."""
    sure = float(1 - about.max()) if statement.content else 1.0
    return replace(
        statement,
        option=None,
        stance=None,
        lean=None,
        conditions=(),
        condition_text=(),
        confidence=_rounded(statement.confidence * sure),
        weighed=weighed(codebook, about.tolist(), sides.tolist()) if statement.content else {},
    )


def _rounded(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)
