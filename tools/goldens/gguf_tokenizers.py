"""Tokenizers inside GGUF files, and the ids that the definitions they were made of give.

usage: gguf_tokenizers.py TOKENIZERS_FOLDER CORPUS OUTPUT_FOLDER
       (needs gguf, numpy, sentencepiece, protobuf, tokenizers, transformers 4.57 and llama-cpp-python)

TOKENIZERS_FOLDER holds gpt2/tokenizer.json, qwen2/tokenizer.json and llama/tokenizer.model; CORPUS is a JSON list of
texts. Tokenizers of the kinds of LLaMA 3, SmolLM and Mistral Nemo are trained here on a few neutral sentences. Each
becomes OUTPUT_FOLDER/NAME.gguf, a file without tensors, and OUTPUT_FOLDER/NAME.json: {"cases": [[ids, ids without
special tokens, decoded without special tokens, decoded with them], ...]} in the corpus' order, by the tokenizers library
from the definition; "llama.cpp" has, by number of the text, the ids that llama.cpp gives where they differ.

OUTPUT_FOLDER/tiny.gguf is a whole model of LLaMA's kind with random weights and the tokenizer of llama3.gguf.
OUTPUT_FOLDER/chat.json holds a prompt by transformers from the template in llama3.gguf.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import gguf
import llama_cpp as cpp
import numpy as np
import tokenizers
import transformers
from gguf import GGMLQuantizationType as Q
from gguf import TokenType as T
from sentencepiece import sentencepiece_model_pb2 as spm
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

SOURCE, CORPUS, OUT = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
OUT.mkdir(parents=True, exist_ok=True)

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
TEKKEN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
          r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
          r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
TEXT = [
    "A lighthouse stands on a rocky island, and its lamp turns slowly through the night.",
    "In 1822 a new lens gathered the light of one lamp into a beam seen 32 kilometres away.",
    "The keeper's boat didn't leave the harbour; they'll wait until the wind drops, he said. WE'RE WAITING.",
    "Das Licht dreht sich über dem Meer, und früh am Morgen kommt ein Schiff.",
    "Le gardien a écrit l'heure, 06:45, puis il s'est endormi près de la fenêtre.",
    "El barco llegó al puerto con 1200 cajas de naranjas; ¿dónde están las demás?",
    "Маяк стоит на скале. 灯台は岬の上にあります。 등대가 바다를 비춘다. المنارة على الجبل",
    "for (int i = 0; i < 100; i++) {\n    light.turn(i * 3.6);\n}\n\n// done\n",
    "MacDonald and McGregor use CamelCase names such as LightHouse, seaWall/pier/dock or HTTPServer.",
] * 4
CHAT = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
SPECIALS = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]


def trained(pre, size, specials, ignore_merges, bos):
    """A byte-level tokenizer; the last of its own tokens is a whole word that no merges lead to."""
    t = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    t.pre_tokenizer = pre
    t.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    t.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    state = json.loads(t.to_str())
    state["model"]["vocab"]["Ġcodes"] = len(state["model"]["vocab"])
    t = Tokenizer.from_str(json.dumps(state))
    t.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in specials])
    t.add_tokens([AddedToken("<tool call>", normalized=False)])
    if bos:
        t.post_processor = processors.TemplateProcessing(
            single=f"{specials[0]} $A", special_tokens=[(specials[0], t.token_to_id(specials[0]))])
    return t


def byte_level(words=None):
    if words is None:
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(words), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def digits():
    return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level()])


def write_pairs(w, tokenizer, pre, bos=None, eos=None, pad=None, add_bos=None, unused=0):
    state = json.loads(tokenizer.to_str())
    added = {a["id"]: a for a in state["added_tokens"]}
    tokens = {i: t for t, i in state["model"]["vocab"].items()} | {i: a["content"] for i, a in added.items()}
    size = max(tokens) + 1
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre(pre)
    w.add_token_list([tokens[i] for i in range(size)] + [f"[PAD{size + i}]" for i in range(unused)])
    w.add_token_types([T.NORMAL if i not in added else T.CONTROL if added[i]["special"] else T.USER_DEFINED
                       for i in range(size)] + [T.UNUSED] * unused)
    w.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in state["model"]["merges"]])
    for token, add in ((bos, w.add_bos_token_id), (eos, w.add_eos_token_id), (pad, w.add_pad_token_id)):
        if token:
            add(tokenizer.token_to_id(token))
    if add_bos is not None:
        w.add_add_bos_token(add_bos)


def write_pieces(w, extra, space, add_bos, add_eos):
    proto = spm.ModelProto()
    proto.ParseFromString((SOURCE / "llama/tokenizer.model").read_bytes())
    names = {1: T.NORMAL, 2: T.UNKNOWN, 3: T.CONTROL, 4: T.USER_DEFINED, 5: T.UNUSED, 6: T.BYTE}
    w.add_tokenizer_model("llama")
    w.add_tokenizer_pre("default")
    w.add_token_list([p.piece for p in proto.pieces] + [t for t, _ in extra])
    w.add_token_scores([p.score for p in proto.pieces] + [-1000.0] * len(extra))
    w.add_token_types([names[p.type] for p in proto.pieces] + [k for _, k in extra])
    w.add_bos_token_id(1)
    w.add_eos_token_id(2)
    w.add_unk_token_id(0)
    w.add_add_bos_token(add_bos)
    w.add_add_eos_token(add_eos)
    if not space:
        w.add_add_space_prefix(False)


def pieces(space=True, add_bos=True, add_eos=False, extra=()):
    """By the reference's conversion of the SentencePiece model, with further tokens."""
    fast = transformers.LlamaTokenizerFast(
        vocab_file=str(SOURCE / "llama/tokenizer.model"), legacy=True, add_prefix_space=space,
        add_bos_token=add_bos, add_eos_token=add_eos, from_slow=True)
    t = Tokenizer.from_str(fast.backend_tokenizer.to_str())
    for text, kind in extra:
        if kind == T.CONTROL:
            t.add_special_tokens([AddedToken(text, normalized=False, special=True)])
        elif kind == T.USER_DEFINED:
            t.add_tokens([AddedToken(text, normalized=False)])
    return t


def llama_cpp(file):
    """Ids by llama.cpp, special tokens in the text read as such: with those around a text, and without."""
    params = cpp.llama_model_default_params()
    params.vocab_only = True
    model = cpp.llama_load_model_from_file(str(file).encode(), params)
    assert model, file
    result = []
    for text in CORPUS:
        raw, both = text.encode(), []
        for around in (True, False):
            out = (cpp.llama_token * 4096)()
            n = cpp.llama_tokenize(model, raw, len(raw), out, 4096, around, True)
            assert n >= 0
            both.append(list(out[:n]))
        result.append(both)
    cpp.llama_free_model(model)
    return result


def record(name, tokenizer, write):
    w = gguf.GGUFWriter(OUT / f"{name}.gguf", "llama")
    write(w)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    cases = []
    for text in CORPUS:
        ids = tokenizer.encode(text).ids
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        cases.append([ids, plain, tokenizer.decode(ids), tokenizer.decode(ids, skip_special_tokens=False)])
    other = {str(i): ids for i, ids in enumerate(llama_cpp(OUT / f"{name}.gguf")) if ids != cases[i][:2]}
    print(name, "llama.cpp differs on", len(other), "of", len(CORPUS))
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    (OUT / f"{name}.json").write_text(
        '{"size": %d,\n"llama.cpp": %s,\n"cases": [\n%s\n]}\n'
        % (tokenizer.get_vocab_size(), json.dumps(other, separators=(",", ":")), lines))


def tiny(tokenizer):
    """A model of LLaMA's kind, its matrices in Q8_0."""
    rng = np.random.default_rng(77)
    width, layers, heads, kv, hidden = 32, 2, 4, 2, 64
    size = tokenizer.get_vocab_size()
    w = gguf.GGUFWriter(OUT / "tiny.gguf", "llama")
    w.add_context_length(512)
    w.add_embedding_length(width)
    w.add_block_count(layers)
    w.add_feed_forward_length(hidden)
    w.add_head_count(heads)
    w.add_head_count_kv(kv)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_freq_base(500000.0)
    w.add_rope_dimension_count(width // heads)
    write_llama3(w, tokenizer)

    def matrix(name, rows, columns):
        raw = gguf.quantize(rng.normal(0, 0.2, (rows, columns)).astype(np.float32), Q.Q8_0)
        w.add_tensor(name, raw, raw_dtype=Q.Q8_0)

    matrix("token_embd.weight", size, width)
    for i in range(layers):
        for norm in ("attn_norm", "ffn_norm"):
            w.add_tensor(f"blk.{i}.{norm}.weight", np.ones(width, np.float32))
        for name, rows, columns in (
            ("attn_q", width, width), ("attn_k", width * kv // heads, width), ("attn_v", width * kv // heads, width),
            ("attn_output", width, width), ("ffn_gate", hidden, width), ("ffn_up", hidden, width),
            ("ffn_down", width, hidden),
        ):
            matrix(f"blk.{i}.{name}.weight", rows, columns)
    w.add_tensor("output_norm.weight", np.ones(width, np.float32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def write_llama3(w, tokenizer):
    # As converters before the middle of 2025 left it: nothing says that texts begin with a token.
    write_pairs(w, tokenizer, "llama-bpe", bos=SPECIALS[0], eos=SPECIALS[4])
    w.add_chat_template([{"name": "default", "template": CHAT}, {"name": "tool_use", "template": "{{ eos_token }}"}])


def main():
    gpt2 = Tokenizer.from_file(str(SOURCE / "gpt2/tokenizer.json"))
    record("gpt2", gpt2, lambda w: write_pairs(
        w, gpt2, "gpt-2", bos="<|endoftext|>", eos="<|endoftext|>", add_bos=False))
    qwen2 = Tokenizer.from_file(str(SOURCE / "qwen2/tokenizer.json"))
    record("qwen2", qwen2, lambda w: write_pairs(
        w, qwen2, "qwen2", eos="<|im_end|>", pad="<|endoftext|>", add_bos=False, unused=3))
    llama3 = trained(byte_level(LLAMA3), 600, SPECIALS, True, True)
    record("llama3", llama3, lambda w: write_llama3(w, llama3))
    smollm = trained(digits(), 560, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], False, False)
    record("smollm", smollm, lambda w: write_pairs(
        w, smollm, "smollm", bos="<|im_start|>", eos="<|im_end|>", add_bos=False))
    tekken = trained(byte_level(TEKKEN), 560, ["<s>", "</s>", "[INST]"], True, True)
    record("tekken", tekken, lambda w: write_pairs(w, tekken, "tekken", bos="<s>", eos="</s>", add_bos=True))
    record("llama", pieces(), lambda w: write_pieces(w, (), True, True, False))
    extra = (("<image>", T.CONTROL), ("[new token]", T.USER_DEFINED))
    record("llama-bare", pieces(False, False, True, extra), lambda w: write_pieces(w, extra, False, False, True))
    tiny(llama3)
    messages = [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "What is this? 灯台"}]
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=llama3, bos_token=SPECIALS[0], eos_token=SPECIALS[4], chat_template=CHAT)
    prompt = fast.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = llama3.encode(prompt, add_special_tokens=False).ids
    (OUT / "chat.json").write_text(json.dumps({"messages": messages, "prompt": prompt, "ids": ids}, indent=1) + "\n")
    (OUT / "README.md").write_text(
        "# Tokenizers inside GGUF files\n\n"
        f"7 files without tensors, {len(CORPUS)} texts (`../tokenizers-legacy/corpus.json`), a tiny model and a prompt; what each\n"
        "holds is told in `tools/goldens/gguf_tokenizers.py`, which made them.\n\n"
        f"Made with transformers {transformers.__version__}, tokenizers {tokenizers.__version__}, gguf {version('gguf')}, llama-cpp-python\n"
        f"{version('llama-cpp-python')}.\n")


main()
