"""Says in one line why a library failed, and at which line of the model; knows no library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from common.user_files import is_user_file, relative_name

FRAME = re.compile(r'File "([^"]+)", line (\d+)')
LIBRARIES = ("torch/", "etbuild/")
"""How frames of others than the user begin, where a graph has kept them."""


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield `error` and what caused it, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def root_cause(error: BaseException) -> BaseException:
    """Return what `error` was raised from, and that from: passes tell only which of them failed."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def full_text(error: BaseException) -> str:
    """Return what `error` and all its causes say."""
    return "\n".join(f"{type(each).__name__}: {each}" for each in chain(error))


def first_line(error: BaseException) -> str:
    """Return the first line of what `error` says, or what it is if it says nothing."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def reason(error: BaseException) -> str:
    """Return the first line of what `error` says, after its type's name."""
    lines = [line.strip() for line in f"{type(error).__name__}: {error}".splitlines() if line.strip()]
    return re.sub(r"/\S*/site-packages/", "", lines[0])[:300]


def at_place(error: BaseException) -> str:
    """Return " at file:line" of the model, or nothing if no frame is in it."""
    frames = [frame for each in chain(error) for frame in _frames(each)]
    frames += [(name, int(line)) for name, line in FRAME.findall(full_text(error))]
    own = [frame for frame in frames if _is_own(frame[0])]
    if own:
        return f" at {relative_name(own[-1][0]) if own[-1][0].startswith('/') else own[-1][0]}:{own[-1][1]}"
    models = [frame for frame in frames if "/transformers/models/" in frame[0]]
    return f" at {models[-1][0].partition('/site-packages/')[2]}:{models[-1][1]}" if models else ""


def _is_own(name: str) -> bool:
    if name.startswith("/"):
        return is_user_file(name)
    return name.endswith(".py") and not name.startswith(LIBRARIES)


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    traceback = error.__traceback__
    while traceback is not None:
        yield str(Path(traceback.tb_frame.f_code.co_filename)), traceback.tb_lineno
        traceback = traceback.tb_next
