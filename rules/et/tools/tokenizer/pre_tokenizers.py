"""Compiles how a normalized text is split into words; knows nothing of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.diagnostics import UserError, mistake
from tokenizer import code_points
from tokenizer.normalizers import Operation, compile_split_pattern
from tokenizer.patterns import UNBOUNDED, compile_literal, compile_pattern, compile_set
from tokenizer.tables import Tables

SPLIT, REPLACE, PREPEND = range(3)
"""Program, behaviour, inverted · program, string · string, when: to each word."""

BEHAVIOURS = ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")
ALWAYS, FIRST = 0, 1
"""A word that does not begin with the string gets it: every one, or the one that begins the text."""

BYTE_LEVEL_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
SERVED = (
    "Sequence, ByteLevel (as the last), Split, Digits, Punctuation, Whitespace, WhitespaceSplit, BertPreTokenizer, "
    "CharDelimiterSplit, Metaspace"
)


@dataclass(slots=True)
class Splitter:
    """The operations that split a text, and whether what they leave is taken byte by byte."""

    operations: list[Operation]
    byte_level: bool = False


def compile_pre_tokenizer(spec: dict[str, Any] | None, tables: Tables) -> Splitter:
    """Return the operations of a pre-tokenizer, as tokenizer.json has it."""
    steps = _flat(spec)
    byte_level = [step["type"] == "ByteLevel" for step in steps]
    if any(byte_level[:-1]):
        raise _unsupported("ByteLevel before another step")
    operations = [operation for step in steps for operation in _compile(step, tables)]
    return Splitter(operations, any(byte_level))


def _flat(spec: dict[str, Any] | None) -> list[dict[str, Any]]:
    if spec is None:
        return []
    if spec["type"] == "Sequence":
        return [step for each in spec["pretokenizers"] for step in _flat(each)]
    return [spec]


def _compile(step: dict[str, Any], tables: Tables) -> list[Operation]:  # noqa: PLR0911  A line a kind.
    match step["type"]:
        case "ByteLevel":
            return _byte_level(step, tables)
        case "Split":
            return [_split(compile_split_pattern(step["pattern"], tables), step["behavior"], inverted=step["invert"])]
        case "Digits":
            digits = compile_set(code_points.numeric(), tables)
            return [_split(digits, "Isolated" if step["individual_digits"] else "Contiguous")]
        case "Punctuation":
            return [_split(compile_set(code_points.punctuation(), tables), step["behavior"])]
        case "WhitespaceSplit":
            return [_split(compile_set(code_points.whitespace(), tables), "Removed")]
        case "Whitespace":
            return _whitespace(tables)
        case "BertPreTokenizer":
            spaces = _split(compile_set(code_points.whitespace(), tables), "Removed")
            return [spaces, _split(compile_set(code_points.punctuation(), tables), "Isolated")]
        case "CharDelimiterSplit":
            return [_split(compile_literal(step["delimiter"], tables), "Removed")]
        case "Metaspace":
            return _metaspace(step, tables)
    raise _unsupported(step["type"])


def _split(program: int, behaviour: str, *, inverted: bool = False) -> Operation:
    return (SPLIT, program, BEHAVIOURS.index(behaviour), int(inverted))


def _byte_level(step: dict[str, Any], tables: Tables) -> list[Operation]:
    operations: list[Operation] = [(PREPEND, *tables.string(" "), ALWAYS)] if step["add_prefix_space"] else []
    if step.get("use_regex", True):
        operations.append(_split(compile_pattern(BYTE_LEVEL_PATTERN, tables), "Isolated"))
    return operations


def _whitespace(tables: Tables) -> list[Operation]:
    word, space = code_points.word(), code_points.whitespace()
    words = compile_set(word, tables, most=UNBOUNDED)
    rest = code_points.complement(sorted([*word, *space]))
    spaces = _split(compile_set(space, tables), "Removed")
    return [spaces, _split(words, "Isolated"), _split(compile_set(rest, tables, most=UNBOUNDED), "Isolated")]


def _metaspace(step: dict[str, Any], tables: Tables) -> list[Operation]:
    mark = step["replacement"]
    operations: list[Operation] = [(REPLACE, compile_literal(" ", tables), *tables.string(mark))]
    if step["prepend_scheme"] != "never":
        operations.append((PREPEND, *tables.string(mark), FIRST if step["prepend_scheme"] == "first" else ALWAYS))
    if step["split"]:
        operations.append(_split(compile_literal(mark, tables), "MergedWithNext"))
    return operations


def _unsupported(what: str) -> UserError:
    return mistake("unsupported-tokenizer", f"the pre-tokenizer must be one of {SERVED}, is {what}", "src")
