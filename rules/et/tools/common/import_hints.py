"""Says what to do about an import that failed in a file of the user's; imports nothing itself."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType, ModuleType

from common.user_files import TOOLS, is_user_file
from common.user_imports import is_known

DECLARED_BY = {"entry": "srcs", "example_inputs": "srcs"}
"""The attributes whose functions find the files that another attribute than `data` declares."""


def import_hint(error: BaseException, attribute: str) -> str | None:
    """Return what may help if `error` is an import of the user's that failed, at a function of `attribute`."""
    frame, name = _importing_frame(error), _module_name(error)
    if frame is None or name is None:
        return None
    top = name.partition(".")[0]
    file = f"{top}.py"
    declare = f'if {file} is yours, declare it: {DECLARED_BY.get(attribute, "data")} = ["{file}"]'
    if is_known(top):
        is_beside = (Path(frame.f_code.co_filename).parent / file).is_file()
        words = f"'{top}' is also a module of Python's or of what is installed, which comes first: rename {file}"
        return words if is_beside else None
    if (TOOLS / top).exists():
        return declare
    return None if top in sys.modules else f"{declare}; else install '{top}'"


def _module_name(error: BaseException) -> str | None:
    """Return the module that is not there, or not the one that was meant: it lacks a name."""
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        return error.obj.__name__
    return error.name if isinstance(error, ImportError) else None


def _importing_frame(error: BaseException) -> FrameType | None:
    """Return the frame of the import that failed if it is in a file of the user's: libraries import, too."""
    found = None
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if not name.startswith("<frozen importlib") and not Path(name).is_relative_to(TOOLS):
            found = traceback.tb_frame
        traceback = traceback.tb_next
    return found if found is not None and is_user_file(found.f_code.co_filename) else None
