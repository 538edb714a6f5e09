"""Writes a tokenizer's definition as one flat file, little-endian, that is used in place.

The layout is in docs/design/tokenizer_file.md; runtime/runner/tokenizer_format.h is the other side of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from common.diagnostics import mistake
from tokenizer.definition import Definition
from tokenizer.tables import Ranges

MAGIC = b"ETTK"
VERSION = 1
LIMIT = 1 << 31


def flat_file(definition: Definition) -> bytes:
    """Return the file's bytes."""
    pieces = b"".join(definition.pieces)
    decoder = definition.decoder
    strings = definition.tables.strings
    refs = [
        definition.tables.string(text) for text in (definition.continuing, decoder.prefix, decoder.replaced, decoder.by)
    ]
    added = [(*definition.tables.string(pattern), index, flags) for pattern, index, flags in definition.added]
    figures = [
        definition.model,
        definition.model_flags,
        len(definition.pieces),
        definition.unknown,
        definition.bos,
        definition.eos,
        definition.word_limit,
        decoder.flags,
        decoder.strip,
        definition.word_set,
        definition.space_set,
        *(number for place, length in refs for number in (place, length)),
    ]
    sections = [
        (1, pieces),
        (1, bytes(strings)),
        (4, _numbers(_starts(definition.pieces))),
        (1, bytes(definition.flags)),
        (4, _numbers(definition.model_ids)),
        *_merge_sections(definition),
        (4, _numbers(definition.byte_ids)),
        (16, _rows(added)),
        (16, _rows(definition.normalizer)),
        (16, _rows(definition.splitter)),
        *_table_sections(definition),
        (4, _numbers(definition.prefix)),
        (4, _numbers(definition.suffix)),
    ]
    return _joined(figures, sections)


def _joined(figures: Sequence[int], sections: Sequence[tuple[int, bytes]]) -> bytes:
    """Put header, directory and sections together, each section at a multiple of four."""
    place = 12 + 4 * len(figures) + 8 * len(sections)
    directory, body = [], bytearray()
    for size, content in sections:
        directory.append((place + len(body), len(content) // size))
        body += content + bytes(-len(content) % 4)
    total = place + len(body)
    if total >= LIMIT:
        raise mistake("invalid-tokenizer", f"the tokenizer must take less than {LIMIT} bytes, takes {total}", "src")
    return MAGIC + _numbers([VERSION, total, *figures]) + _rows(directory) + bytes(body)


def _starts(parts: Sequence[Sequence[object]]) -> list[int]:
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    return starts


def _merge_sections(definition: Definition) -> list[tuple[int, bytes]]:
    merges = definition.merges
    by_left: list[list[int]] = [[] for _ in definition.pieces] if merges else []
    for merge in merges:
        by_left[merge.left].append(merge.right)
    return [
        (4, _numbers(_starts(by_left) if merges else [])),
        (4, _numbers(merge.right for merge in merges)),
        (4, _numbers(merge.rank for merge in merges)),
        (4, _numbers(merge.result for merge in merges)),
    ]


def _table_sections(definition: Definition) -> list[tuple[int, bytes]]:
    tables = definition.tables
    return [
        (4, _numbers(_starts(tables.programs))),
        (16, _rows(row for program in tables.programs for row in program)),
        (4, _numbers(_starts(tables.sets))),
        (16, _rows(_ascii(ranges) for ranges in tables.sets)),
        (8, _rows(each for ranges in tables.sets for each in ranges)),
        (4, _numbers(_starts(tables.maps))),
        (20, _rows(entry for entries in tables.maps for entry in entries)),
        (12, _rows(tables.classes)),
        (12, _rows(tables.compositions)),
    ]


def _ascii(ranges: Ranges) -> tuple[int, ...]:
    """Return a bit for each of the first 128 code points: most texts ask for no other."""
    bits = sum(1 << code for first, last in ranges for code in range(first, min(last, 127) + 1))
    return tuple(bits >> shift & 0xFFFFFFFF for shift in (0, 32, 64, 96))


def _numbers(values: Iterable[int]) -> bytes:
    numbers = list(values)
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _rows(rows: Iterable[Sequence[int]]) -> bytes:
    return _numbers(value for row in rows for value in row)
