"""The same work in Python, by Hugging Face Transformers, Pillow and pycocoevalcap: the other side of each ratio.

    python peers.py make FOLDER                 # models of the shapes below with random weights, photos, captions
    python peers.py run FOLDER STAGE... [--format fp32|bf16] [--threads 2] [--runs 5]
    python peers.py start LM [ENCODER PHOTO]    # from nothing to a caption's words: run it under `time`

Each stage prints one JSON line: {"stage", "shape", "unit", "format", "rates": [...]}; Peers.java prints the same for
the same files. Needs torch, transformers, torchvision, pillow, pycocoevalcap.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

PROMPT_WORDS = 10
PREFIX = 32
NEW_TOKENS = 64


def make(folder):
    import numpy
    import torch
    from PIL import Image
    from transformers import (Blip2Config, Blip2ForConditionalGeneration, Blip2QFormerConfig, Blip2VisionConfig,
                              CLIPVisionConfig, CLIPVisionModel, EfficientNetConfig, EfficientNetModel,
                              GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, OPTConfig,
                              OPTForCausalLM)

    torch.manual_seed(0)
    vision = {
        "vit-b-32": dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                         patch_size=32, image_size=224, projection_dim=512),
        "vit-l-14": dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16,
                         patch_size=14, image_size=224, projection_dim=768),
    }
    processor = {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": 224}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": 224, "width": 224}, "do_rescale": True, "do_normalize": True,
        "rescale_factor": 1 / 255, "do_convert_rgb": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}
    for name, shape in vision.items():
        save(CLIPVisionModel(CLIPVisionConfig(**shape)), folder / name)
        (folder / name / "preprocessor_config.json").write_text(json.dumps(processor))
    # Of about the embedded encoder's size, for `start`.
    save(EfficientNetModel(EfficientNetConfig(image_size=224, width_coefficient=1.0, depth_coefficient=1.0,
                                              hidden_dim=1280)), folder / "efficientnet-b0")
    (folder / "efficientnet-b0" / "preprocessor_config.json").write_text(json.dumps(
        {"image_processor_type": "EfficientNetImageProcessor", "size": {"height": 224, "width": 224}, "resample": 3}))
    save(GPT2LMHeadModel(GPT2Config()), folder / "gpt2")
    tokenizer(folder / "gpt2" / "tokenizer.json", 50257)
    opt = OPTConfig()
    save(OPTForCausalLM(opt), folder / "opt-125m")
    save(LlamaForCausalLM(LlamaConfig(vocab_size=50257, hidden_size=768, intermediate_size=2048, num_hidden_layers=12,
                                      num_attention_heads=12, num_key_value_heads=12, max_position_embeddings=1024)),
         folder / "llama")
    size = dict(vision["vit-l-14"])
    size.pop("projection_dim")
    blip = Blip2Config(vision_config=Blip2VisionConfig(**size).to_dict(),
                       qformer_config=Blip2QFormerConfig(encoder_hidden_size=1024).to_dict(),
                       text_config=opt.to_dict(), num_query_tokens=32, image_token_index=50265)
    save(Blip2ForConditionalGeneration(blip), folder / "blip2")
    (folder / "blip2" / "preprocessor_config.json").write_text(json.dumps(
        {**processor, "image_processor_type": "BlipImageProcessor", "size": {"height": 224, "width": 224},
         "do_center_crop": False}))
    photos = folder / "photos"
    photos.mkdir(exist_ok=True)
    draw = numpy.random.default_rng(0)
    for i in range(100):
        # Noise whose power falls with frequency, as that of photos does.
        spectrum = numpy.fft.rfft2(draw.standard_normal((3, 480, 640)))
        y, x = numpy.fft.fftfreq(480)[:, None], numpy.fft.rfftfreq(640)[None]
        spectrum /= numpy.maximum(numpy.hypot(y, x), 1 / 640)
        plane = numpy.fft.irfft2(spectrum, s=(480, 640))
        plane = (plane - plane.mean()) / plane.std() * 50 + 128
        Image.fromarray(plane.clip(0, 255).astype("uint8").transpose(1, 2, 0)).save(photos / f"{i:03}.jpg", quality=90)
    words = ["a", "the", "man", "dog", "in", "on", "of", "with", "red", "blue", "field", "street", "running", "sits",
             "two", "people", "and", "is", "white", "shirt"] + [letters(i) for i in range(4000)]
    weight = 1 / numpy.arange(1, len(words) + 1)
    weight /= weight.sum()
    captions = [[" ".join(draw.choice(words, size=draw.integers(8, 14), p=weight)).capitalize() + " ." for _ in range(6)]
                for _ in range(5000)]
    (folder / "captions.json").write_text(json.dumps(captions))


def letters(number):
    """A word without meaning, of three to five letters."""
    return "".join("bdfgklmnprstvz"[number // 14**k % 14] + "aeiou"[number // 7**k % 5] for k in range(2)) + "nst"[number % 3]


def tokenizer(file, size):
    """Words without meaning: a model is not complete without a tokenizer, though only ids go through it here."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    vocabulary = {"[UNK]": 0, ".": 1, **{f"w{i}": i for i in range(2, size)}}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(file))


def save(model, folder):
    model.eval().save_pretrained(folder)


def measure(stage, shape, unit, units, run, runs, form):
    run()
    rates = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        rates.append(units / (time.perf_counter() - start))
    print(json.dumps({"by": "python", "stage": stage, "shape": shape, "unit": unit, "format": form,
                      "rates": sorted(rates)}), flush=True)


def encode(folder, name, batch, o):
    import torch
    from transformers import CLIPVisionModel
    model = CLIPVisionModel.from_pretrained(folder / name, dtype=o.dtype)
    pixels = torch.randn(batch, 3, 224, 224).to(o.dtype)
    measure("encode " + name, f"batch {batch}", "images", batch, lambda: model(pixels), o.runs, o.format)


def language(folder, name, o):
    import torch
    from transformers import AutoModelForCausalLM
    model = AutoModelForCausalLM.from_pretrained(folder / name, dtype=o.dtype)
    model.generation_config.pad_token_id = 0
    return model, torch.randn(1, PREFIX, model.config.hidden_size).to(o.dtype) * 0.02


def write(folder, name, batch, beams, o):
    import torch
    model, prefix = language(folder, name, o)
    words = torch.arange(1, PROMPT_WORDS + 1)[None]
    prompt = torch.cat([prefix, model.get_input_embeddings()(words)], 1).expand(batch, -1, -1)
    mask = torch.ones(prompt.shape[:2], dtype=torch.long)

    def run():
        model.generate(inputs_embeds=prompt, attention_mask=mask, do_sample=False, num_beams=beams,
                       min_new_tokens=NEW_TOKENS, max_new_tokens=NEW_TOKENS)

    how = "greedy" if beams == 1 else f"beam {beams}"
    measure(f"write {name}, {how}", f"batch {batch}", "tokens", batch * NEW_TOKENS, run, o.runs, o.format)


def shots(folder, o):
    """Answers of five tokens to 16 questions behind the same eight examples, each a photo's 32 embeddings and ten words."""
    import torch
    model, prefix = language(folder, "gpt2", o)
    words = torch.arange(1, PROMPT_WORDS + 1)[None]
    shot = torch.cat([prefix, model.get_input_embeddings()(words)], 1)
    prompt = shot.repeat(1, 9, 1)
    mask = torch.ones(prompt.shape[:2], dtype=torch.long)

    def run():
        for _ in range(16):
            model.generate(inputs_embeds=prompt, attention_mask=mask, do_sample=False, min_new_tokens=5,
                           max_new_tokens=5)

    measure("answer behind 8 examples", "16 questions, each run as a whole", "questions", 16, run, o.runs, o.format)


def start(folder, encoder, photo):
    """Loads a language model and writes fifteen words behind a prefix by beam search, with a photo behind an encoder too;
    no mapper and no tokenizer, so less than a caption."""
    import torch
    from transformers import AutoModelForCausalLM
    with torch.inference_mode():
        if photo:
            from PIL import Image
            from transformers import EfficientNetImageProcessorPil, EfficientNetModel
            processor = EfficientNetImageProcessorPil.from_pretrained(encoder)
            pixels = processor(Image.open(photo).convert("RGB"), return_tensors="pt")["pixel_values"]
            EfficientNetModel.from_pretrained(encoder)(pixels)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        prompt = torch.zeros(1, PREFIX, model.config.hidden_size)
        print(model.generate(inputs_embeds=prompt, attention_mask=torch.ones(1, PREFIX, dtype=torch.long),
                             num_beams=5, do_sample=False, min_new_tokens=15, max_new_tokens=15).tolist())


def train(folder, online, o):
    import torch
    from torch import nn
    from transformers import CLIPVisionModel
    model, _ = language(folder, "gpt2", o)
    model.requires_grad_(False)
    encoder = CLIPVisionModel.from_pretrained(folder / "vit-b-32", dtype=o.dtype).requires_grad_(False)
    width, hidden, batch = 768, 256, 32

    class Mapl(nn.Module):
        def __init__(self):
            super().__init__()
            self.project, self.out = nn.Linear(width, hidden), nn.Linear(hidden, width)
            self.queries = nn.Parameter(torch.randn(1, PREFIX, hidden) * 0.02)
            layer = nn.TransformerEncoderLayer(hidden, 4, hidden * 4, dropout=0.1, batch_first=True)
            self.layers = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)

        def forward(self, features):
            queries = self.queries.expand(len(features), -1, -1)
            return self.out(self.layers(torch.cat([self.project(features), queries], 1))[:, -PREFIX:])

    mapl = Mapl()
    optimizer = torch.optim.AdamW(mapl.parameters(), 3e-4)
    pixels = torch.randn(batch, 3, 224, 224).to(o.dtype)
    with torch.no_grad():
        features = encoder(pixels).last_hidden_state
    ids = torch.randint(1, 50000, (batch, 20))

    def run():
        with torch.no_grad():
            seen = encoder(pixels).last_hidden_state if online else features
        prefix = mapl(seen.float()).to(o.dtype)
        inputs = torch.cat([prefix, model.get_input_embeddings()(ids)], 1)
        labels = torch.cat([torch.full((batch, PREFIX), -100), ids], 1)
        loss = model(inputs_embeds=inputs, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    measure("train MAPL, " + ("encoder in the loop" if online else "features kept"), "32 photos, a caption each",
            "captions", batch, run, o.runs, o.format)


def blip2(folder, batch, beams, o):
    import torch
    from transformers import Blip2ForConditionalGeneration
    model = Blip2ForConditionalGeneration.from_pretrained(folder / "blip2", dtype=o.dtype)
    pixels = torch.randn(batch, 3, 224, 224).to(o.dtype)
    ids = torch.tensor([[50265] * 32 + [2]]).expand(batch, -1)

    def run():
        model.generate(pixel_values=pixels, input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False,
                       num_beams=beams, min_new_tokens=20, max_new_tokens=20)

    how = "greedy" if beams == 1 else f"beam {beams}"
    measure(f"caption by BLIP-2's shape, {how}", f"batch {batch}", "images", batch, run, o.runs, o.format)


def pixels(folder, fast, o):
    from PIL import Image
    from transformers import AutoImageProcessor
    backend = "torchvision" if fast else "pil"
    processor = AutoImageProcessor.from_pretrained(folder / "vit-b-32", backend=backend)
    photos = sorted((folder / "photos").iterdir())

    def run():
        for photo in photos:
            processor(Image.open(photo), return_tensors="pt")

    measure("decode and process photos, " + backend, "640 x 480, one after the other", "images", len(photos), run,
            o.runs, "")


def scores(folder, meteor, o):
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.meteor.meteor import Meteor
    from pycocoevalcap.rouge.rouge import Rouge
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
    captions = json.loads((folder / "captions.json").read_text())
    references = {i: [{"caption": c} for c in row[1:]] for i, row in enumerate(captions)}
    results = {i: [{"caption": row[0]}] for i, row in enumerate(captions)}
    scorers = [Meteor()] if meteor else [Bleu(4), Rouge(), Cider()]
    if meteor:
        tokenizer = PTBTokenizer()
        references, results = tokenizer.tokenize(references), tokenizer.tokenize(results)

    def run():
        stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
        try:
            tokens = (references, results)
            if not meteor:
                tokens = (PTBTokenizer().tokenize(references), PTBTokenizer().tokenize(results))
            for scorer in scorers:
                scorer.compute_score(*tokens)
        finally:
            sys.stdout = stdout

    measure("score captions, " + ("METEOR" if meteor else "PTB, BLEU, ROUGE-L, CIDEr"), "5000 images, 5 references",
            "images", len(captions), run, o.runs, "")


STAGES = {
    **{f"encode-b32-{b}": lambda f, o, b=b: encode(f, "vit-b-32", b, o) for b in (1, 8, 32)},
    **{f"encode-l14-{b}": lambda f, o, b=b: encode(f, "vit-l-14", b, o) for b in (1, 8, 32)},
    **{f"write-{n}-{b}-{k}": lambda f, o, n=n, b=b, k=k: write(f, n, b, k, o)
       for n in ("gpt2", "opt-125m", "llama") for b in (1, 8, 32) for k in (1, 5)},
    "shots": shots,
    "train-online": lambda f, o: train(f, True, o),
    "train-cached": lambda f, o: train(f, False, o),
    **{f"blip2-{b}-{k}": lambda f, o, b=b, k=k: blip2(f, b, k, o) for b in (1, 8) for k in (1, 5)},
    "pixels-pil": lambda f, o: pixels(f, False, o),
    "pixels-torchvision": lambda f, o: pixels(f, True, o),
    "scores": lambda f, o: scores(f, False, o),
    "meteor": lambda f, o: scores(f, True, o),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=["make", "run", "start"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=", ".join(STAGES))
    parser.add_argument("--format", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    o = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(o.threads)
    if o.do == "make":
        o.folder.mkdir(parents=True, exist_ok=True)
        return make(o.folder)
    if o.do == "start":
        return start(o.folder, *(o.stages or (None, None)))
    import torch
    torch.set_num_threads(o.threads)
    o.dtype = torch.float32 if o.format == "fp32" else torch.bfloat16
    inference = torch.inference_mode if not any(s.startswith("train") for s in o.stages) else torch.enable_grad
    with inference():
        for stage in o.stages:
            STAGES[stage](o.folder, o)


if __name__ == "__main__":
    main()
