"""Tells which files are the user's, and where in them something went wrong; loads none of them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

TOOLS = Path(__file__).absolute().parents[1]
MAX_WORDS = 300
"""Characters that are shown of what a library or a line of source says."""


def is_user_file(name: str) -> bool:
    """Tell whether `name` is a source of the user's: a file below the execution root that is no tool of ours."""
    path = Path(name)
    root = Path.cwd()
    if not path.is_absolute() or not path.is_relative_to(root) or "site-packages" in path.parts:
        return False
    return not path.is_relative_to(TOOLS) and path.is_file()


def relative_name(name: str) -> str:
    """Return `name` below the execution root, since outputs and messages carry no absolute path."""
    path = Path(name)
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.name


def user_lines(error: BaseException) -> tuple[str, ...]:
    """Return the innermost place of the traceback that is in the user's own files, as `file:line:column: source`."""
    if isinstance(error, SyntaxError) and error.filename and is_user_file(error.filename):
        return (_place(error.filename, error.lineno or 1, error.offset or 1),)
    found = None
    traceback = error.__traceback__
    while traceback is not None:
        if is_user_file(traceback.tb_frame.f_code.co_filename):
            found = traceback
        traceback = traceback.tb_next
    return () if found is None else (_place(found.tb_frame.f_code.co_filename, found.tb_lineno, _column(found)),)


def in_words(error: BaseException) -> str:
    """Return what `error` says in one line: graphs' interpreters append what they were executing to it."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    said = error.args[0] if isinstance(error, KeyError) and error.args else error  # It shows line ends as \\n.
    text = str(said).replace(f"{Path.cwd()}/", "").strip().splitlines()
    return f"{type(error).__name__}: {text[0][:MAX_WORDS]}" if text else type(error).__name__


def _column(traceback: TracebackType) -> int | None:
    """Return where in its line the failed expression begins, counted in bytes from 1."""
    places = list(traceback.tb_frame.f_code.co_positions())
    at = traceback.tb_lasti // 2
    line, _, start, _ = places[at] if at < len(places) else (None, None, None, None)
    return start + 1 if start is not None and line == traceback.tb_lineno else None


def _place(file: str, line: int, column: int | None) -> str:
    lines = Path(file).read_bytes().splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else b""
    at = f":{len(source[: column - 1].decode(errors='replace')) + 1}" if column else ""
    shown = source.decode(errors="replace").strip()[:MAX_WORDS]
    return f"at {relative_name(file)}:{line}{at}" + (f": {shown}" if shown else "")
