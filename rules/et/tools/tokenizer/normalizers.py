"""Compiles what is done to a text before it is split; knows nothing of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers import normalizers as library  # type: ignore[import-not-found,unused-ignore]

from common.diagnostics import mistake
from tokenizer import code_points
from tokenizer.patterns import compile_literal, compile_pattern
from tokenizer.tables import Tables

Operation = tuple[int, int, int, int]
MAP, DECOMPOSE, COMPOSE, REPLACE, PREPEND, STRIP = range(6)
"""A map · a map, Hangul and the order of marks · pairs to one · program, string · string · set, sides."""

SERVED = "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend, BertNormalizer, Nmt"


def compile_normalizer(spec: dict[str, Any] | None, tables: Tables) -> list[Operation]:
    """Return the operations of a normalizer, as tokenizer.json has it."""
    if spec is None:
        return []
    kind = spec["type"]
    if kind == "Sequence":
        return [operation for each in spec["normalizers"] for operation in compile_normalizer(each, tables)]
    if kind in ("NFC", "NFD", "NFKC", "NFKD"):
        return _unicode_form(kind, tables)
    if kind in ("Lowercase", "StripAccents", "Nmt"):
        return [_map(getattr(library, kind)(), tables)]
    if kind == "BertNormalizer":
        return _bert(spec, tables)
    return [_one_operation(kind, spec, tables)]


def _one_operation(kind: str, spec: dict[str, Any], tables: Tables) -> Operation:
    if kind == "Replace":
        return (REPLACE, compile_split_pattern(spec["pattern"], tables), *tables.string(spec["content"]))
    if kind == "Prepend":
        return (PREPEND, *tables.string(spec["prepend"]), 0)
    if kind == "Strip":
        return (STRIP, tables.set_of(code_points.whitespace()), spec["strip_left"] + 2 * spec["strip_right"], 0)
    message = f"the normalizer must be one of {SERVED}, is {kind}"
    raise mistake("unsupported-tokenizer", message, "src")


def compile_split_pattern(pattern: dict[str, str], tables: Tables) -> int:
    """Return the program of a `{"String": ...}` or `{"Regex": ...}`."""
    if "String" in pattern:
        return compile_literal(pattern["String"], tables)
    return compile_pattern(pattern["Regex"], tables)


def _map(normalizer: Any, tables: Tables) -> Operation:
    return (MAP, tables.map_of(code_points.changes(normalizer)), 0, 0)


def _unicode_form(form: str, tables: Tables) -> list[Operation]:
    decomposed = code_points.changes(getattr(library, form.replace("C", "D"))())
    parts = {code: result for code, result in decomposed.items() if code not in code_points.HANGUL}
    tables.classes = code_points.combining_classes()
    operations: list[Operation] = [(DECOMPOSE, tables.map_of(parts), 0, 0)]
    if form.endswith("C"):
        tables.compositions = code_points.compositions()
        operations.append((COMPOSE, 0, 0, 0))
    return operations


def _bert(spec: dict[str, Any], tables: Tables) -> list[Operation]:
    flags = {"clean_text": spec["clean_text"], "handle_chinese_chars": spec["handle_chinese_chars"]}
    clean = library.BertNormalizer(**flags, strip_accents=False, lowercase=False)
    operations = [_map(clean, tables)]
    strip_accents = spec["lowercase"] if spec["strip_accents"] is None else spec["strip_accents"]
    if strip_accents:
        strip = library.BertNormalizer(
            clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False
        )
        gone = {code: "" for code, result in code_points.changes(strip).items() if not result}
        operations += [*_unicode_form("NFD", tables), (MAP, tables.map_of(gone), 0, 0)]
    if spec["lowercase"]:
        operations.append(_map(library.Lowercase(), tables))
    return operations


def normalized(spec: dict[str, Any] | None, texts: Sequence[str]) -> list[str]:
    """Return what the library makes of each text."""
    if spec is None:
        return list(texts)
    import json

    from tokenizers import Tokenizer, models  # type: ignore[import-not-found,unused-ignore]

    backend = json.loads(Tokenizer(models.BPE()).to_str()) | {"normalizer": spec}
    normalizer = Tokenizer.from_str(json.dumps(backend)).normalizer
    return [str(normalizer.normalize_str(text)) for text in texts]
