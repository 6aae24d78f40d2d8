"""Which side a statement takes, by its wording: word sequences and polarity under negation, weighed by a small model.

The option is not looked at: how people commit, refuse, hedge or set terms is the same in every debate.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whipcount.coding.weighed import SIDES
from whipcount.coding.wording import Passage
from whipcount.errors import ModelError

Floats = NDArray[np.float32]

BUCKETS = 1 << 16
TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[?!,;:]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEXICON: dict[str, frozenset[str]] = {
    "yes": _words(
        "accept accepts accepted agree agrees agreed agreeing back backs backed backing support supports "
        "supported supporting favour favours favoured favor favors welcome welcomes welcomed welcoming "
        "approve approves approved endorse endorses endorsed endorsing commit commits committed pledge "
        "pledges pledged promise promises promised promising advocate advocates advocated urge urges urged "
        "urging demand demands demanded want wants wanted wish wishes propose proposes proposed hail hails "
        "hailed praise praises praised applaud applauded applauds defend defends defended need needs "
        "needed necessary ready willing right overdue must should join sign signs signed vote guarantee "
        "guarantees deliver yes aye consent consents offer offers offered champion champions recommend "
        "recommended insist insists insisted good fair sensible wise best better benefit progress hope "
        "hopes hoped glad gladly happy thanked thanks finally"
    ),
    "no": _words(
        "reject rejects rejected rejecting refuse refuses refused refusing refusal oppose opposes opposed "
        "opposing opposition object objects objected objection objections block blocks blocked blocking "
        "veto vetoed vetoes deny denies denied decline declines declined dismiss dismisses dismissed "
        "condemn condemns condemned criticise criticised criticises criticized warn warns warned fear "
        "fears feared doubt unacceptable impossible wrong mistake error folly dangerous danger threat ruin "
        "ruins bad worse worst illegal unlawful foolish absurd nonsense fantasy dead never exclude "
        "excludes excluded excluding resist resists resisted against abandon abandoned scrap scrapped "
        "withdraw withdrew abolish stop stops stopped cancel deplore deplored lament lamented protest "
        "protested anger angry insult blackmail betrayal theft robbery surrender trap poison disaster "
        "catastrophe shame scandal unfair useless pointless harm harmful damage kill kills pay cost costs "
        "burden price victims escalation aggression provocation intolerable inadmissible redundant"
    ),
    "negation": _words(
        "not no never neither nor none nothing nobody without hardly cannot don't doesn't didn't won't "
        "wouldn't can't couldn't isn't aren't wasn't weren't shan't shouldn't haven't hasn't hadn't "
        "needn't mustn't scarcely little few"
    ),
    "terms": _words(
        "if unless provided providing condition conditions conditional once until only depends depend "
        "hinges exchange return contingent subject unlocks first before tied long after without were"
    ),
    "open": _words(
        "may might could perhaps maybe possibly consider considers considered considering study studies "
        "studying examine weigh weighs weighing whether undecided open options discuss discussed "
        "discussing explore exploring interested interest premature early yet wait waits waiting doubt "
        "doubts unclear look looking talk talks think thinking hesitate hesitated hesitant cautious "
        "caution reserve reserved reserves evaded mind listen know imagine"
    ),
    "report": _words(
        "expects expected expect forecast estimated estimates explained noted pointed recalled described "
        "added counted reckoned predicted predicts calculated scheduled tuesday monday wednesday thursday "
        "friday percent votes majority"
    ),
    "future": _words("will shall would won't 'll going"),
    "own": _words("we our us i my ours"),
    "past": _words("had was were used former formerly once earlier"),
}
NEGATED = 4
"""Words after a negation within which it turns a word of the lists around."""

COUNTS = 2 * len(LEXICON) + 7


def tokens(text: str) -> list[str]:
    """Lower-case words and the punctuation that bears on stance."""
    return [match.group().lower().replace("’", "'") for match in TOKEN.finditer(text)]


def _grams(passage: Passage) -> Iterator[str]:
    for part, text in (("c", passage.plain), ("q", passage.cue), ("f", passage.frame)):
        words = ["<", *tokens(text), ">"]
        for size in (1, 2, 3):
            for start in range(len(words) - size + 1):
                gram = "_".join(words[start : start + size])
                yield f"{part}:{gram}"
                if size < 3:
                    yield f"*:{gram}"


def polarity(words: Sequence[str]) -> tuple[int, int]:
    """How many words of approval and of rejection, each turned around within reach of a negation."""
    yes = no = 0
    since = NEGATED + 1
    for word in words:
        if word in LEXICON["negation"]:
            since = 0
            continue
        since = NEGATED + 1 if word in ",;:?!" else since + 1
        turned = since <= NEGATED
        if word in LEXICON["yes"]:
            yes, no = yes + (not turned), no + turned
        elif word in LEXICON["no"]:
            yes, no = yes + turned, no + (not turned)
    return yes, no


def _counts(passage: Passage) -> list[float]:
    content, frame = tokens(passage.plain), tokens(passage.frame)
    values: list[float] = []
    for words in (content, frame):
        seen = Counter(words)
        values += [math.log1p(sum(seen[w] for w in listed if w in seen)) for listed in LEXICON.values()]
    for words in (content, frame):
        yes, no = polarity(words)
        values += [math.log1p(yes), math.log1p(no), float(np.sign(yes - no))]
    return [*values, float("?" in passage.plain)]


def wording(passages: Sequence[Passage]) -> list[tuple[NDArray[np.int64], Floats, Floats]]:
    """Per passage: buckets of its word sequences, their weights (roots of counts), and the counts of the lists."""
    result = []
    for passage in passages:
        counts = Counter(zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(passage))
        buckets = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = np.sqrt(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        result.append((buckets, weights.astype(np.float32), np.array(_counts(passage), dtype=np.float32)))
    return result


class StanceModel:
    """Multinomial logistic regression over hashed word sequences and counts of word lists.

    ModelError if the weights are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "stance.npz"
        try:
            with np.load(path, allow_pickle=False) as held:
                self.rarity: Floats = held["rarity"]
                self.grams: Floats = held["grams"].astype(np.float32)
                self.counts: Floats = held["counts"]
                self.bias: Floats = held["bias"]
        except (OSError, ValueError, KeyError):
            raise ModelError(f"{path.name} of the coder is missing or damaged: install whipcount again") from None

    def probabilities(self, passages: Sequence[Passage]) -> Floats:
        """(n, 5) probabilities of `SIDES`."""
        out = np.zeros((len(passages), len(SIDES)), dtype=np.float32)
        for row, (buckets, weights, counts) in enumerate(wording(passages)):
            weighed = weights * self.rarity[buckets]
            weighed /= max(float(np.linalg.norm(weighed)), 1e-9)
            logits = weighed @ self.grams[buckets] + counts @ self.counts + self.bias
            exp = np.exp(logits - logits.max())
            out[row] = exp / exp.sum()
        return out
