"""Loads a function of the user's from "file.py:function"; knows nothing of what the function does."""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.diagnostics import UserError, mistake


def load_entry(entry: str, attribute: str) -> Callable[..., Any]:
    """Return the function that `entry` names.

    The file's folder is importable while it loads, so that it may import the files beside it.
    """
    file, _, name = entry.rpartition(":")
    path = Path(file)
    if not file or not path.is_file():
        message = f"'{attribute}' must name a function as \"file.py:function\", is '{entry}'"
        raise mistake("bad-entry", message, attribute)
    module = _load_module(path, attribute)
    function = getattr(module, name, None)
    if not callable(function):
        close = difflib.get_close_matches(name, [key for key in vars(module) if not key.startswith("_")], 1)
        hint = f"did you mean '{close[0]}'?" if close else None
        raise mistake("unknown-function", f"{path.name} has no function '{name}'", attribute, hint=hint)
    return function  # type: ignore[no-any-return]


def call_entry(entry: str, attribute: str, *args: object) -> Any:
    """Call the function that `entry` names; what it raises is the user's mistake, at the user's line."""
    function = load_entry(entry, attribute)
    try:
        return function(*args)
    except UserError:
        raise
    except Exception as error:
        raise mistake(
            "entry-failed", f"'{entry}' raised {_in_words(error)}", attribute, notes=user_lines(error)
        ) from error


def user_lines(error: BaseException) -> tuple[str, ...]:
    """Return the innermost line of the traceback that is in the user's own files, as `file:line`."""
    lines = []
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if is_user_file(name):
            lines.append(f"at {relative_name(name)}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return tuple(lines[-1:])


def is_user_file(name: str) -> bool:
    """Tell whether `name` is a source of the user's: a file below the execution root that is no tool of ours."""
    path = Path(name)
    tools = Path(__file__).absolute().parents[1]
    root = Path.cwd()
    if not path.is_absolute() or not path.is_relative_to(root) or "site-packages" in path.parts:
        return False
    return not path.is_relative_to(tools) and path.is_file()


def relative_name(name: str) -> str:
    """Return `name` below the execution root, since outputs and messages carry no absolute path."""
    path = Path(name)
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.name


def _load_module(path: Path, attribute: str) -> object:
    spec = importlib.util.spec_from_file_location(path.stem, path.absolute())
    if spec is None or spec.loader is None:
        raise mistake("bad-entry", f"'{attribute}' must name a Python file, is '{path}'", attribute)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # Pickled configurations and dataclasses look their own module up.
    sys.path.append(str(path.absolute().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        notes = user_lines(error)
        raise mistake(
            "entry-failed", f"'{path.name}' cannot be loaded: {_in_words(error)}", attribute, notes=notes
        ) from error
    return module


def _in_words(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
