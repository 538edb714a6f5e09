"""What a tokenizer's files mean to the libraries that they were made for; knows nothing of flat files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gguf import GGUFReader
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

Ids = list[list[int]]


class Library:
    """A tokenizer of the library `tokenizers`, which neither cuts nor fills up here."""

    is_tokenizers = True

    def __init__(self, backend: Any) -> None:
        backend.no_truncation()
        backend.no_padding()
        self.backend = backend
        self.size = backend.get_vocab_size(with_added_tokens=True)

    def encode(self, texts: Sequence[str], *, special: bool) -> Ids:
        return [each.ids for each in self.backend.encode_batch_fast(texts, add_special_tokens=special)]

    def decode(self, ids: Ids, *, skip_special: bool) -> list[str]:
        return list(self.backend.decode_batch(ids, skip_special_tokens=skip_special))


class Pieces:
    """A model of the library `sentencepiece`, which adds nothing around a text and never shows control tokens."""

    is_tokenizers = False

    def __init__(self, path: Path) -> None:
        self.backend = SentencePieceProcessor(model_file=str(path))
        self.size = self.backend.vocab_size()

    def encode(self, texts: Sequence[str], *, special: bool) -> Ids:  # noqa: ARG002
        return list(self.backend.encode(texts))

    def decode(self, ids: Ids, *, skip_special: bool) -> list[str]:  # noqa: ARG002
        return list(self.backend.decode(ids))


def reference(path: Path) -> Library | Pieces:
    """Return what the library makes of a file."""
    if path.suffix == ".model":
        return Pieces(path)
    return Library(_smollm(path) if path.suffix == ".gguf" else Tokenizer.from_file(str(path)))


def _smollm(path: Path) -> Tokenizer:
    """Return SmolLM2's tokenizer, as its authors describe it, with the vocabulary of a GGUF file."""
    fields = {name.rpartition(".")[2]: field for name, field in GGUFReader(path).fields.items() if ".ggml." in name}
    tokens, merges, kinds = (fields[name].contents() for name in ("tokens", "merges", "token_type"))
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocabulary, [tuple(merge.split(" ")) for merge in merges]))
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, kinds, strict=True) if kind == 3])
    return tokenizer
