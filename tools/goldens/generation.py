"""What Hugging Face's generate() answers for many settings, over the tiny checkpoints of other goldens.

usage: generation.py FOLDER_WITH_THE_GOLDENS OUTPUT_FOLDER     (needs torch, transformers, safetensors, numpy)

Batches of prompts of unequal length. Writes OUTPUT_FOLDER/golden.json with the settings of each run under the names of
generation_config.json and its answers (new ids up to the first end token, and the score of beams), and
OUTPUT_FOLDER/golden.safetensors with T5's buckets of distances and the scores of draws before and after the rules.
A run is kept only where single and double precision choose the same ids: the others are decided by rounding.
"""

import json
import random
import sys
from pathlib import Path

import numpy as np
import safetensors
import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.models.t5.modeling_t5 import T5Attention

GOLDENS, OUT = Path(sys.argv[1]), Path(sys.argv[2])
OUT.mkdir(parents=True, exist_ok=True)
SEED = 2311
MODELS = {"t5": True, "flan-t5": True, "bart": True, "llama": False, "gpt2": False}
LENGTHS = [4, 9, 2, 7]
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)


def settings(vocabulary, encoded):
    """Settings by name."""
    many = [i for i in range(vocabulary) if i % 9 == 3]
    few = [i for i in range(vocabulary) if i % 31 == 5]
    runs = {
        "greedy": dict(max_new_tokens=12, eos_token_id=many),
        "greedy_rules": dict(
            max_new_tokens=12, eos_token_id=many, repetition_penalty=1.4, no_repeat_ngram_size=2, min_new_tokens=5
        ),
        "greedy_liked": dict(max_new_tokens=10, eos_token_id=few, repetition_penalty=0.8),
        "greedy_once": dict(max_new_tokens=10, no_repeat_ngram_size=1),
        "greedy_triples": dict(
            max_new_tokens=14, no_repeat_ngram_size=3, repetition_penalty=1.1, forced_eos_token_id=[7, 4]
        ),
        "beam_rules": dict(
            max_new_tokens=10, num_beams=4, num_return_sequences=2, eos_token_id=many, repetition_penalty=1.3,
            no_repeat_ngram_size=2, min_new_tokens=4, length_penalty=0.7,
        ),
        "beam_liked": dict(
            max_new_tokens=8, num_beams=3, num_return_sequences=3, eos_token_id=few, repetition_penalty=0.9
        ),
        "beam_forced": dict(
            max_new_tokens=7, num_beams=4, num_return_sequences=3, eos_token_id=2, forced_eos_token_id=2,
            no_repeat_ngram_size=3, early_stopping=True,
        ),
        "beam_no_end": dict(max_new_tokens=6, num_beams=5, num_return_sequences=5, length_penalty=0.0),
        "beam_one_end": dict(max_new_tokens=10, num_beams=2, num_return_sequences=2, eos_token_id=few[:1]),
    }
    if encoded:
        runs["forced"] = dict(
            max_length=9, min_length=6, eos_token_id=many, forced_bos_token_id=11, forced_eos_token_id=2,
            repetition_penalty=1.2,
        )
        runs["beam_forced_both"] = dict(
            max_length=9, min_length=5, num_beams=4, num_return_sequences=4, eos_token_id=many,
            forced_bos_token_id=11, forced_eos_token_id=2, length_penalty=1.5, repetition_penalty=1.2,
        )
    else:
        runs["length_with_prompt"] = dict(
            max_length=18, min_length=13, eos_token_id=many, num_beams=3, num_return_sequences=3
        )
    for penalty in [1.0, 0.0, -1.0, 2.0, 0.5]:
        for early in [False, True, "never"]:
            runs[f"beam_{penalty}_{str(early).lower()}"] = dict(
                max_new_tokens=12, num_beams=3, num_return_sequences=3, eos_token_id=many, length_penalty=penalty,
                early_stopping=early, repetition_penalty=1.15,
            )
    return runs


def run(model, prompts, pad, encoded, options):
    """Answers to each prompt: lists of new ids, and scores or None."""
    longest = max(map(len, prompts))
    rows, masks = [], []
    for prompt in prompts:
        padding = [pad] * (longest - len(prompt))
        ones, zeros = [1] * len(prompt), [0] * len(padding)
        rows.append(prompt + padding if encoded else padding + prompt)
        masks.append(ones + zeros if encoded else zeros + ones)
    beams = options.get("num_beams", 1) > 1
    with torch.no_grad():
        result = model.generate(
            torch.tensor(rows), attention_mask=torch.tensor(masks), do_sample=False, pad_token_id=pad,
            return_dict_in_generate=True, output_scores=beams, **{"eos_token_id": None, **options},
        )
    ends = options.get("eos_token_id", [])
    ends = ends if isinstance(ends, list) else [ends]
    each = options.get("num_return_sequences", 1)
    answers = []
    for i, row in enumerate(result.sequences.tolist()):
        score = result.sequences_scores[i].item() if beams else None
        new = row[1 if encoded else longest:]
        ids = []
        for token in new:
            ids.append(token)
            if token in ends:
                break
        if i % each == 0:
            answers.append([])
        if score is None or score > -1e8:  # the others are no answers
            answers[-1].append({"ids": ids, "score": score})
    return answers


def ids_of(answers):
    return [[a["ids"] for a in each] for each in answers]


tensors, runs, dropped = {}, [], []
for name, encoded in MODELS.items():
    folder = GOLDENS / name / "checkpoint"
    kind = AutoModelForSeq2SeqLM if encoded else AutoModelForCausalLM
    single = kind.from_pretrained(folder, dtype=torch.float32).eval()
    double = kind.from_pretrained(folder, dtype=torch.float32).double().eval()
    for model in (single, double):  # nothing but what a run says
        model.generation_config.eos_token_id = None
    vocabulary, pad = single.config.vocab_size, single.generation_config.pad_token_id
    dice = random.Random(SEED)
    prompts = [[dice.randrange(3, vocabulary) for _ in range(n)] for n in LENGTHS]
    for label, options in settings(vocabulary, encoded).items():
        # The reference counts padding as said: n-grams of a padded prompt would hold it.
        alone = not encoded and "no_repeat_ngram_size" in options
        batches = [[p] for p in prompts] if alone else [prompts]
        answers = [a for b in batches for a in run(single, b, pad, encoded, options)]
        check = [a for b in batches for a in run(double, b, pad, encoded, options)]
        if ids_of(answers) != ids_of(check):
            dropped.append(f"{name} {label}")
            continue
        runs.append(
            {"model": name, "name": label, "settings": options, "alone": alone, "prompts": prompts, "answers": answers}
        )

# Draws: scores as the model gave them, and as they are drawn from.
model = AutoModelForSeq2SeqLM.from_pretrained(GOLDENS / "bart" / "checkpoint", dtype=torch.float32).eval()
draws = []
for i, options in enumerate(
    [
        dict(),
        dict(top_k=0, temperature=0.7),
        dict(top_k=5, temperature=1.8),
        dict(top_k=0, top_p=0.6),
        dict(top_k=20, top_p=0.8, temperature=1.3, repetition_penalty=1.5, no_repeat_ngram_size=2),
        dict(top_k=0, top_p=0.95, eos_token_id=[5, 9, 60], min_new_tokens=4, repetition_penalty=0.7),
        dict(top_k=3, forced_bos_token_id=17, forced_eos_token_id=[2, 8]),
    ]
):
    torch.manual_seed(SEED + i)
    steps = 6
    base = {"eos_token_id": None, "min_new_tokens": None, "max_new_tokens": steps, **options}
    with torch.no_grad():
        result = model.generate(
            torch.tensor([[0, 40, 41, 2]]), do_sample=True, return_dict_in_generate=True, output_scores=True,
            output_logits=True, **base,
        )
    count = len(result.scores)
    tensors[f"draw.{i}.logits"] = torch.cat(result.logits)
    tensors[f"draw.{i}.probabilities"] = torch.softmax(torch.cat(result.scores).double(), -1).float()
    draws.append(
        {"settings": {"do_sample": True, "max_new_tokens": steps, **options}, "ids": result.sequences[0, : count].tolist()}
    )

distances = torch.arange(-300, 301)
for both in (True, False):
    for buckets, most in ((32, 128), (8, 20)):
        tensors[f"buckets.{'both' if both else 'back'}.{buckets}.{most}"] = T5Attention._relative_position_bucket(
            distances, bidirectional=both, num_buckets=buckets, max_distance=most
        )

# BART with scaled embeddings, which no golden of its own has.
scaled = AutoModelForSeq2SeqLM.from_pretrained(
    GOLDENS / "bart" / "checkpoint", dtype=torch.float32, scale_embedding=True
).eval()
with torch.no_grad():
    tensors["bart_scaled.logits"] = scaled(
        input_ids=torch.tensor([[5, 6, 7]]), decoder_input_ids=torch.tensor([[2, 9]])
    ).logits

save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / "golden.safetensors")
lines = ",\n  ".join(json.dumps(r, separators=(",", ":")) for r in runs)
text = '{"runs": [\n  ' + lines + '\n ],\n "draws": [\n  ' + ",\n  ".join(json.dumps(d) for d in draws) + "\n ]\n}\n"
(OUT / "golden.json").write_text(text)
versions = (
    f"Python {sys.version.split()[0]}, torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__},"
    f" safetensors {safetensors.__version__}, numpy {np.__version__}"
)
(OUT / "README.md").write_text(
    f"""# generation: answers of Hugging Face's generate() for many settings

`golden.json`: `runs`, each with the `model` (the checkpoint of the golden of that name), its `settings` under the names of
generation_config.json, `prompts` of unequal length (one batch; one by one where `alone`), and `answers`: for each prompt the
new ids up to the first end token, with the score of beams. `draws`: settings and the ids of a drawn sequence, start token
first, without its last; `golden.safetensors` has `draw.N.logits` of the model at each step and `draw.N.probabilities` of the
draw after all rules, and `buckets.*`: T5's bucket of the distances -300 to 300 (key minus query), and `bart_scaled.logits`: golden bart with
scale_embedding, 5 6 7 read and 2 9 written.

Kept are runs in which single and double precision choose the same ids; dropped: {", ".join(dropped) or "none"}.

Made by tools/goldens/generation.py with {versions}; seed {SEED}; CPU.
"""
)
print(len(runs), "runs; dropped:", dropped)
