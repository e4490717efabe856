"""Ids that Hugging Face's slow-to-fast conversion gives for tokenizers without tokenizer.json.

usage: legacy_tokenizers.py TOKENIZERS_FOLDER OUTPUT_FOLDER
       (needs transformers 4.57: later releases have no slow tokenizers left; sentencepiece, protobuf)

TOKENIZERS_FOLDER holds the older files: gpt2/vocab.json, gpt2/merges.txt, t5/spiece.model ... Every variant below takes
such files, adds configuration files, loads them with the fast class of transformers (which converts) and records what
the converted tokenizer says about every text. OUTPUT_FOLDER/corpus.json has the texts; OUTPUT_FOLDER/VARIANT/ has the
configuration files and golden.json: {"files": folder of the vocabulary, "cases": [[ids, ids without special tokens,
decoded without special tokens, decoded with them], ...]} in the corpus' order, and added tokens with their ids.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
import transformers

SOURCE, OUT = Path(sys.argv[1]), Path(sys.argv[2])

CORPUS = [
    "", " ", "  ", "   ", "a", " a", "a ", " a ", "  a  b  ", "A photo of a cat.", "a\tb\nc\r\nd", "\n", "\n\n", "\t", " \n ",
    # languages
    "Ein Hündchen läuft über die Wiese, schön!", "L'été à Besançon, où l'œuvre s'achève.", "¿Dónde está el niño? ¡Allí!",
    "Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "Đây là một con mèo nhỏ", "İstanbul'da ışık, IĞDIR", "ΟΔΥΣΣΕΥΣ και Πηνελόπη ς",
    "Щенок бежит по траве. Ёлка", "בַּיִת שלום עולם", "القِطَّةُ على الكُرسيّ", "یک گربه‌ی کوچک", "बिल्ली कुर्सी पर है।", "বিড়াল",
    "பூனை", "แมวนั่งอยู่บนเก้าอี้", "ខ្មែរ", "မြန်မာ", "მზე", "Հայերեն", "ኢትዮጵያ", "猫が椅子に座っている。", "ｶﾀｶﾅ ﾊﾝｶｸ ガギグ", "我喜欢吃苹果，你呢？",
    "漢字かな交じり文 123 abc", "고양이가 의자에 앉아 있다", "고양이", "𠮷野家 𩸽", "ꦱꦧ", "ᚠᛇᚻ", "Ǆ ǅ ǆ ŉ ſ K Å",
    # composed, compatible and combining forms
    "e\u0301 \u00e9 E\u0301 \u00c9", "n\u0303o\u0308", "ﬁ ﬂ ﬃ", "①②③ ½ ²³ ™ ℃ ㍿", "Ａ１！", "a\u0300\u0301\u0302\u0303", "\u0301alone", "ẞ ß ŉ ΐ",
    # emoji
    "🙂", "🙂🙂🙂", "👨‍👩‍👧‍👦", "👍🏽 👍🏿", "🇫🇷🇯🇵🇺", "❤️ ❤", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣ #️⃣", "a🙂b 🐈 c", "🧑🏻‍💻 codes", "☃ ☂ ★", "\U0001fae8 new",
    # control, space and format characters
    "a\u0000b", "\u0001\u0002\u0003", "\u0007bell\u0008", "\u000b\u000c", "esc\u001b[31mred\u001b[0m", "\u007f", "\u0080\u0085\u009f",
    "\u00a0nbsp\u00a0", "\u2002\u2003\u2009thin", "\u2028line\u2029para", "\u3000wide\u3000", "\u200bzero\u200cwidth\u200djoin\u2060", "\u200eltr\u200frtl\u202e!",
    "\ufeffbom\ufeff", "\ufffd", "\ufffe\uffff", "\ue000 private", "soft\u00adhyphen", "\u180e\u1680", "a\u0303\u200d", "\U000e0001tag", "\U0010ffff",
    # pieces of other tokenizers and special tokens in the text
    "<s>", "</s>", "<s>x</s>", "a <s> b", "a<s>b", "<unk>", "<pad> <mask>", "x <mask> y", "<|endoftext|>", "a<|endoftext|> b", "<|ENDOFTEXT|> <|StartOfText|>",
    "<|startoftext|>text<|endoftext|>", "<|im_start|>user\nhi<|im_end|>\n", "[CLS] x [SEP]", "[MASK][PAD]", "[cls]", "[DEC] a", "<extra_id_0>", "a <extra_id_1> b<extra_id_99>",
    "<extra_id_100>", "<0x0A>", "<0x41> <0xFF>", "▁", "▁a", "a▁b", "▁▁", "Ġa Ċ", "##ing", "a</w>", "<|extratoken_1|>x <|extratoken_2|>", "<image> a <image>", "[new token] NEW", "new new",
    # letters, digits and signs
    "I'm you're HE'LL we'd they've it's O'Neil's 'tis", "it’s “quoted”", "1234567890", "3.14159 1,000,000 10^-3 0x1F", "x=1;y=2", "C++ #tag @user $5 100%",
    "don't-stop_believing", "...!!!???", "(a) [b] {c} <d>", "http://example.test/a?b=c&d=e#f", "e-mail@example.test", "def f(x):\n    return x  # ok\n", "\\n \\t \"q\"",
    "ALLCAPS MiXeD cAsE", "a" * 70, "ab" * 40, " " * 9, "a" + " " * 5 + "b", "-" * 20, "supercalifragilisticexpialidocious" * 4, "x" * 120, "word " * 12,
]


def token(content, **flags):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False, **flags}


def listed(content, **flags):
    return {**token(content, normalized=False, special=True), **flags}


QWEN = {"tokenizer_class": "Qwen2Tokenizer", "add_prefix_space": False, "bos_token": None, "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>", "unk_token": None, "split_special_tokens": False, "errors": "replace",
        "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
        "added_tokens_decoder": {"699": listed("<|endoftext|>"), "700": listed("<|im_start|>"), "701": listed("<|im_end|>")}}
OPT = {"tokenizer_class": "GPT2Tokenizer", "errors": "replace", "add_prefix_space": False, "add_bos_token": True,
       "unk_token": {"__type": "AddedToken", **token("</s>")}, "bos_token": {"__type": "AddedToken", **token("</s>")},
       "eos_token": {"__type": "AddedToken", **token("</s>")}, "pad_token": {"__type": "AddedToken", **token("<pad>")}}
OLD_LLAMA_MAP = {"bos_token": token("<s>"), "eos_token": token("</s>"), "unk_token": token("<unk>")}
SENTINELS = [f"<extra_id_{i}>" for i in range(100)]

# name: (folder of the vocabulary, class, {configuration file: content})
VARIANTS = {
    "gpt2": ("gpt2", "GPT2TokenizerFast", {}),
    "gpt2-prefix": ("gpt2", "GPT2TokenizerFast", {"tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True, "add_bos_token": True}}),
    "gpt-j": ("gpt2", "GPT2TokenizerFast", {
        "added_tokens.json": {"<|extratoken_1|>": 700, "<|extratoken_2|>": 701, "new": 702},
        "special_tokens_map.json": {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"},
        "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "unk_token": {"__type": "AddedToken", **token("<|endoftext|>")}}}),
    "opt": ("opt", "GPT2TokenizerFast", {"tokenizer_config.json": OPT,
        "special_tokens_map.json": {"bos_token": token("</s>"), "eos_token": token("</s>"), "unk_token": token("</s>"), "pad_token": token("<pad>")}}),
    "bart": ("bart", "BartTokenizerFast", {"tokenizer_config.json": {"tokenizer_class": "BartTokenizer"}}),
    "clip": ("clip", "CLIPTokenizerFast", {}),
    "clip-map": ("clip", "CLIPTokenizerFast", {
        "tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer", "do_lower_case": True, "model_max_length": 77,
            "bos_token": {"__type": "AddedToken", **token("<|startoftext|>")}},
        "special_tokens_map.json": {"bos_token": token("<|startoftext|>"), "eos_token": token("<|endoftext|>"),
            "unk_token": token("<|endoftext|>"), "pad_token": "<|endoftext|>"}}),
    "qwen2": ("qwen2", "Qwen2TokenizerFast", {"tokenizer_config.json": QWEN}),
    "bert": ("bert", "BertTokenizerFast", {"tokenizer_config.json": {"do_lower_case": True, "model_max_length": 512}}),
    "bert-cased": ("bert", "BertTokenizerFast", {
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False},
        "added_tokens.json": {"[new token]": 440},
        "special_tokens_map.json": {"bos_token": "[DEC]"}}),
    "llama": ("llama", "LlamaTokenizerFast", {}),
    "llama-old-map": ("llama", "LlamaTokenizerFast", {
        "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": True, "legacy": True,
            "bos_token": {"__type": "AddedToken", **token("<s>")}, "eos_token": {"__type": "AddedToken", **token("</s>")},
            "unk_token": {"__type": "AddedToken", **token("<unk>")}, "pad_token": None, "sp_model_kwargs": {}},
        "special_tokens_map.json": OLD_LLAMA_MAP, "added_tokens.json": {"<pad>": 800}}),
    "llama-first": ("llama", "LlamaTokenizerFast", {"tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer", "legacy": False, "pad_token": "<pad>", "additional_special_tokens": ["<image>"],
        "added_tokens_decoder": {"0": listed("<unk>"), "1": listed("<s>"), "2": listed("</s>"), "800": listed("<image>"), "801": listed("<pad>")}}}),
    "llama-no-space": ("llama", "LlamaTokenizerFast", {"tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer", "legacy": False, "add_prefix_space": False, "add_bos_token": False}}),
    "t5": ("t5", "T5TokenizerFast", {}),
    "t5-map": ("t5", "T5TokenizerFast", {
        "tokenizer_config.json": {"tokenizer_class": "T5Tokenizer", "extra_ids": 100, "eos_token": "</s>", "unk_token": "<unk>",
            "pad_token": "<pad>", "additional_special_tokens": SENTINELS, "sp_model_kwargs": {}},
        "special_tokens_map.json": {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "additional_special_tokens": SENTINELS}}),
    "t5-first": ("t5", "T5TokenizerFast", {"tokenizer_config.json": {"tokenizer_class": "T5Tokenizer", "legacy": False, "extra_ids": 3}}),
}


def bart_files():
    """OPT's vocabulary with the mask at its end, which makes it BART's."""
    folder = OUT / "bart-files"
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = json.loads((SOURCE / "opt/vocab.json").read_text())
    vocabulary["<mask>"] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    shutil.copy(SOURCE / "opt/merges.txt", folder)
    return folder


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "corpus.json").write_text(json.dumps(CORPUS, indent=0) + "\n")
    bart = bart_files()
    for name, (files, kind, configs) in VARIANTS.items():
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            for file in (bart if files == "bart" else SOURCE / files).iterdir():
                if file.name not in ("tokenizer.json", "golden.json", "batch16.json"):
                    shutil.copy(file, work)
            for file, content in configs.items():
                (folder / file).write_text(json.dumps(content, indent=1) + "\n")
                shutil.copy(folder / file, work)
            loaded = getattr(transformers, kind).from_pretrained(work)
        # The converted tokenizer itself, without the decoding habits of the Python class around it.
        tokenizer = tokenizers.Tokenizer.from_str(loaded.backend_tokenizer.to_str())
        cases = []
        for text in CORPUS:
            ids = tokenizer.encode(text).ids
            plain = tokenizer.encode(text, add_special_tokens=False).ids
            cases.append([ids, plain, tokenizer.decode(ids), tokenizer.decode(ids, skip_special_tokens=False)])
        added = {t.content: i for i, t in tokenizer.get_added_tokens_decoder().items()}
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
        (folder / "golden.json").write_text(
            '{"files": %s, "size": %d, "added": %s,\n"cases": [\n%s\n]}\n'
            % (json.dumps("bart-files" if files == "bart" else files), tokenizer.get_vocab_size(), json.dumps(added), lines))
        if "--dump" in sys.argv:
            Path(f"/tmp/{name}.json").write_text(tokenizer.to_str(pretty=True))
    (OUT / "README.md").write_text(
        "# Tokenizers without tokenizer.json\n\n"
        f"{len(VARIANTS)} sets of older tokenizer files, {len(CORPUS)} texts (`corpus.json`); what each file holds is told in\n"
        "`tools/goldens/legacy_tokenizers.py`, which made them. The vocabularies are those of `../tokenizers`.\n\n"
        f"Made with transformers {transformers.__version__}, tokenizers {tokenizers.__version__}, sentencepiece {sentencepiece.__version__}.\n")


main()
