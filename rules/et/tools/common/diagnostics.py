"""Reports a user's mistake to the engine; knows nothing of targets, spans or how it is shown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

EX_DATAERR = 65
"""The exit code by which the engine tells a user's mistake from a tool's failure."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A user's mistake: what must be and what is, with the attribute that it is about."""

    code: str
    message: str
    attribute: str | None = None
    index: int | None = None
    notes: tuple[str, ...] = ()
    hint: str | None = None


class UserError(Exception):
    """A mistake in what the user declared; anything else that is raised is a bug."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        """Carry all the mistakes that could be found at once."""
        super().__init__("; ".join(diagnostic.message for diagnostic in diagnostics))
        self.diagnostics = diagnostics


def mistake(code: str, message: str, attribute: str | None = None, **rest: object) -> UserError:
    """Return the error of one mistake; `rest` is `index`, `notes` and `hint`."""
    return UserError(Diagnostic(code, message, attribute, **rest))  # type: ignore[arg-type]


def run_tool(main: Callable[[Sequence[str]], None], argv: Sequence[str]) -> int:
    """Run a program's body and return its exit code, writing mistakes where the engine reads them."""
    try:
        main(argv)
    except UserError as error:
        write_diagnostics(error.diagnostics)
        return EX_DATAERR
    return 0


def write_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """Write `diagnostics` to the file that the engine named, and in words to stderr for who runs a tool by hand."""
    path = os.environ.get("ETBUILD_DIAGNOSTICS")
    if path:
        Path(path).write_text(json.dumps([asdict(diagnostic) for diagnostic in diagnostics]), encoding="utf-8")
    os.write(2, "".join(_text(diagnostic) for diagnostic in diagnostics).encode())


def _text(diagnostic: Diagnostic) -> str:
    hint = f"  hint: {diagnostic.hint}\n" if diagnostic.hint else ""
    return f"error[{diagnostic.code}]: {diagnostic.message}\n{hint}"
