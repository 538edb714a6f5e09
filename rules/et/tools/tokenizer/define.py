"""Puts a tokenizer's definition together from what its files say; knows nothing of bytes on disk."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from tokenizers import AddedToken, Tokenizer, models  # type: ignore[import-not-found,unused-ignore]
from tokenizers import decoders as library  # type: ignore[import-not-found,unused-ignore]

from common.diagnostics import UserError, mistake
from tokenizer import code_points
from tokenizer.decoders import BYTE_FALLBACK, BYTE_LEVEL, WORD_PIECES, Decoder, compile_decoder
from tokenizer.definition import (
    BPE,
    FUSES_UNKNOWN,
    HAS_BYTE_FALLBACK,
    IGNORES_MERGES,
    IS_BYTE_LEVEL,
    LSTRIP,
    NORMALIZED,
    RSTRIP,
    SINGLE_WORD,
    WORD_PIECE,
    Definition,
)
from tokenizer.normalizers import compile_normalizer, normalized
from tokenizer.pre_tokenizers import compile_pre_tokenizer
from tokenizer.source import Source
from tokenizer.tables import Ranges, Tables
from tokenizer.vocabulary import (
    BYTE,
    CONTINUES,
    EXISTS,
    GLUED,
    NONE,
    SPECIAL,
    Merge,
    byte_alphabet,
    fallback_byte,
    merges_of,
    spelled_bytes,
)

MAX_IDS = 1 << 24
"""More would be a file gone wrong, and take the memory of the machine."""


def define(source: Source) -> Definition:
    """Return the definition of a tokenizer; what the runner cannot do is a mistake that names what it can."""
    spec, tables = source.spec, Tables()
    model = spec["model"]
    if model["type"] not in ("BPE", "WordPiece"):
        raise _unsupported("model", "BPE or WordPiece", model["type"])
    splitter = compile_pre_tokenizer(spec["pre_tokenizer"], tables)
    decoder = compile_decoder(spec["decoder"])
    alphabet = byte_alphabet() if splitter.byte_level else {}
    if splitter.byte_level and model["type"] != "BPE":
        raise _unsupported("pre-tokenizer of WordPiece", "one of characters", "ByteLevel")
    if splitter.byte_level != bool(decoder.flags & BYTE_LEVEL):
        raise _unsupported("decoder", "ByteLevel exactly if the pre-tokenizer is", "not so")
    added = _added_names(source)
    names = _names(spec, added)
    spelled = {index: _spelling(text, alphabet) for index, text in names.items()}
    contents = {each["content"] for each in spec["added_tokens"] if each["special"]}
    special = {index for index, name in added.items() if name in contents} | set(spec.get("controls", ()))
    prefix, suffix = _template(spec["post_processor"])
    flags = _flags(names, decoder, special)
    definition = Definition(
        tables=tables,
        model=BPE if model["type"] == "BPE" else WORD_PIECE,
        model_flags=_model_flags(model, byte_level=splitter.byte_level),
        pieces=[spelled.get(index, b"") for index in range(max(names) + 1)],
        flags=[flags.get(index, 0) for index in range(max(names) + 1)],
        model_ids=_sorted_ids(model["vocab"], spelled, alphabet),
        merges=_merges(model, source.ranks),
        byte_ids=_byte_ids(model, alphabet),
        added=_added(source),
        normalizer=compile_normalizer(spec["normalizer"], tables),
        splitter=splitter.operations,
        prefix=prefix,
        suffix=suffix,
        decoder=decoder,
        unknown=_unknown(model),
        bos=NONE if source.bos is None else source.bos,
        eos=NONE if source.eos is None else source.eos,
        word_limit=model.get("max_input_chars_per_word", 0),
        continuing=(model.get("continuing_subword_prefix") or "").encode(),
        word_set=NONE,
        space_set=NONE,
    )
    _sets_of_added(definition)
    _check_ids(definition, names)
    return definition


def _added_names(source: Source) -> dict[int, str]:
    """Return how added tokens are shown: like the library, normalized if they are looked for in normalized text."""
    tokens = source.spec["added_tokens"]
    contents = [each["content"] for each in tokens]
    shown = contents if source.spelled else normalized(source.spec["normalizer"], contents)
    return {
        token["id"]: text if token["normalized"] and text else token["content"]
        for token, text in zip(tokens, shown, strict=True)
    }


def _names(spec: Mapping[str, Any], added: Mapping[int, str]) -> dict[int, str]:
    """Return the spelling of each id; added tokens have the last word."""
    vocabulary: dict[int, str] = {index: text for text, index in spec["model"]["vocab"].items()}
    names = vocabulary | dict(added) | dict(spec.get("shown", {}))
    if not names or max(names) >= MAX_IDS:
        message = f"a tokenizer must have 1 to {MAX_IDS} ids, has {max(names, default=-1) + 1}"
        raise mistake("invalid-tokenizer", message, "src")
    return names


def _spelling(text: str, alphabet: Mapping[str, int]) -> bytes:
    spelled = spelled_bytes(text, alphabet) if alphabet else None
    return text.encode() if spelled is None else spelled


def _flags(names: Mapping[int, str], decoder: Decoder, special: set[int]) -> dict[int, int]:
    flags = {index: EXISTS | (SPECIAL if index in special else 0) for index in names}
    for index, text in names.items():
        if decoder.flags & BYTE_FALLBACK and fallback_byte(text) is not None:
            flags[index] |= BYTE
    if decoder.flags & WORD_PIECES:
        backend = library.WordPiece(decoder.prefix, decoder.cleanup)
        for index, text in names.items():
            flags[index] |= _word_piece_flags(text, decoder, backend)
    return flags


def _word_piece_flags(text: str, decoder: Decoder, backend: Any) -> int:
    """Ask the library how a token is shown after another: with a space before it, or without."""
    first, later = backend.decode([text]), backend.decode(["x", text])[1:]
    shown = {f" {text}": 0, text: GLUED}
    if text.startswith(decoder.prefix):
        shown[text[len(decoder.prefix) :]] = CONTINUES
    if first != text or later not in shown:
        raise _unsupported("decoder", "one that only moves spaces", f"one that shows {text!r} as {later!r}")
    return shown[later]


def _model_flags(model: Mapping[str, Any], *, byte_level: bool) -> int:
    if model["type"] != "BPE":
        return 0
    for name in ("dropout", "continuing_subword_prefix", "end_of_word_suffix"):
        if model.get(name):
            raise _unsupported(f"{name} of the model", "absent", repr(model[name]))
    if byte_level and model["byte_fallback"]:
        raise _unsupported("byte_fallback of a byte-level model", "false", "true")
    flags = {
        IS_BYTE_LEVEL: byte_level,
        HAS_BYTE_FALLBACK: model["byte_fallback"],
        FUSES_UNKNOWN: model["fuse_unk"],
        IGNORES_MERGES: model["ignore_merges"],
    }
    return sum(flag for flag, holds in flags.items() if holds)


def _unknown(model: Mapping[str, Any]) -> int:
    token = model.get("unk_token")
    if token is None:
        return NONE
    if token not in model["vocab"]:
        raise mistake("invalid-tokenizer", f"the unknown token {token!r} must be in the vocabulary, is not", "src")
    return int(model["vocab"][token])


def _sorted_ids(vocab: Mapping[str, int], spelled: Mapping[int, bytes], alphabet: Mapping[str, int]) -> list[int]:
    """Return the ids that the model can give for a word, by their spelling."""
    words = {index: spelled_bytes(text, alphabet) if alphabet else text.encode() for text, index in vocab.items()}
    # An added token that is shown otherwise than it is spelled is found before the model is asked.
    return sorted((index for index, word in words.items() if word == spelled[index]), key=lambda index: spelled[index])


def _merges(model: Mapping[str, Any], ranks: tuple[int, ...] | None) -> list[Merge]:
    if model["type"] != "BPE":
        return []
    pairs = [(left, right) for left, right in model["merges"]]
    missing = [pair for pair in pairs if not {*pair, "".join(pair)} <= model["vocab"].keys()]
    if missing:
        message = f"a merge and what it makes must be in the vocabulary; {len(missing)} are not, such as {missing[0]!r}"
        raise mistake("invalid-tokenizer", message, "src")
    return merges_of(pairs, ranks or range(len(pairs)), model["vocab"])


def _byte_ids(model: Mapping[str, Any], alphabet: Mapping[str, int]) -> list[int]:
    """Return the id of each byte, for models that have some."""
    if alphabet:
        return [model["vocab"].get(letter, NONE) for letter in sorted(alphabet, key=lambda each: alphabet[each])]
    if model.get("byte_fallback"):
        return [model["vocab"].get(f"<0x{byte:02X}>", NONE) for byte in range(256)]
    return []


def _added(source: Source) -> list[tuple[bytes, int, int]]:
    """Return what is looked for, by its bytes; of equal ones the first counts."""
    tokens = [each for each in source.spec["added_tokens"] if each["content"]]
    contents = [each["content"] for each in tokens]
    patterns = contents if source.spelled else normalized(source.spec["normalizer"], contents)
    found: dict[tuple[bool, bytes], tuple[int, int]] = {}
    for token, pattern in zip(tokens, patterns, strict=True):
        text = pattern if token["normalized"] else token["content"]
        how = {SINGLE_WORD: "single_word", LSTRIP: "lstrip", RSTRIP: "rstrip", NORMALIZED: "normalized"}
        flags = sum(flag for flag, name in how.items() if token[name])
        if text:
            found.setdefault((token["normalized"], text.encode()), (token["id"], flags))
    return [(pattern, *value) for (_, pattern), value in sorted(found.items())]


def _sets_of_added(definition: Definition) -> None:
    flags = [flags for _, _, flags in definition.added]
    if any(each & SINGLE_WORD for each in flags):
        definition.word_set = definition.tables.set_of(_word_edges())
    if any(each & (LSTRIP | RSTRIP) for each in flags):
        definition.space_set = definition.tables.set_of(code_points.whitespace())


def _word_edges() -> Ranges:
    """Ask the library beside which code points an added token of a single word is not found."""
    backend = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))  # noqa: S106  A token of another kind.
    backend.add_tokens([AddedToken("\ue000", single_word=True, normalized=False)])
    [added] = backend.get_added_tokens_decoder()
    outside = []
    for part in code_points.parts(code_points.every()):
        encodings = backend.encode_batch([f"{each}\ue000" for each in part])
        outside += [ord(each) for each, its in zip(part, encodings, strict=True) if added not in its.ids]
    return code_points.joined(outside)


def _template(spec: Mapping[str, Any] | None) -> tuple[list[int], list[int]]:
    """Return the ids that stand before and after a text."""
    if spec is None or spec["type"] == "ByteLevel":
        return [], []
    kind = spec["type"]
    if kind == "Sequence":
        sides = [_template(each) for each in spec["processors"]]
        return [index for before, _ in reversed(sides) for index in before], [
            index for _, after in sides for index in after
        ]
    if kind in ("BertProcessing", "RobertaProcessing"):
        return [spec["cls"][1]], [spec["sep"][1]]
    if kind != "TemplateProcessing":
        raise _unsupported("post-processor", "TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel", kind)
    single = spec["single"]
    texts = [index for index, item in enumerate(single) if "Sequence" in item]
    if len(texts) != 1:
        raise _unsupported("template", "one with the text once", f"one with it {len(texts)} times")
    ids = [
        spec["special_tokens"][item["SpecialToken"]["id"]]["ids"] if "SpecialToken" in item else [] for item in single
    ]
    return list(chain(*ids[: texts[0]])), list(chain(*ids[texts[0] :]))


def _check_ids(definition: Definition, names: Mapping[int, str]) -> None:
    used = {*definition.prefix, *definition.suffix, definition.bos, definition.eos} - {NONE}
    for index in sorted(used - names.keys()):
        raise mistake("invalid-tokenizer", f"id {index} is used around a text, but no token has it", "src")


def _unsupported(what: str, served: str, found: str) -> UserError:
    return mistake("unsupported-tokenizer", f"the {what} must be {served}, is {found}", "src")
