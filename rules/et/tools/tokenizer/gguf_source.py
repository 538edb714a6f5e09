"""Reads the tokenizer that a GGUF file carries; knows nothing of its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.diagnostics import mistake
from tokenizer.sentencepiece_source import CONTROL, NORMAL, UNKNOWN, USER_DEFINED, Piece, sentencepiece_spec
from tokenizer.source import Source

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LLAMA_3 = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{_REST}"
_QWEN_2 = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{_REST}"

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
_DIGITS = {"type": "Digits", "individual_digits": True}


def _split(pattern: str) -> list[dict[str, Any]]:
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    return [split, BYTE_LEVEL | {"use_regex": False}]


PRE_TOKENIZERS: dict[str, list[dict[str, Any]]] = {
    "default": [BYTE_LEVEL],
    "gpt-2": [BYTE_LEVEL],
    "smollm": [_DIGITS, BYTE_LEVEL],
    "starcoder": [_DIGITS, BYTE_LEVEL],
    "refact": [_DIGITS, BYTE_LEVEL],
    "command-r": [_DIGITS, BYTE_LEVEL],
    "llama-bpe": _split(_LLAMA_3),
    "dbrx": _split(_LLAMA_3),
    "qwen2": _split(_QWEN_2),
}
"""What `tokenizer.ggml.pre` names, as far as it is served."""


def read_gguf(path: Path) -> Source:
    """Return what the metadata of a GGUF file says of its tokenizer."""
    from gguf import GGUFReader

    try:
        fields = GGUFReader(path).fields
    except (ValueError, IndexError, OSError) as error:
        raise mistake("invalid-tokenizer", f"'{path.name}' must be a GGUF file, is not: {error}", "src") from error
    metadata = {name.removeprefix("tokenizer.ggml."): field for name, field in fields.items() if ".ggml." in name}
    values = _Values(path.name, metadata)
    kind = values.get("model", None)
    if kind == "gpt2":
        return _byte_level(values)
    if kind == "llama":
        return _sentencepiece(values)
    is_now = f"is '{kind}'" if kind else "is not there"
    message = f"'tokenizer.ggml.model' of '{path.name}' must be gpt2 or llama, {is_now}"
    raise mistake("unsupported-tokenizer", message, "src", hint="name the model's tokenizer.json as src")


class _Values:
    """Metadata by name, decoded when asked for."""

    def __init__(self, file: str, fields: dict[str, Any]) -> None:
        self.file = file
        self._fields = fields

    def get(self, name: str, default: Any) -> Any:
        return self._fields[name].contents() if name in self._fields else default

    def need(self, name: str) -> Any:
        if name not in self._fields:
            message = f"'{self.file}' must hold 'tokenizer.ggml.{name}', does not"
            raise mistake("invalid-tokenizer", message, "src")
        return self.get(name, None)


def _byte_level(values: _Values) -> Source:
    pre = values.get("pre", "default")
    if pre not in PRE_TOKENIZERS:
        served = ", ".join(sorted(PRE_TOKENIZERS))
        message = f"'tokenizer.ggml.pre' of '{values.file}' must be one of {served}; is '{pre}'"
        raise mistake("unsupported-tokenizer", message, "src", hint="name the model's tokenizer.json as src")
    tokens: Sequence[str] = values.need("tokens")
    kinds = values.get("token_type", [NORMAL] * len(tokens))
    added = [
        _added(index, tokens[index], kind == CONTROL)
        for index, kind in enumerate(kinds)
        if kind in (CONTROL, USER_DEFINED)
    ]
    bos, eos = values.get("bos_token_id", None), values.get("eos_token_id", None)
    model = {
        "type": "BPE", "unk_token": None, "fuse_unk": False, "byte_fallback": False,
        "ignore_merges": pre == "llama-bpe",
        "vocab": {token: index for index, token in enumerate(tokens)},
        "merges": [merge.split(" ", 1) for merge in values.need("merges")],
    }  # fmt: skip
    spec = {
        "added_tokens": added,
        "normalizer": {"type": "NFC"} if pre == "qwen2" else None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": PRE_TOKENIZERS[pre]},
        "post_processor": _around(values, tokens, bos, eos, bos_by_default=pre == "llama-bpe"),
        "decoder": BYTE_LEVEL,
        "model": model,
    }
    return Source(spec, bos, eos)


def _sentencepiece(values: _Values) -> Source:
    tokens: Sequence[str] = values.need("tokens")
    scores: Sequence[float] = values.need("scores")
    kinds: Sequence[int] = values.get("token_type", [NORMAL] * len(tokens))
    if len(scores) != len(tokens) or len(kinds) != len(tokens):
        message = (
            f"'{values.file}' must hold a score and a type a token, holds {len(tokens)} tokens, {len(scores)} scores"
        )
        raise mistake("invalid-tokenizer", message, "src")
    bos, eos = values.get("bos_token_id", 1), values.get("eos_token_id", 2)
    pieces = [Piece(*each) for each in zip(tokens, scores, kinds, strict=True)]
    spec, ranks = sentencepiece_spec(pieces, dummy_prefix=values.get("add_space_prefix", True))
    # Unlike SentencePiece itself, whoever runs a GGUF file finds its control tokens in the text.
    spec["added_tokens"] += [
        _added(index, piece.text, True) for index, piece in enumerate(pieces) if piece.kind in (CONTROL, UNKNOWN)
    ]
    spec["post_processor"] = _around(values, tokens, bos, eos, bos_by_default=True)
    return Source(spec, bos, eos, ranks, spelled=True)


def _added(index: int, content: str, special: bool) -> dict[str, Any]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"id": index, "content": content, "special": special, **flags}


def _around(
    values: _Values, tokens: Sequence[str], bos: int | None, eos: int | None, *, bos_by_default: bool
) -> dict[str, Any]:
    """Return the template that adds what begins and ends a text, if the file asks for it."""
    first = [bos] if bos is not None and values.get("add_bos_token", bos_by_default) else []
    last = [eos] if eos is not None and values.get("add_eos_token", False) else []
    names = {tokens[index]: {"id": tokens[index], "ids": [index], "tokens": [tokens[index]]} for index in first + last}
    single = [
        *({"SpecialToken": {"id": tokens[index], "type_id": 0}} for index in first),
        {"Sequence": {"id": "A", "type_id": 0}},
        *({"SpecialToken": {"id": tokens[index], "type_id": 0}} for index in last),
    ]
    return {"type": "TemplateProcessing", "single": single, "pair": [], "special_tokens": names}
