"""Asks the library `tokenizers` which code points a class holds and what a normalizer makes of them.

Its regular expressions, its normalizers and Rust itself each follow another version of Unicode, and Python follows a
fourth: only what the library itself answers is the same as what it does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from tokenizers import Regex, normalizers, pre_tokenizers  # type: ignore[import-not-found,unused-ignore]

from tokenizer.tables import Ranges

HANGUL = range(0xAC00, 0xAC00 + 11172)
"""Syllables, which are composed and decomposed by arithmetic."""

_HIGHEST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_AT_ONCE = 4096


@cache
def every() -> str:
    """Return all code points, in order."""
    return "".join(chr(code) for code in range(_HIGHEST + 1) if code not in _SURROGATES)


@cache
def of_class(expression: str) -> Ranges:
    r"""Return what one character class of a regular expression matches, such as `[^\s\p{L}]` or `(?i:s)`."""
    if len(expression) == 1 and expression != ".":
        return ((ord(expression), ord(expression)),)
    split = pre_tokenizers.Split(Regex(f"(?:{expression})+"), "removed", invert=True)
    return _runs_of(split, _cased() if expression.startswith("(?i:") and len(expression) == 6 else every())


@cache
def whitespace() -> Ranges:
    """Return Rust's `char::is_whitespace`."""
    return complement(_runs_of(pre_tokenizers.WhitespaceSplit(), every()))


@cache
def punctuation() -> Ranges:
    """Return what the pre-tokenizers for BERT take as punctuation."""
    return complement(_runs_of(pre_tokenizers.Punctuation("removed"), every()))


@cache
def numeric() -> Ranges:
    """Return Rust's `char::is_numeric`."""
    runs = pre_tokenizers.Digits(individual_digits=False).pre_tokenize_str(every())
    return tuple((ord(run[0]), ord(run[-1])) for run, _ in runs[1::2])  # U+0000, the first, is none.


@cache
def word() -> Ranges:
    """Return what the pre-tokenizer Whitespace takes as parts of words."""
    whole = pre_tokenizers.Whitespace()
    return joined([code for code in map(ord, every()) if len(whole.pre_tokenize_str(f"a{chr(code)}a")) == 1])


def changes(normalizer: Any) -> dict[int, str]:
    """Return what becomes of each code point that `normalizer` changes; it must look at each by itself."""
    results = ((code, normalizer.normalize_str(chr(code))) for code in map(ord, every()))
    return {code: result for code, result in results if result != chr(code)}


@cache
def combining_classes() -> tuple[tuple[int, int, int], ...]:
    """Return the order of combining marks: first and last code point, and a number that grows with their class.

    Found by trying: of two marks in the wrong order, decomposition swaps them.
    """
    nfd = normalizers.NFD()

    def swapped(first: str, second: str) -> bool:
        return first != second and bool(nfd.normalize_str(first + second) == second + first)

    # Beside marks of the lowest and of the highest class all others show that they are marks.
    marks = [each for each in every() if swapped(each, "\u0334") or swapped("\u0345", each)]
    ladder = list({unicodedata.combining(each): each for each in marks if unicodedata.combining(each)}.values())
    return _same_class([(ord(each), 1 + sum(swapped(each, probe) for probe in ladder)) for each in marks])


@cache
def compositions() -> tuple[tuple[int, int, int], ...]:
    """Return which two code points compose to which one, syllables of Hangul left out."""
    nfd, nfc = normalizers.NFD(), normalizers.NFC()
    found = []
    for code, parts in changes(nfd).items():
        if code in HANGUL or len(parts) < 2 or nfc.normalize_str(parts) != chr(code):
            continue
        first = nfc.normalize_str(parts[:-1])
        if len(first) == 1:
            found.append((ord(first), ord(parts[-1]), code))
    return tuple(sorted(found))


def complement(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Return all other code points; surrogates, which no text holds, on either side."""
    edges = [-1, *(edge for each in ranges for edge in each), _HIGHEST + 1]
    gaps = [(edges[index] + 1, edges[index + 1] - 1) for index in range(0, len(edges), 2)]
    return tuple((first, last) for first, last in gaps if first <= last and not (first == 0xD800 and last == 0xDFFF))


@cache
def _cased() -> str:
    """Return what may equal something else if case is ignored: a class of one letter is soon asked among these."""
    return "".join(each for each in every() if not each == each.lower() == each.upper() == each.casefold())


def _runs_of(splitter: Any, text: str) -> Ranges:
    return joined([ord(each) for part in parts(text) for run, _ in splitter.pre_tokenize_str(part) for each in run])


def parts(text: str) -> Iterator[str]:
    """Yield a text in parts that the library is quick with: a million at once take five times as long."""
    return (text[start : start + _AT_ONCE] for start in range(0, len(text), _AT_ONCE))


def joined(codes: Sequence[int]) -> Ranges:
    """Return sorted code points as ranges."""
    return tuple((first, last) for first, last, _ in _same_class([(code, 0) for code in codes]))


def _same_class(marks: Sequence[tuple[int, int]]) -> tuple[tuple[int, int, int], ...]:
    runs: list[tuple[int, int, int]] = []
    for code, kind in marks:
        if runs and runs[-1][1] == code - 1 and runs[-1][2] == kind:
            runs[-1] = (runs[-1][0], code, kind)
        else:
            runs.append((code, code, kind))
    return tuple(runs)
