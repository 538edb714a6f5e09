"""Trains small vocabularies of the kinds that language models have, on the strings of corpus.py.

train.py FOLDER    writes NAME.json for each of KINDS, and two SentencePiece models
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sentencepiece
from corpus import strings
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SIZE = 2000
LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
QWEN_2 = LLAMA_3.replace(r"\p{N}{1,3}", r"\p{N}")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
GPT_4O = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{ENDING}|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{ENDING}|\p{{N}}{{1,3}}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def byte_level(
    *before: Any, add_prefix_space: bool = False, use_regex: bool = True, normalizer: Any = None, **model: Any
) -> Tokenizer:
    """Return a byte-level BPE tokenizer, with `before` as the first steps of its pre-tokenizer."""
    tokenizer = Tokenizer(models.BPE(**model))
    step = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=use_regex)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*before, step])
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=["<s>", "</s>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    return _trained(tokenizer, trainer)


def by_pattern(pattern: str, **model: Any) -> Tokenizer:
    """Return a byte-level BPE tokenizer of words that match a pattern."""
    return byte_level(pre_tokenizers.Split(Regex(pattern), "isolated"), use_regex=False, **model)


def gpt_2() -> Tokenizer:
    return byte_level()


def roberta() -> Tokenizer:
    tokenizer = byte_level(add_prefix_space=True)
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True), AddedToken("<unk>", rstrip=True)])
    tokenizer.add_tokens([AddedToken("hello", single_word=True), AddedToken("of", single_word=True, normalized=False)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    return tokenizer


def smollm() -> Tokenizer:
    return byte_level(pre_tokenizers.Digits(individual_digits=True))


def llama_3() -> Tokenizer:
    tokenizer = by_pattern(LLAMA_3, ignore_merges=True)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return tokenizer


def qwen_2() -> Tokenizer:
    return by_pattern(QWEN_2, normalizer=normalizers.NFC())


def gpt_4o() -> Tokenizer:
    return by_pattern(GPT_4O)


def llama_2() -> Tokenizer:
    """Return a BPE tokenizer that takes bytes for what it has no token for, of a text that is one word."""
    spaces = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer = byte_fallback(spaces, pre_tokenizers.Split("▁", "merged_with_next"))
    tokenizer.pre_tokenizer = None  # Which is only for the training: a text that is one word has no counts.
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


def gemma() -> Tokenizer:
    split = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer = byte_fallback(normalizers.Replace(" ", "▁"), pre_tokenizers.Split("▁", "merged_with_next"))
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


def byte_fallback(normalizer: Any, pre_tokenizer: Any) -> Tokenizer:
    """Return a BPE tokenizer of characters with a token for each byte."""
    names = ["<unk>", "<s>", "</s>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
    letters = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, special_tokens=[*names, *letters], limit_alphabet=300, show_progress=False
    )
    specification = json.loads(_trained(tokenizer, trainer).to_str())
    specification["added_tokens"] = [each for each in specification["added_tokens"] if each["content"] in names]
    return Tokenizer.from_str(json.dumps(specification))


def metaspace() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, special_tokens=["<unk>", "<s>"], limit_alphabet=200, show_progress=False
    )
    return _trained(tokenizer, trainer)


def bert() -> Tokenizer:
    """Return a WordPiece tokenizer that keeps case and accents."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=False)
    trainer = trainers.WordPieceTrainer(
        vocab_size=SIZE, special_tokens=["[UNK]", "[CLS]", "[SEP]", "[MASK]"], limit_alphabet=400, show_progress=False
    )
    trained = _trained(tokenizer, trainer)
    trained.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return trained


def folded() -> Tokenizer:
    """Return a BPE tokenizer of folded words, for which no decoder is known."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation("contiguous")]
    )
    trainer = trainers.BpeTrainer(vocab_size=SIZE, special_tokens=["<unk>"], limit_alphabet=300, show_progress=False)
    return _trained(tokenizer, trainer)


KINDS: tuple[Callable[[], Tokenizer], ...] = (
    gpt_2, roberta, smollm, llama_3, qwen_2, gpt_4o, llama_2, gemma, metaspace, bert, folded,
)  # fmt: skip


def _trained(tokenizer: Tokenizer, trainer: Any) -> Tokenizer:
    tokenizer.train_from_iterator(_texts(), trainer)
    return tokenizer


def _texts() -> Sequence[str]:
    """Return what is learnt from: other strings than those that are compared."""
    return [text.decode(errors="replace") for text in strings(seed=-1, count=5000)]


def sentencepiece_model(**flags: Any) -> bytes:
    """Return a SentencePiece model that leaves texts as they are."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(text for text in _texts() if "\0" not in text and max(text, default="") < "\u0500"),
        model_writer=written,
        model_type="bpe",
        vocab_size=SIZE,
        character_coverage=0.98,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        num_threads=1,
        minloglevel=2,
        **flags,
    )
    return written.getvalue()


def main(folder: Path) -> None:
    """Train all."""
    for kind in KINDS:
        kind().save(str(folder / f"{kind.__name__}.json"))
    pieces = sentencepiece_model(byte_fallback=True, user_defined_symbols=["<|im_start|>", "__init__", "world"])
    (folder / "pieces.model").write_bytes(pieces)
    bare = sentencepiece_model(add_dummy_prefix=False, split_by_whitespace=False, allow_whitespace_only_pieces=True)
    (folder / "pieces_bare.model").write_bytes(bare)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
