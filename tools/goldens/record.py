"""Records a reference's outputs for a Hugging Face checkpoint, in the form that `lorgnette verify` reads.

usage: record.py CHECKPOINT OUTPUT_FOLDER [--seed N] [--length N] [--new-tokens N]     (needs torch, transformers, safetensors)

CHECKPOINT is a folder or a name on the hub: a decoder-only or encoder-decoder language model, a vision encoder, a CLIP or SigLIP
pair, BLIP-2, InstructBLIP or LLaVA. Inputs are drawn at random from the seed (ids of the vocabulary, normal pixels), so neither
tokenizer nor pictures are needed. Everything is computed in float32 on the CPU. Writes OUTPUT_FOLDER/golden.safetensors and
OUTPUT_FOLDER/golden.json with the settings of each generation and the versions of the libraries.
"""

import argparse
import json
import platform
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

ENCODERS = (
    "clip_vision_model", "siglip_vision_model", "dinov2", "dinov2_with_registers", "beit",
)
ENCODER_DECODERS = ("t5", "bart")
DECODERS = ("gpt2", "gpt_neo", "gptj", "opt", "llama", "mistral", "qwen2", "qwen3")


class Recorder:
    def __init__(self, model, args):
        self.model, self.args, self.config = model, args, model.config
        self.random = torch.Generator().manual_seed(args.seed)
        self.tensors, self.generation = {}, {}

    def put(self, name, tensor):
        self.tensors[name] = tensor.detach().clone().contiguous()
        return tensor

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.random)

    def words(self, config, rows, length, avoid=()):
        """Ids without special ones."""
        special = {config.to_dict().get(f"{kind}_token_id") for kind in ("pad", "bos", "eos", "decoder_start")}
        special = {i for s in special | set(avoid) for i in (s if isinstance(s, list) else [s])}
        usable = torch.tensor([i for i in range(config.vocab_size) if i not in special])
        return usable[torch.randint(len(usable), (rows, length), generator=self.random)]

    def states(self, prefix, states):
        for i, state in enumerate(states):
            self.put(f"{prefix}.{i}", state)

    # ---- generation ----

    def runs(self, prefix, **inputs):
        new = self.args.new_tokens
        full = dict(min_new_tokens=new, max_new_tokens=new)
        for name, settings in {
            "greedy": dict(num_beams=1, **full),
            "greedy_end": dict(num_beams=1, max_new_tokens=new),
            "greedy_rep": dict(num_beams=1, repetition_penalty=1.5, no_repeat_ngram_size=2, **full),
            "beam5": dict(num_beams=5, num_return_sequences=5, **full),
            "beam3_end": dict(num_beams=3, max_new_tokens=new, length_penalty=1.0, early_stopping=True),
        }.items():
            self.generate(prefix + name, dict(settings, do_sample=False), inputs)

    def generate(self, name, settings, inputs):
        pad = self.text_config().pad_token_id
        pad = pad if pad is not None else 0
        out = self.model.generate(
            **inputs, **settings, pad_token_id=pad, return_dict_in_generate=True, output_scores=True
        )
        self.put(f"{name}.ids", out.sequences)
        if settings["num_beams"] > 1:
            self.put(f"{name}.scores", out.sequences_scores)
        else:
            best = torch.stack(out.scores, 1)[: len(out.sequences)].topk(2).values
            self.put(f"{name}.margin", (best[..., 0] - best[..., 1]).clamp(max=1e30))
        self.generation[name] = dict(settings, pad_token_id=pad)

    def text_config(self):
        return getattr(self.config, "text_config", self.config)

    # ---- kinds of models ----

    def decoder(self):
        length, width = self.args.length, self.model.get_input_embeddings().embedding_dim
        ids = self.put("input_ids", self.words(self.config, 2, length))
        with torch.no_grad():
            out = self.model(ids, output_hidden_states=True)
            self.states("hidden_states", out.hidden_states)
            self.put("logits", out.logits)
            self.runs("", input_ids=ids, attention_mask=torch.ones_like(ids))
            # The second row is padded on the left.
            left, mask = ids.clone(), torch.ones_like(ids)
            pad = self.config.pad_token_id
            left[1, :4], mask[1, :4] = pad if pad is not None else 0, 0
            self.put("left.input_ids", left)
            self.put("left.attention_mask", mask)
            self.runs("left.", input_ids=left, attention_mask=mask)
            prefix = self.put("prefix", self.normal(2, 5, width) * self.scale())
            behind = torch.cat([prefix, self.model.get_input_embeddings()(ids)], 1)
            self.put("prefix.logits", self.model(inputs_embeds=behind).logits)
            self.runs("prefix.", inputs_embeds=behind, attention_mask=torch.ones(2, length + 5, dtype=torch.long))
        self.put("train.input_ids", ids)
        labels = torch.cat([torch.full((2, 5), -100), ids], 1)
        labels[1, -3:] = -100
        mask = (torch.arange(length + 5) < torch.tensor([[length + 5], [length + 2]])).long()
        self.put("train.labels", labels)
        self.put("train.attention_mask", mask)
        prefix = prefix.clone().requires_grad_(True)
        embeds = torch.cat([prefix, self.model.get_input_embeddings()(ids)], 1)
        out = self.model(inputs_embeds=embeds, attention_mask=mask, labels=labels)
        self.put("train.loss", out.loss)
        self.put("train.grad_prefix", torch.autograd.grad(out.loss, prefix)[0])

    def scale(self):
        return self.model.get_input_embeddings().weight.std().item()

    def encoder_decoder(self):
        length = self.args.length
        ids, mask = self.words(self.config, 2, length), torch.ones(2, length, dtype=torch.long)
        ids[1, -4:], mask[1, -4:] = self.config.pad_token_id, 0
        self.put("input_ids", ids)
        self.put("attention_mask", mask)
        labels = self.put("labels", self.words(self.config, 2, 6))
        with torch.no_grad():
            out = self.model(input_ids=ids, attention_mask=mask, labels=labels, output_hidden_states=True)
            self.states("encoder_hidden_states", out.encoder_hidden_states)
            self.states("decoder_hidden_states", out.decoder_hidden_states)
            self.put("logits", out.logits)
            self.put("loss", out.loss)
            self.runs("", input_ids=ids, attention_mask=mask)
        prefix = self.normal(2, 5, self.config.d_model) * self.scale()
        self.put("prefix", prefix)
        prefix = prefix.requires_grad_(True)
        words = self.model.get_input_embeddings()(ids)
        whole = torch.cat([torch.ones(2, 5, dtype=torch.long), mask], 1)
        out = self.model(inputs_embeds=torch.cat([prefix, words], 1), attention_mask=whole, labels=labels)
        self.put("prefix.logits", out.logits)
        self.put("train.loss", out.loss)
        self.put("train.grad_prefix", torch.autograd.grad(out.loss, prefix)[0])

    def pixels(self, config, rows=2):
        size = config.image_size if isinstance(config.image_size, int) else config.image_size[0]
        return self.put("pixel_values", self.normal(rows, 3, size, size))

    def vision(self):
        with torch.no_grad():
            out = self.model(pixel_values=self.pixels(self.config), output_hidden_states=True)
        self.states("hidden_states", out.hidden_states)
        for name in ("last_hidden_state", "pooler_output", "image_embeds"):
            if getattr(out, name, None) is not None:
                self.put(name, getattr(out, name))

    def pair(self):
        text, rows = self.config.text_config, 4
        length = text.max_position_embeddings
        pixels = self.pixels(self.config.vision_config, 3)
        inputs = {}
        if self.config.model_type == "clip":
            # Files of the old kind say 2 and mean the largest id.
            end = text.vocab_size - 1 if text.eos_token_id == 2 else text.eos_token_id
            length = min(length, self.args.length)
            ids, mask = self.words(text, rows, length, [end, text.vocab_size - 1]), torch.zeros(rows, length).long()
            for row in range(rows):
                real = length - row % 3
                ids[row, real - 1 :], mask[row, :real] = end, 1
            inputs["attention_mask"] = self.put("attention_mask", mask)
        else:
            ids = self.words(text, rows, length)
        self.put("input_ids", ids)
        with torch.no_grad():
            out = self.model(input_ids=ids, pixel_values=pixels, **inputs)
        self.put("text_last_hidden_state", out.text_model_output.last_hidden_state)
        for name in ("image_embeds", "text_embeds", "logits_per_image", "logits_per_text"):
            self.put(name, getattr(out, name))

    def placed(self, count, start=0):
        """Ids with image tokens in them."""
        token = self.config.image_token_index
        if token is None:
            raise SystemExit("config.json lacks image_token_index, without which transformers takes no image; add it")
        ids = self.words(self.text_config(), 2, start + self.args.length, [token])
        images = torch.full((2, count), token)
        return torch.cat([ids[:, :start], images, ids[:, start:]], 1)

    def blip2(self):
        instruct = self.config.model_type == "instructblip"
        pixels, count = self.pixels(self.config.vision_config), self.config.num_query_tokens
        ids = self.put("input_ids", self.placed(count))
        inputs = dict(pixel_values=pixels, input_ids=ids, attention_mask=torch.ones_like(ids))
        queries = self.model.query_tokens.expand(2, -1, -1)
        with torch.no_grad():
            seen = self.model.vision_model(pixel_values=pixels, output_hidden_states=True)
            self.states("vision_hidden_states", seen.hidden_states)
            self.put("vision_last_hidden_state", seen.last_hidden_state)
            looked = dict(query_embeds=queries, encoder_hidden_states=seen.last_hidden_state)
            if instruct:
                text = self.put("qformer_input_ids", self.words(self.config.qformer_config, 2, 7))
                mask = torch.ones_like(text)
                mask[1, -2:] = 0
                self.put("qformer_attention_mask", mask)
                inputs.update(qformer_input_ids=text, qformer_attention_mask=mask)
                looked.update(input_ids=text, attention_mask=torch.cat([torch.ones(2, count).long(), mask], 1))
                last = self.model.qformer(**looked).last_hidden_state
            else:
                out = self.model.qformer(**looked, output_hidden_states=True)
                self.states("qformer_hidden_states", out.hidden_states)
                last = out.last_hidden_state
            self.put("qformer_last_hidden_state", last)
            self.put("visual_prefix", self.model.language_projection(last[:, :count]))
            if self.config.use_decoder_only_language_model:
                labels = ids.masked_fill(ids == self.config.image_token_index, -100)
            else:
                labels = self.words(self.text_config(), 2, 4)
            out = self.model(**inputs, labels=self.put("labels", labels))
            self.put("logits", out.logits)
            self.put("loss", out.loss)
            self.runs("", **inputs)
        self.put("attention_mask", inputs["attention_mask"])

    def matcher(self):
        ids = self.put("input_ids", self.words(self.config.qformer_config, 2, self.args.length))
        mask = torch.ones_like(ids)
        mask[1, -2:] = 0
        inputs = dict(
            pixel_values=self.pixels(self.config.vision_config), input_ids=ids,
            attention_mask=self.put("attention_mask", mask),
        )
        with torch.no_grad():
            out = self.model(**inputs, use_image_text_matching_head=True)
            self.put("itm_logits", out.logits_per_image)
            out = self.model(**inputs, use_image_text_matching_head=False)
        for name in ("logits_per_image", "logits_per_text", "text_embeds", "image_embeds"):
            self.put("itc_" + name, getattr(out, name))

    def llava(self):
        pixels, config = self.pixels(self.config.vision_config), self.config
        inner = self.model.model
        with torch.no_grad():
            states = inner.vision_tower(pixels, output_hidden_states=True).hidden_states
            features = states[config.vision_feature_layer]
            if config.vision_feature_select_strategy == "default":
                features = features[:, 1:]
            self.put("vision_features", features)
            self.put("projected", inner.multi_modal_projector(features))
            ids = self.put("input_ids", self.placed(features.shape[1], 3))
            inputs = dict(pixel_values=pixels, input_ids=ids, attention_mask=torch.ones_like(ids))
            self.put("logits", self.model(**inputs).logits)
            self.runs("", **inputs)
        self.put("attention_mask", inputs["attention_mask"])

    def record(self):
        kind = self.config.model_type
        if kind in DECODERS:
            self.decoder()
        elif kind in ENCODER_DECODERS:
            self.encoder_decoder()
        elif kind in ENCODERS:
            self.vision()
        elif kind in ("clip", "siglip"):
            self.pair()
        elif kind == "blip-2" and type(self.model).__name__.endswith("ImageTextRetrieval"):
            self.matcher()
        elif kind in ("blip-2", "instructblip"):
            self.blip2()
        elif kind == "llava":
            self.llava()
        else:
            raise SystemExit(f"model_type {kind} is none of those that can be recorded")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--length", type=int, default=11, help="tokens of a text (default 11)")
    parser.add_argument("--new-tokens", type=int, default=12, help="tokens of a generation (default 12)")
    args = parser.parse_args()
    transformers.logging.set_verbosity_error()
    config = transformers.AutoConfig.from_pretrained(args.checkpoint)
    if not config.architectures:
        raise SystemExit("config.json names no architectures; it should name the class of the whole model")
    model = getattr(transformers, config.architectures[0]).from_pretrained(args.checkpoint, dtype=torch.float32).eval()
    recorder = Recorder(model, args)
    recorder.record()
    args.output.mkdir(parents=True, exist_ok=True)
    save_file(recorder.tensors, args.output / "golden.safetensors")
    about = {
        "generation": recorder.generation,
        "model_type": config.model_type,
        "seed": args.seed,
        "versions": {
            "python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__,
        },
        "tensors": {name: list(t.shape) for name, t in recorder.tensors.items()},
    }
    (args.output / "golden.json").write_text(json.dumps(about, indent=1) + "\n")
    print(f"{len(recorder.tensors)} tensors in {args.output}")


if __name__ == "__main__":
    main()
