"""Learning from review: what people judged in a debate moves the coder of that debate, as far as it justifies.

Two small heads stand on the probabilities of the coder that is there and on frozen sentence vectors: logistic
regressions whose offset is that coder's own logit and whose other weights are held towards zero by a Gaussian prior.
With no lesson they repeat its probabilities; every lesson moves statements like it.  Names are masked in what they see, and
neither actors nor outlets are features, so that nobody's side is learnt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from whipcount.coding.conditions import clauses, matched
from whipcount.coding.encoder import DIMENSIONS, Encoder, Vectors
from whipcount.coding.weighed import LEAST, OPTION, SIDES, STANCE, lean_of, weighed
from whipcount.coding.wording import passages
from whipcount.model import Codebook, Document, Spans, Stance, Statement

Array = NDArray[np.float64]

STIFF, STIFF_BIAS, STIFF_SCALE = 0.3, 1.0, 8.0
"""Precisions of the priors: of the weights of a vector, of a bias, of how far the coder's own logit is scaled."""
FLOOR = LEAST / 2
"""Probability taken where a coder kept none."""
FIRST, FURTHER = 0.3, 0.5
"""Probabilities from which an option is taken, alone and beside another.  The best threshold for F1 is half of the F1
that can be had (Lipton, Elkan and Naryanaswamy 2014), here about 0.6."""
OPTION_SIDE = 0.5
"""Length of an option's own direction beside the unit vector of the words, for stances."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What people made of one utterance.

    statement  as the coder that is there coded it, `weighed` with it
    taken      the options it is about, each with its stance (None: no side)
    open       further options that were suggested for it and that nobody judged
    before     the options and stances that the coder that is there had given it
    """

    document: Document
    statement: Statement
    taken: Mapping[str, Stance | None]
    open: frozenset[str] = frozenset()
    before: Mapping[str, Stance | None] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The lesson as a record keeps it."""
        return {
            "document": self.document.sha256,
            "content": [list(span) for span in self.statement.content],
            "taken": {option: stance and str(stance) for option, stance in sorted(self.taken.items())},
            "open": sorted(self.open),
        }


def digest(lessons: Sequence[Lesson]) -> str:
    """SHA-256 of lessons, whatever their order."""
    lines = sorted(json.dumps(lesson.plain(), sort_keys=True) for lesson in lessons)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Remembering(Encoder):
    """An encoder that encodes each text once, for coders that are taught the same lessons again and again."""

    def __init__(self, threads: int = 0) -> None:
        super().__init__(threads)
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Encoder.encode`."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= dict(zip(new, super().encode(new), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)


class Taught:
    """A coder that was taught: codes statements anew that another coder coded.  `version` names what it was taught."""

    def __init__(self, lessons: Sequence[Lesson], codebook: Codebook, encoder: Encoder) -> None:
        self.codebook = codebook
        self.version = f"taught {len(lessons)} ({digest(lessons)[:8]})"
        self._encoder = encoder
        self._place = {option.id: place for place, option in enumerate(codebook.options)}
        self._fit(lessons)

    def _fit(self, lessons: Sequence[Lesson]) -> None:
        words = np.concatenate(
            [self._words(lesson.document, [lesson.statement]) for lesson in lessons]
            or [np.zeros((0, DIMENSIONS))]
        )  # fmt: skip
        self._centre = words.mean(axis=0) if len(words) else np.zeros(DIMENSIONS)
        words = words - self._centre
        about = np.array([[_logit(self._base(lesson.statement, o)) for o in self._place] for lesson in lessons])
        right = np.array([[o in lesson.taken for o in self._place] for lesson in lessons], dtype=float)
        known = np.array([[o in lesson.taken or o not in lesson.open for o in self._place] for lesson in lessons])
        untaught = (1.0, np.zeros((len(self._place), DIMENSIONS)), np.zeros(len(self._place)))
        self._option = _fit_options(words, about, right, known.astype(float)) if lessons else untaught
        rows, base, side = [], [], []
        for place, lesson in enumerate(lessons):
            for option, stance in lesson.taken.items():
                if option in self._place:
                    rows.append(self._sided(words[place], option))
                    base.append(_sides(lesson.statement.weighed))
                    side.append(SIDES.index(stance))
        self._side = _fit_stances(np.array(rows), np.log(np.array(base)), np.array(side, dtype=int)) if rows else None

    @staticmethod
    def _base(statement: Statement, option: str) -> float:
        return statement.weighed.get(OPTION + option, FLOOR)

    def _words(self, document: Document, statements: Sequence[Statement]) -> Array:
        """(n, 384): per statement the unit vector of its words and, half as heavy, of the sentences they stand in."""
        seen = passages(document, statements, self.codebook)
        texts = list(dict.fromkeys(text for p in seen for text in (p.content, p.sentence) if text.strip()))
        vectors = dict(zip(texts, self._encoder.encode(texts).astype(np.float64), strict=True)) if texts else {}
        nothing = np.zeros(DIMENSIONS)
        both = [vectors.get(p.content, nothing) + vectors.get(p.sentence, nothing) / 2 for p in seen]
        return np.array([v / max(float(np.linalg.norm(v)), 1e-9) for v in both]).reshape(len(seen), DIMENSIONS)

    def _sided(self, words: Array, option: str) -> Array:
        own = np.zeros(len(self._place))
        own[self._place[option]] = OPTION_SIDE
        return np.concatenate([words, own])

    def code(self, document: Document, statements: Sequence[Statement]) -> list[Statement]:
        """The statements coded anew, ids `s1`, `s2`, ...; who speaks, for whom and where stays as it was."""
        groups: dict[tuple[object, ...], list[Statement]] = {}
        for s in statements:
            groups.setdefault((s.content, s.source, s.cue, s.speaks_for, s.speaker, s.attribution), []).append(s)
        words = self._words(document, [group[0] for group in groups.values()]) - self._centre
        coded: list[Statement] = []
        for row, group in zip(words, groups.values(), strict=True):
            coded += self._one(document, row, group) if group[0].weighed else group
        return [replace(statement, id=f"s{number}") for number, statement in enumerate(coded, 1)]

    def _one(self, document: Document, words: Array, group: Sequence[Statement]) -> list[Statement]:
        first, by_option = group[0], {s.option: s for s in group}
        scale, weights, bias = self._option
        logits = np.array([_logit(self._base(first, option)) for option in self._place])
        about = 1 / (1 + np.exp(-(scale * logits + weights @ words + bias)))
        order = [int(place) for place in np.argsort(-about, kind="stable")]
        taken = [place for rank, place in enumerate(order) if about[place] > (FURTHER if rank else FIRST)]
        sure = min(first.confidence / max(_certainty(first), 1e-6), 1.0)
        found = []
        for place in taken or order[:1]:
            option = self.codebook.options[place].id
            before = by_option.get(option, first)
            sides = self._sides_of(words, option, before)
            kept = replace(before, weighed=weighed(self.codebook, about.tolist(), sides.tolist()))
            if not taken:
                bare = replace(kept, option=None, stance=None, lean=None, conditions=(), condition_text=())
                return [replace(bare, confidence=round(sure * float(1 - about.max()), 4))]
            side = int(sides.argmax())
            confidence = round(sure * float(about[place] * sides[side]), 4)
            kept = replace(kept, option=option, confidence=confidence)
            unchanged = before.option == option and before.stance == SIDES[side]
            found.append(kept if unchanged else self._turned(document, kept, SIDES[side], sides))
        return found

    def _sides_of(self, words: Array, option: str, statement: Statement) -> Array:
        base = _sides(statement.weighed)
        if self._side is None:
            return base
        scale, weights, bias = self._side
        logits = scale * np.log(base) + weights @ self._sided(words, option) + bias
        return np.asarray(_softmax(logits[None])[0])

    def _turned(self, document: Document, statement: Statement, stance: Stance | None, sides: Array) -> Statement:
        terms = clauses(document, statement) if stance is Stance.CONDITIONAL else []
        texts = [document.text[start:end] for start, end in terms]
        said, option = document.words(statement.content), statement.option or ""
        named = matched(texts, said, self.codebook, option, self._encoder) if stance is Stance.CONDITIONAL else []
        return replace(
            statement,
            stance=stance,
            lean=lean_of(stance, sides.tolist()),
            conditions=tuple(named),
            condition_text=tuple(texts),
            rationale=tuple(sorted({*statement.cue, *(terms or statement.content)})),
        )


def benefit(lessons: Sequence[Lesson], codebook: Codebook, encoder: Encoder, folds: int = 5) -> tuple[float, float]:
    """Share of lessons whose options and stances come out right, before and after teaching.

    Each is coded by a coder taught the lessons of the other folds only; one document's lessons are in one fold.
    """
    names = sorted({lesson.document.sha256 for lesson in lessons})
    if len(names) < folds:  # too few documents to tell them apart by
        names = sorted({_name(lesson) for lesson in lessons})
    fold = {name: place % folds for place, name in enumerate(names)}
    before = after = 0
    for part in range(folds):
        out = [lesson for lesson in lessons if fold.get(lesson.document.sha256, fold.get(_name(lesson))) == part]
        if not out:
            continue
        taught = Taught([lesson for lesson in lessons if lesson not in out], codebook, encoder)
        for lesson in out:
            coded = {s.option: s.stance for s in taught.code(lesson.document, [lesson.statement]) if s.option}
            before += _right(lesson, lesson.before)
            after += _right(lesson, coded)
    return before / max(len(lessons), 1), after / max(len(lessons), 1)


def _right(lesson: Lesson, coded: Mapping[str, Stance | None]) -> bool:
    held = {option: stance for option, stance in coded.items() if option in lesson.taken or option not in lesson.open}
    return held == dict(lesson.taken)


def _name(lesson: Lesson) -> str:
    return f"{lesson.document.sha256}{lesson.statement.content}"


def _certainty(statement: Statement) -> float:
    """The probabilities of a statement's own option and stance, multiplied."""
    sure = statement.weighed.get(OPTION + (statement.option or ""), 1.0)
    return sure * (statement.weighed.get(STANCE + (statement.stance or ""), 1.0) if statement.option else 1.0)


def _sides(given: Mapping[str, float]) -> Array:
    found = np.array([max(given.get(STANCE + (side or ""), FLOOR), FLOOR) for side in SIDES])
    return np.asarray(found / found.sum())


def _logit(p: float) -> float:
    p = min(max(p, FLOOR), 1 - FLOOR)
    return float(np.log(p / (1 - p)))


def _softmax(logits: Array) -> Array:
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True))


Head = tuple[float, Array, Array]
"""How far the coder's own logit is scaled, the weights (classes, features), the biases (classes)."""


def _fit_options(words: Array, base: Array, right: Array, known: Array) -> Head:
    """Maximum a posteriori of independent logistic regressions that share the scale of `base` (n, options)."""

    def loss(scale: float, weights: Array, bias: Array) -> tuple[float, Array]:
        logits = scale * base + words @ weights.T + bias
        cost = float((known * (np.logaddexp(0, logits) - right * logits)).sum())
        return cost, known * (1 / (1 + np.exp(-logits)) - right)

    return _fitted(loss, words, base)


def _fit_stances(words: Array, base: Array, side: NDArray[np.int64]) -> Head:
    """Maximum a posteriori of a multinomial logistic regression with `base` (n, 5) scaled as its offset."""
    right = np.eye(len(SIDES))[side]

    def loss(scale: float, weights: Array, bias: Array) -> tuple[float, Array]:
        held = _softmax(scale * base + words @ weights.T + bias)
        return -float((right * np.log(np.maximum(held, 1e-12))).sum()), held - right

    return _fitted(loss, words, base)


def _fitted(loss: Any, words: Array, base: Array) -> Head:
    classes, size = base.shape[1], words.shape[1]

    def parts(flat: Array) -> Head:
        return float(flat[0]), flat[1 : 1 + classes * size].reshape(classes, size), flat[1 + classes * size :]

    def objective(flat: Array) -> tuple[float, Array]:
        scale, weights, bias = parts(flat)
        cost, slope = loss(scale, weights, bias)
        cost += (STIFF * (weights**2).sum() + STIFF_BIAS * (bias**2).sum() + STIFF_SCALE * (scale - 1) ** 2) / 2
        gradient = [
            [(slope * base).sum() + STIFF_SCALE * (scale - 1)],
            (slope.T @ words + STIFF * weights).ravel(),
            slope.sum(axis=0) + STIFF_BIAS * bias,
        ]
        return cost, np.concatenate(gradient)

    start = np.concatenate([[1.0], np.zeros(classes * (size + 1))])
    return parts(minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x)


def overlap(left: Spans, right: Spans) -> int:
    """Characters that two contents share."""
    return sum(max(0, min(e, f) - max(s, t)) for s, e in left for t, f in right)
