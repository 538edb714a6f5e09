"""A user's mistake, as a value: what must be, what is, where, why and what to do. Knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etbuild.model.frozen import frozen

EXIT_BUILD_FAILED = 1
EXIT_USER_MISTAKE = 2
EXIT_TEST_FAILED = 3
EXIT_INTERRUPTED = 130


@frozen
class Span:
    """A place in a file that the user wrote."""

    file: str
    """The path to show, relative to the workspace's root where it is below it."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1, in characters."""
    length: int = 1
    """How many characters to underline, on this line."""
    text: str = ""
    """The whole line, without its end."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class Diagnostic:
    """One mistake. `code` has an entry in docs/errors.md."""

    code: str
    message: str
    span: Span | None = None
    notes: tuple[str, ...] = ()
    hint: str | None = None
    severity: str = "error"

    def render(self) -> str:
        """Return the text a user reads, without colour and without a final newline."""
        lines = [f"{self.severity}[{self.code}]: {self.message}"]
        if self.span is not None:
            lines += _excerpt(self.span)
        lines += [f"  note: {note}" for note in self.notes]
        if self.hint is not None:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class EtbuildError(Exception):
    """One or more mistakes of a user. Only `cli` turns it into text."""

    def __init__(self, *diagnostics: Diagnostic, exit_code: int = EXIT_USER_MISTAKE) -> None:
        self.diagnostics = diagnostics
        self.exit_code = exit_code
        super().__init__("\n".join(diagnostic.render() for diagnostic in diagnostics))


def _excerpt(span: Span) -> list[str]:
    margin = " " * len(str(span.line))
    if not span.text:
        return [f"{margin}--> {span.file}:{span.line}:{span.column}"]
    # Tabs keep their width in the line above the marks.
    lead = "".join("\t" if character == "\t" else " " for character in span.text[: span.column - 1])
    marks = "^" * max(1, min(span.length, len(span.text) - span.column + 1))
    return [
        f"{margin}--> {span.file}:{span.line}:{span.column}",
        f"{margin} |",
        f"{span.line} | {span.text}",
        f"{margin} | {lead}{marks}",
    ]


def with_article(noun: str) -> str:
    """Return `a genrule`, `an output_file`."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def did_you_mean(word: str, candidates: Iterable[str], form: str = "{}") -> str | None:
    """Return a hint that names the candidate closest to `word`, put into `form`, or None if none is close."""
    import difflib  # noqa: PLC0415 - only who made a mistake waits for it.

    close = difflib.get_close_matches(word, sorted(set(candidates)), n=1, cutoff=0.6)
    return f"did you mean '{form.format(close[0])}'?" if close else None


def raise_all(diagnostics: Sequence[Diagnostic]) -> None:
    """Raise one error with all of `diagnostics`, in order and each once, if there are any."""
    if diagnostics:
        raise EtbuildError(*dict.fromkeys(diagnostics))
