"""Teach a smaller pair model what the larger one makes of pairs: a third of its size and time.

    python training/distil.py --base FOLDER --teacher build/pair/state.pt --data ../shared/data --out build/small
    python training/pair.py weigh --features build/features.pkl --out build/small

The figures in the card are of 85 minutes with INNER at 2, then 27 with --start, --rate 1.5e-4 and INNER at 1.  Not shipped so far: as good as the larger one on invented debates, it reads real news two points less well (see the card).

The smaller network is cut out of the larger one: some of its layers, in each the feed-forward cells that matter most, and
word vectors of fewer dimensions.  It then learns from the larger one, which reads along: what each layer that is kept makes
of each word, and its judgement in shades (Hinton et al. 2015; Jiao et al., TinyBERT, 2020).  What both read: the pairs that
the larger one learnt from, these utterances beside other options, and the statements of real news (PolNeAR train) beside
options of the invented debates, of which nobody knows the right answer and the larger one need not, either.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
from corpora import Example, debates, document_of, utterances
from pair import (
    AXES,
    INPUTS,
    MASK,
    OUTPUTS,
    UTTERANCES,
    WILD,
    Pair,
    PairNetwork,
    batches,
    left_out,
    related,
    report,
    sided,
    tensors,
)
from weights import export, restore
from whipcount.coding.codebook import load
from whipcount.coding.encoder import Encoder
from whipcount.coding.pair import bare_wordings, wording_of
from whipcount.coding.wording import marked_passages, names_of
from whipcount.model import SpeakerKind, Statement, Voice

KEPT = (0, 2, 3, 5, 7)
"""Layers of the larger network that are kept."""
CELLS, RANK = 1024, 256
"""Feed-forward cells kept in each layer (of 3,072), and dimensions of the word vectors (of 768)."""
INNER = 2.0
"""Weight of what layers make of words, beside the judgement."""
SOFT = 2.0
"""Temperature at which the larger one's judgement is learnt."""


# ------------------------------------------------------------------ what to read
def likest(vectors: dict[str, np.ndarray], said: str, wordings: list[str], draw: random.Random) -> list[int]:
    """Two options that are like what was `said`, and any other."""
    order = sorted(range(len(wordings)), key=lambda i: -float(vectors[said] @ vectors[wordings[i]]))
    return list(dict.fromkeys([*order[:2], draw.choice(order)]))


def others(examples: list[Example], draw: random.Random) -> list[Pair]:
    """The utterances beside options that nobody coded them with."""
    texts = list(dict.fromkeys(t for e in examples for t in (e.content, *(words for words, _ in e.options.values()))))
    vectors = dict(zip(texts, Encoder(2).encode(texts), strict=True))
    pairs = []
    for e in examples:
        options = list(e.options.values())
        for i in likest(vectors, e.content, [words for words, _ in options], draw):
            pairs.append(Pair(e.passage, options[i][0], 1, -1, e.group))
            pairs.append(Pair(e.bare, options[i][1], -1, 0, e.group))
    return pairs


def news(data: Path, draw: random.Random) -> list[Pair]:
    """What people say in real news beside options of the invented debate that the text is likest to, or nearly."""
    encoder, pairs = Encoder(2), []
    books = [load(path) for path in sorted((data / "debates").glob("*.yaml"))]
    wordings, bare = [[wording_of(o) for o in book.options] for book in books], [bare_wordings(book) for book in books]
    known = [dict(zip(words, encoder.encode(words), strict=True)) for words in wordings]
    with gzip.open(data / "polnear" / "train.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for row in rows:
        document = document_of(row)
        said = [
            Statement(f"s{n}", _spans(a["content"]), _spans(a["source"]), "", SpeakerKind.PERSON, Voice.FIRST_HAND, ())
            for n, a in enumerate(row["attributions"])
            if a["content"]
        ]
        if not said:
            continue
        contents = [document.words(s.content) for s in said]
        vectors = dict(zip(contents, encoder.encode(contents), strict=True))
        middle = np.mean([vectors[c] for c in contents], axis=0)
        nearest = sorted(range(len(books)), key=lambda b: -max(float(middle @ v) for v in known[b].values()))[:4]
        book = draw.choice(nearest)
        kept, plain = marked_passages(document, said, names_of(books[book])), marked_passages(document, said)
        for content, passage, masked in zip(contents, kept, plain, strict=True):
            for i in likest(vectors | known[book], content, wordings[book], draw)[: draw.choice((1, 2))]:
                pairs.append(Pair(passage, wordings[book][i], 1, -1, "news"))
                pairs.append(Pair(masked, bare[book][i], -1, 0, "news"))
    return pairs


def _spans(spans: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(start), int(end)) for start, end in spans))


# ------------------------------------------------------------------ cutting
class Narrow(nn.Module):
    """Word vectors of RANK dimensions, spread to the network's width: the nearest to `whole` of that rank."""

    def __init__(self, whole: nn.Embedding) -> None:
        super().__init__()
        left, strength, right = torch.linalg.svd(whole.weight.detach(), full_matrices=False)
        root = strength[:RANK].sqrt()
        self.words = nn.Embedding.from_pretrained(left[:, :RANK] * root, freeze=False)
        self.spread = nn.Linear(RANK, whole.weight.shape[1], bias=False)
        self.spread.weight.data = (right[:RANK].T * root).contiguous()

    def forward(self, ids: Tensor) -> Tensor:
        return self.spread(self.words(ids))


def cells(teacher: PairNetwork, pairs: list[Pair]) -> list[Tensor]:
    """Per layer: its feed-forward cells by what they add, as a mean over the words of `pairs`, most first."""
    sums: list[Tensor] = [torch.zeros(layer.intermediate.dense.out_features) for layer in teacher.encoder.encoder.layer]

    def note(place: int) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(module: nn.Module, given: object, out: Tensor) -> None:
            sums[place] += out.abs().float().mean((0, 1))

        return hook

    hooks = [layer.intermediate.register_forward_hook(note(n)) for n, layer in enumerate(teacher.encoder.encoder.layer)]
    stream = batches(pairs, random.Random(1))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for _ in range(40):
            teacher(*tensors(next(stream)[1]))
    for hook in hooks:
        hook.remove()
    layers = teacher.encoder.encoder.layer
    return [(s * layer.output.dense.weight.norm(dim=0)).argsort(descending=True) for s, layer in zip(sums, layers, strict=True)]


def cut(teacher: PairNetwork, pairs: list[Pair]) -> PairNetwork:
    """The smaller network that is left of `teacher`."""
    order = cells(teacher, pairs)
    small = copy.deepcopy(teacher)
    small.encoder.encoder.layer = nn.ModuleList(small.encoder.encoder.layer[place] for place in KEPT)
    for place, layer in zip(KEPT, small.encoder.encoder.layer, strict=True):
        chosen = order[place][:CELLS].sort().values
        inner, outer = layer.intermediate.dense, layer.output.dense
        inner.weight = nn.Parameter(inner.weight.detach()[chosen].clone())
        inner.bias = nn.Parameter(inner.bias.detach()[chosen].clone())
        outer.weight = nn.Parameter(outer.weight.detach()[:, chosen].clone())
        inner.out_features = outer.in_features = CELLS
    small.encoder.embeddings.word_embeddings = Narrow(small.encoder.embeddings.word_embeddings)
    return small.requires_grad_(True)


# ------------------------------------------------------------------ teaching
def layers_of(model: PairNetwork, rows: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Scores, and what each layer makes of each word."""
    seen: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _, __, out: seen.append(out[0] if isinstance(out, tuple) else out))
        for layer in model.encoder.encoder.layer
    ]
    scores = model(*rows)
    for hook in hooks:
        hook.remove()
    return scores, seen


def shades(said: Tensor, taught: Tensor, about: bool) -> Tensor:
    """How far what is `said` is from what is `taught`, of a batch that asks one thing."""
    if about:
        return nn.functional.binary_cross_entropy_with_logits(said[:, 0], taught[:, 0].sigmoid())
    wanted = (taught[:, 1:] / SOFT).softmax(1)
    return SOFT * nn.functional.cross_entropy(said[:, 1:] / SOFT, wanted)


def teach(teacher: PairNetwork, small: PairNetwork, pairs: list[list[Pair]], minutes: float, rate: float, keep: Path) -> PairNetwork:
    """Train `small` on a batch of each of `pairs` in turn; the mean of the latest weights."""
    draw = random.Random(5)
    mean = AveragedModel(small, multi_avg_fn=get_ema_multi_avg_fn(0.99))
    optimizer = torch.optim.AdamW(small.parameters(), lr=rate, weight_decay=0.01)
    streams = [batches(one, draw) for one in pairs]
    steps, began, spent = 0, time.time(), 0.0
    small.train()
    teacher.eval()
    sums = [0.0, 0.0]
    while spent < 1:
        batch, rows = next(streams[steps % len(streams)])
        spent = (time.time() - began) / 60 / minutes
        for part in optimizer.param_groups:
            part["lr"] = rate * min(1.0, (steps + 1) / 100) * max(0.02, 1 - spent)
        ids, mask, kinds = tensors(rows)
        ids = ids.masked_fill((torch.rand(ids.shape) < 0.03) & (ids > 110), MASK)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                taught, theirs = layers_of(teacher, (ids, mask, kinds))
            said, mine = layers_of(small, (ids, mask, kinds))
        seen = mask.clamp(max=1)[:, :, None].float()
        inner = sum(
            ((own.float() - theirs[place].float()).pow(2) * seen).sum() / (theirs[place].float().pow(2) * seen).sum()
            for own, place in zip(mine, KEPT, strict=True)
        ) / len(KEPT)
        judged = shades(said.float(), taught.float(), batch[0].side < 0)
        loss = judged + INNER * inner
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(small.parameters(), 1.0)
        optimizer.step()
        steps += 1
        sums = [sums[0] + judged.item(), sums[1] + inner.item()]
        if steps % 5 == 0:
            mean.update_parameters(small)
        if steps % 100 == 0:
            print(f"step {steps}, judged {sums[0] / 100:.4f} inner {sums[1] / 100:.4f}, {60 * spent * minutes / steps:.2f} s each", flush=True)
            sums = [0.0, 0.0]
        if steps % 500 == 0:
            torch.save(mean.module.state_dict(), keep)
    torch.save(mean.module.state_dict(), keep)
    return mean.module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, default=Path("build/all-mpnet-base-v2"))
    parser.add_argument("--teacher", type=Path, required=True, help="state.pt of pair.py, or the int8 file made of it")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/small"))
    parser.add_argument("--start", type=Path, help="state.pt of a smaller one, to go on from")
    parser.add_argument("--minutes", type=float, default=85)
    parser.add_argument("--rate", type=float, default=2e-4)
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(5)
    options.out.mkdir(parents=True, exist_ok=True)
    teacher = PairNetwork(options.base)
    if options.teacher.suffix == ".onnx":
        restore(teacher, options.teacher)
    else:
        teacher.load_state_dict(torch.load(options.teacher))
    teacher.eval()
    examples = debates(options.data / "debates") + utterances(UTTERANCES)
    out = left_out({e.group for e in examples}, random.Random(5))
    (options.out / "left-out.json").write_text(json.dumps(sorted(g for g in out if "/" not in g)))
    mine, draw = [e for e in examples if e.group not in out], random.Random(7)
    held = [e for e in examples if e.group in out and "/" not in e.group]
    every = sided(mine) + related(mine, random.Random(7)) + others(mine, draw) + news(options.data, draw)
    asked = [[p for p in every if p.side < 0], [p for p in every if p.side >= 0]]
    print(f"{len(asked[0])} pairs to learn what is about what from, {len(asked[1])} to learn sides", flush=True)
    small = cut(teacher, asked[0])
    if options.start:
        small.load_state_dict(torch.load(options.start))
    small = teach(teacher, small, asked, options.minutes, options.rate, options.out / "state.pt")
    export(small, options.out / "pair.onnx", INPUTS, OUTPUTS, AXES, WILD)
    report("debates, larger", held, teacher)
    report("debates, smaller", held, small)


if __name__ == "__main__":
    main()
