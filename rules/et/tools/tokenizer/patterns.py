"""Compiles the regular expressions that pre-tokenizers are written in; knows nothing of what is split by them.

Served is what they use: alternatives, groups, one character class repeated greedily, a look at the next character.
Every jump leads forward, so that a program ends for any text. What cannot be served is a mistake that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from common.diagnostics import UserError, mistake
from tokenizer import code_points
from tokenizer.tables import Instruction, Ranges, Tables

MATCH, SPAN, FORK, JUMP, NEXT, NOT_NEXT = range(6)
"""Accept · take set a, b to c times, fewer if the rest fails · go on at +1, else at a · go on at a · look at set a."""
POSSESSIVE = 6
"""As SPAN, but what it took it keeps."""
UNBOUNDED = 0xFFFFFFFF
MAX_INSTRUCTIONS = 256
"""What the runner has room for."""

_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}
_SPECIAL = frozenset("|)(?*+")


@dataclass(slots=True)
class _Reader:
    """A pattern and how far it is read."""

    pattern: str
    tables: Tables
    at: int = 0
    ignore_case: bool = False

    def refuse(self, what: str) -> UserError:
        note = "served: alternatives, groups, (?i:...), greedy ?, *, + and {n,m} on a character or class, (?=c), (?!c)"
        message = f"the pattern {self.pattern!r} holds {what}, which is not served"
        return mistake("unsupported-tokenizer", message, notes=(note,))

    def peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def take(self, text: str) -> bool:
        if self.peek(text):
            self.at += len(text)
            return True
        return False

    def done(self) -> bool:
        return self.at >= len(self.pattern)


def compile_pattern(pattern: str, tables: Tables) -> int:
    """Return the index of the program that matches a regular expression."""
    reader = _Reader(pattern, tables)
    code = [*_alternatives(reader), (MATCH, 0, 0, 0)]
    if not reader.done():
        raise reader.refuse(f"'{pattern[reader.at]}' at {reader.at}")
    if _matches_nothing(code):
        raise reader.refuse("a way to match no character")
    if len(code) > MAX_INSTRUCTIONS:
        raise reader.refuse(f"{len(code)} steps (at most {MAX_INSTRUCTIONS})")
    return tables.program(_absolute(code))


def compile_literal(text: str, tables: Tables) -> int:
    """Return the index of the program that matches `text` itself."""
    return tables.program([*(_one(tables.set_of(code_points.of_class(each))) for each in text), (MATCH, 0, 0, 0)])


def compile_set(ranges: Ranges, tables: Tables, *, most: int = 1) -> int:
    """Return the index of the program that matches one code point of a set, or up to `most`."""
    return tables.program([(SPAN, tables.set_of(ranges), 1, most), (MATCH, 0, 0, 0)])


def _alternatives(reader: _Reader) -> list[Instruction]:
    """Read up to `)` or the end. Jumps are relative until the whole is there."""
    branches = [_sequence(reader)]
    while reader.take("|"):
        branches.append(_sequence(reader))
    code = branches.pop()
    while branches:
        branch = branches.pop()
        code = [(FORK, len(branch) + 2, 0, 0), *branch, (JUMP, len(code) + 1, 0, 0), *code]
    return code


def _sequence(reader: _Reader) -> list[Instruction]:
    code: list[Instruction] = []
    while not reader.done() and not reader.peek("|") and not reader.peek(")"):
        code += _repeated(reader)
    return code


def _repeated(reader: _Reader) -> list[Instruction]:
    if reader.peek("("):
        return _group(reader)
    index = reader.tables.set_of(code_points.of_class(_class_text(reader)))
    low, high, possessive = _quantifier(reader)
    return [(POSSESSIVE if possessive else SPAN, index, low, high)]


def _group(reader: _Reader) -> list[Instruction]:
    reader.take("(")
    for mark, operation in (("?=", NEXT), ("?!", NOT_NEXT)):
        if reader.take(mark):
            return _look(reader, operation)
    before = reader.ignore_case
    if reader.take("?i:"):
        reader.ignore_case = True
    elif not reader.take("?:") and reader.peek("?"):
        raise reader.refuse(f"'({reader.pattern[reader.at : reader.at + 2]}'")
    code = _alternatives(reader)
    if not reader.take(")"):
        raise reader.refuse("a group that does not end")
    reader.ignore_case = before
    low, high, possessive = _quantifier(reader)
    if (low, high) == (1, 1):
        return code
    if len(code) == 1 and code[0][0] == SPAN and code[0][2:] == (1, 1):
        return [(POSSESSIVE if possessive else SPAN, code[0][1], low, high)]
    if (low, high, possessive) == (0, 1, False):
        return [(FORK, len(code) + 1, 0, 0), *code]
    raise reader.refuse("a repeated group")


def _look(reader: _Reader, operation: int) -> list[Instruction]:
    code = _alternatives(reader)
    if not reader.take(")"):
        raise reader.refuse("a group that does not end")
    if len(code) != 1 or code[0][0] != SPAN or code[0][2:] != (1, 1):
        raise reader.refuse("a look ahead at more than one character")
    return [(operation, code[0][1], 0, 0)]


def _class_text(reader: _Reader) -> str:
    """Read one character or class, and return it as the reference library is asked for it."""
    start = reader.at
    first = reader.pattern[start]
    if first == "[":
        _skip_brackets(reader)
    elif first == "\\":
        _skip_escape(reader)
    elif first in _SPECIAL or first in "^$":
        raise reader.refuse(f"'{first}' at {start}")
    else:
        reader.at += 1
    text = reader.pattern[start : reader.at]
    if text[0] == "\\" and len(text) == 2 and not text[1].isalnum():
        text = text[1] if text[1] != "." else "[.]"
    elif text[0] == "\\" and text[1:] in _ESCAPED:
        text = _ESCAPED[text[1:]]
    if not reader.ignore_case or (len(text) == 1 and not text.isalpha()):
        return text
    return f"(?i:{text})"


def _skip_brackets(reader: _Reader) -> None:
    depth = 0
    while not reader.done():
        letter = reader.pattern[reader.at]
        reader.at += 2 if letter == "\\" else 1
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            return
    raise reader.refuse("a class that does not end")


def _skip_escape(reader: _Reader) -> None:
    kind = reader.pattern[reader.at + 1 : reader.at + 2]
    reader.at += 2
    if kind in ("p", "P", "x") and reader.peek("{"):
        end = reader.pattern.find("}", reader.at)
        if end < 0:
            raise reader.refuse("an escape that does not end")
        reader.at = end + 1
    elif kind in ("u", "x"):
        reader.at += 4 if kind == "u" else 2
    elif not kind or (kind.isalnum() and kind not in "dDsSwWhH" and kind not in _ESCAPED):
        raise reader.refuse(f"'\\{kind}'")


def _quantifier(reader: _Reader) -> tuple[int, int, bool]:
    """Read what follows a class: how often at least, how often at most, and whether it gives nothing back."""
    if reader.peek("{"):
        bounds = _bounds(reader)
        if reader.peek("+") or reader.peek("?") or reader.peek("*"):
            raise reader.refuse("a repeated repetition")
        return (*bounds, False)
    simple = {"?": (0, 1), "*": (0, UNBOUNDED), "+": (1, UNBOUNDED)}
    for mark, (low, high) in simple.items():
        if reader.take(mark):
            possessive = reader.take("+")
            if reader.peek("?") or reader.peek("*") or reader.peek("{"):
                raise reader.refuse("a lazy or repeated repetition")
            return low, high, possessive
    return 1, 1, False


def _bounds(reader: _Reader) -> tuple[int, int]:
    end = reader.pattern.find("}", reader.at)
    low, comma, high = reader.pattern[reader.at + 1 : end].partition(",")
    if end < 0 or not (low or "0").isdecimal() or not (high or "0").isdecimal() or not (low or high):
        raise reader.refuse(f"'{reader.pattern[reader.at :]}'")
    reader.at = end + 1
    least = int(low or "0")
    most = int(high) if high else UNBOUNDED if comma else least
    if most < least or most == 0:
        raise reader.refuse(f"a repetition of {least} to {most}")
    return least, most


def _one(index: int) -> Instruction:
    return (SPAN, index, 1, 1)


def _matches_nothing(code: list[Instruction]) -> bool:
    reachable = {0}
    for index, (operation, target, low, _) in enumerate(code):
        if index not in reachable:
            continue
        if operation == MATCH:
            return True
        if operation in (FORK, JUMP):
            reachable.add(index + target)
        if operation in (FORK, NEXT, NOT_NEXT) or (operation in (SPAN, POSSESSIVE) and low == 0):
            reachable.add(index + 1)
    return False


def _absolute(code: list[Instruction]) -> list[Instruction]:
    return [
        (operation, index + first, second, third) if operation in (FORK, JUMP) else (operation, first, second, third)
        for index, (operation, first, second, third) in enumerate(code)
    ]
