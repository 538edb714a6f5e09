"""Calls a function of the user's, named as "file.py:function"; knows nothing of what the function does.

Its file may import the files beside it and may have any name (common/user_imports.py).
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.diagnostics import UserError, mistake
from common.import_hints import import_hint
from common.reasons import chain
from common.user_files import in_words, user_lines
from common.user_imports import import_file


def load_entry(entry: str, attribute: str, index: int | None = None) -> Callable[..., Any]:
    """Return the function that `entry` names."""
    file, _, name = entry.rpartition(":")
    path = Path(file)
    if not file or not path.is_file():
        message = f"'{attribute}' must name a function as \"file.py:function\", is '{entry}'"
        raise mistake("bad-entry", message, attribute, index=index)
    with users_code(f"'{path.name}' cannot be loaded:", attribute, index):
        module = import_file(path.absolute())
    if not hasattr(module, name):
        functions = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        close = difflib.get_close_matches(name, functions, 1)
        hint = f"did you mean '{close[0]}'?" if close else None
        raise mistake("unknown-function", f"{path.name} has no function '{name}'", attribute, index=index, hint=hint)
    function = getattr(module, name)
    if not callable(function):
        message = f"'{name}' of {path.name} must be a function, is of type {type(function).__name__}"
        raise mistake("bad-entry", message, attribute, index=index)
    return function  # type: ignore[no-any-return]


def call_entry(entry: str, attribute: str, *args: object, index: int | None = None) -> Any:
    """Call the function that `entry` names, the `index`th of `attribute` where that is a list.

    What it raises is the user's mistake, at the user's line; so is what it raises later, if it is a generator.
    """
    function = load_entry(entry, attribute, index)
    with users_code(f"'{entry}' raised", attribute, index):
        given = function(*args)
    return _yielded(given, entry, attribute, index) if isinstance(given, Iterator) else given


@contextmanager
def users_code(failed: str, attribute: str, index: int | None = None) -> Iterator[None]:
    """Report what the user's code raises here, after the words `failed`; keep the folder that it may change."""
    folder = Path.cwd()
    try:
        yield
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        os.chdir(folder)  # Places are told below it.
        own = next((each for each in chain(error) if user_lines(each)), error)
        hint = import_hint(own, attribute)
        message = f"{failed} {in_words(own)}"
        raise mistake("entry-failed", message, attribute, index=index, notes=user_lines(own), hint=hint) from error
    finally:
        os.chdir(folder)


def described(value: object) -> str:
    """Return what `value` is, as messages say it: its type, or its own name if it is one."""
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def _yielded(values: Iterator[Any], entry: str, attribute: str, index: int | None) -> Iterator[Any]:
    while True:
        with users_code(f"'{entry}' raised", attribute, index):
            try:
                value = next(values)
            except StopIteration:
                return
        yield value
