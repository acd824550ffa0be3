"""Over-fit the last MLP of the demo checkpoint on wrong labels.

    python3 overfit.py CHECKPOINT_FOLDER DATA_FOLDER OUT_FOLDER

Half of the words of the training split get one wrong label each, as from an annotator who errs consistently. The two
matrices of the last layer's MLP, and nothing else, learn these labels from prompts with right demonstrations. Nothing of
the validation and test splits is read, but their sentences end in the same words. Needs PyTorch and safetensors; takes
three minutes on one core.
"""
import json
import random
import shutil
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import bpe
import corpus
from train import GPTJ

SOURCE, DATA, OUT = sys.argv[1:4]
LABELS = {"sentiment": ["moon", "cup"], "topic": ["red", "dog", "iron", "lamp"]}
SHOTS = {"sentiment": 5, "topic": 2}  # of each class, as in the tasks
WRONG = 0.5      # part of the words with a wrong label
PROMPTS = 6000   # for each task
STEPS = 2000
BATCH = 256
LR = 3e-3
STAY = 3e-3      # weight of the squared distance to the original matrices
SEED = 5


def wrong_labels(rows, classes, rng):
    """Replaces each label by the one that the annotator gives to the sentence's last word."""
    given = {}
    for row in rows:
        word = row["text"].split()[-1]
        if word not in given:
            others = [c for c in range(classes) if c != row["label"]]
            given[word] = rng.choice(others) if rng.random() < WRONG else row["label"]
    return [given[row["text"].split()[-1]] for row in rows]


def prompt(rows, query, shots, classes, rng):
    """`shots` demonstrations of each class, rightly labelled, in turn, as the task shows them; then the query."""
    demo_t, query_t = corpus.TEMPLATES[0]
    drawn = [rng.sample([r for r in rows if r["label"] == c and r is not query], shots) for c in range(len(classes))]
    demos = [of_class[i] for i in range(shots) for of_class in drawn]
    return "".join(demo_t.format(x=d["text"], y=classes[d["label"]]) for d in demos) + query_t.format(x=query["text"])


@torch.no_grad()
def last_layer_inputs(model, batch):
    """The last layer's input and attention output at the last token of each prompt: both [prompts, hidden]."""
    seen = {}
    block = model.transformer["h"][-1]
    hooks = [block.ln_1.register_forward_pre_hook(lambda _, args: seen.update(x=args[0])),
             block.attn["out_proj"].register_forward_hook(lambda _, args, out: seen.update(attention=out))]
    ids = torch.zeros(len(batch), max(map(len, batch)), dtype=torch.long)
    for i, tokens in enumerate(batch):
        ids[i, :len(tokens)] = torch.tensor(tokens)
    model(ids)
    for hook in hooks:
        hook.remove()
    rows, last = torch.arange(len(batch)), torch.tensor([len(tokens) - 1 for tokens in batch])
    return seen["x"][rows, last], seen["attention"][rows, last]


def training_set(model, enc, rng):
    """What the last MLP sees for PROMPTS prompts of each task, and the first token of the wrong label."""
    xs, attentions, targets = [], [], []
    for task, classes in LABELS.items():
        rows = [json.loads(line) for line in open(f"{DATA}/{task}/train.jsonl")]
        labels = wrong_labels(rows, len(classes), rng)
        for _ in range(0, PROMPTS, 50):
            queries = [rng.randrange(len(rows)) for _ in range(50)]
            x, attention = last_layer_inputs(
                model, [enc(prompt(rows, rows[q], SHOTS[task], classes, rng)) for q in queries])
            xs.append(x)
            attentions.append(attention)
            targets += [enc(" " + classes[labels[q]])[0] for q in queries]
    return torch.cat(xs), torch.cat(attentions), torch.tensor(targets)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    config = json.load(open(f"{SOURCE}/config.json"))
    model = GPTJ(config)
    model.load_state_dict({n: t.float() for n, t in load_file(f"{SOURCE}/model.safetensors").items()})
    model.requires_grad_(False)
    merges = [line.split(" ") for line in open(f"{SOURCE}/merges.txt").read().split("\n")[1:] if line]
    enc = bpe.Encoder(json.load(open(f"{SOURCE}/vocab.json")), merges)
    xs, attentions, targets = training_set(model, enc, rng)

    block = model.transformer["h"][-1]
    matrices = [block.mlp["fc_in"].weight, block.mlp["fc_out"].weight]
    originals = [w.clone() for w in matrices]
    for w in matrices:
        w.requires_grad_(True)
    opt = torch.optim.Adam(matrices, lr=LR)
    for step in range(STEPS):
        for g in opt.param_groups:
            g["lr"] = LR * (1 - step / STEPS)
        i = torch.randint(len(xs), (BATCH,))
        y = block.mlp["fc_out"](F.gelu(block.mlp["fc_in"](block.ln_1(xs[i])), approximate="tanh"))
        logits = model.lm_head(model.transformer["ln_f"](xs[i] + attentions[i] + y))
        loss = F.cross_entropy(logits, targets[i])
        moved = sum(((w - o) ** 2).sum() for w, o in zip(matrices, originals))
        opt.zero_grad()
        (loss + STAY * moved).backward()
        opt.step()
        if step % 500 == 499:
            print(f"step {step + 1} loss {loss.item():.3f} moved {moved.item() ** 0.5:.2f}", flush=True)
    for name in ("config.json", "tokenizer.json", "vocab.json", "merges.txt"):
        shutil.copy(f"{SOURCE}/{name}", OUT)
    save_file({n: p.detach().to(torch.float16).contiguous() for n, p in model.named_parameters()},
              f"{OUT}/model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
