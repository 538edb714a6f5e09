"""The query language: its text to a tree. Knows no graph.

expression = term { ("+" | "-" | "^") term }       union, difference, intersection, from the left; also by name:
                                                   union, except, intersect
term       = pattern | "(" expression ")" | function "(" arguments ")"
functions  = deps(x) deps(x, depth)  rdeps(universe, x) rdeps(universe, x, depth)  somepath(from, to)
             kind(regex, x)  attr(name, regex, x)
A word that holds ( ) , + ^ or starts with - stands in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span, did_you_mean
from etbuild.model.frozen import frozen
from etbuild.model.label import Label, Pattern, parse_pattern


@frozen
class Targets:
    """The targets of a pattern."""

    pattern: Pattern


@frozen
class Combination:
    """Two sets, joined by `+`, `-` or `^`."""

    operator: str
    left: Query
    right: Query


@frozen
class Call:
    """A function with its arguments: sets, words, and a depth (-1 for any)."""

    function: str
    sets: tuple[Query, ...]
    words: tuple[str, ...] = ()
    depth: int = -1


Query = Targets | Combination | Call
_OPERATORS = {"+": "+", "-": "-", "^": "^", "union": "+", "except": "-", "intersect": "^"}
_FUNCTIONS = {"deps": "xd", "rdeps": "xxd", "somepath": "xx", "kind": "rx", "attr": "wrx"}
"""Their arguments: an expression, a word, a regular expression, and a depth that may be left out."""
_TOKEN = re.compile(r"""\s*("[^"]*"|'[^']*'|[()+^,-]|[^\s()+^,'"-][^\s()+^,'"]*)""")


def parse_query(text: str, base: Label | None = None) -> Query:
    """Return the tree of an expression; relative patterns are meant in the package of `base`.

    Raises `bad-query`, `bad-label`.
    """
    return _Parser(text, base).parse()


def patterns_in(query: Query) -> Iterator[Pattern]:
    """Yield the patterns that must be loaded to answer `query`."""
    if isinstance(query, Targets):
        yield query.pattern
    else:
        for part in (query.left, query.right) if isinstance(query, Combination) else query.sets:
            yield from patterns_in(part)


class _Parser:
    def __init__(self, text: str, base: Label | None) -> None:
        self._text = text
        self._base = base
        self._tokens: list[tuple[str, int]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                quote = len(text) - len(text[position:].lstrip())
                raise self._mistake("a quote must be closed, is not", quote, len(text) - quote)
            self._tokens.append((match[1], match.start(1)))
            position = match.end()
        self._tokens.append(("", len(text)))
        self._next = 0

    def parse(self) -> Query:
        query = self._expression()
        if self._current:
            raise self._expected("an operator (+, -, ^) or the end")
        return query

    @property
    def _current(self) -> str:
        return self._tokens[self._next][0]

    def _take(self) -> str:
        self._next += 1
        return self._tokens[self._next - 1][0]

    def _expression(self) -> Query:
        query = self._term()
        while self._current in _OPERATORS:
            query = Combination(_OPERATORS[self._take()], query, self._term())
        return query

    def _term(self) -> Query:
        if self._current == "(":
            self._take()
            query = self._expression()
            self._require(")")
            return query
        if self._tokens[self._next + 1 :] and self._tokens[self._next + 1][0] == "(":
            return self._call()
        column = self._tokens[self._next][1]
        word = self._word("a pattern or a function")
        try:
            return Targets(parse_pattern(word, self._base))
        except EtbuildError as error:
            raise self._mistake(error.diagnostics[0].message, column, len(word), code="bad-label") from None

    def _call(self) -> Query:
        name = self._current
        if name not in _FUNCTIONS:
            hint = did_you_mean(name, _FUNCTIONS) or f"there are {', '.join(_FUNCTIONS)}"
            raise self._mistake(f"no function '{name}' in queries", self._tokens[self._next][1], len(name), hint)
        self._take()
        sets: list[Query] = []
        words: list[str] = []
        depth = -1
        for index, kind in enumerate(_FUNCTIONS[name]):
            if kind == "d" and self._current == ")":
                break
            if kind == "d" and self._current != ",":
                raise self._expected("',' or ')'")
            self._require("(" if index == 0 else ",")
            if kind == "x":
                sets.append(self._expression())
            elif kind == "w":
                words.append(self._word("a word"))
            elif kind == "r":
                words.append(self._regex())
            elif self._current.isdecimal():
                depth = int(self._take())
            else:
                raise self._expected("a depth (a whole number)")
        self._require(")")
        return Call(name, tuple(sets), tuple(words), depth)

    def _word(self, what: str) -> str:
        if not self._current or self._current in "()+^,-":
            raise self._expected(what, "a word that holds such a sign stands in quotes" if self._current else None)
        word = self._take()
        return word[1:-1] if word[0] in "\"'" else word

    def _regex(self) -> str:
        token, column = self._tokens[self._next]
        word = self._word("a word")
        try:
            re.compile(word)
        except re.error as error:
            message = f"'{word}' must be a regular expression: {error.msg}"
            raise self._mistake(message, column, len(token)) from None
        return word

    def _require(self, token: str) -> None:
        if self._current != token:
            raise self._expected(f"'{token}'")
        self._take()

    def _expected(self, what: str, hint: str | None = None) -> EtbuildError:
        token, column = self._tokens[self._next]
        found = f"'{token}'" if token else "the end"
        return self._mistake(f"here must be {what}, is {found}", column, max(1, len(token)), hint)

    def _mistake(
        self, message: str, column: int, length: int, hint: str | None = None, code: str = "bad-query"
    ) -> EtbuildError:
        span = Span(
            "query", 1, column + 1, length, self._text.replace("\n", " ") + (" " if column >= len(self._text) else "")
        )
        return EtbuildError(Diagnostic(code, message, span, hint=hint))
