"""Says what to do about an import that failed in a file of the user's; imports nothing itself."""

from __future__ import annotations

from pathlib import Path
from types import FrameType

from common.user_files import TOOLS, is_user_file
from common.user_imports import is_known

DECLARED_BY = {"entry": "srcs", "example_inputs": "srcs"}
"""The attributes whose functions find the files that another attribute than `data` declares."""


def import_hint(error: BaseException, attribute: str) -> str | None:
    """Return what may help if `error` is an import of the user's that failed, at a function of `attribute`."""
    frame = _importing_frame(error)
    if not isinstance(error, ImportError) or error.name is None or frame is None:
        return None
    top = error.name.partition(".")[0]
    file = f"{top}.py"
    if isinstance(error, ModuleNotFoundError):
        if is_known(top):
            return None
        return (
            f"if {file} is yours, declare it: {DECLARED_BY.get(attribute, 'data')} = [\"{file}\"]; else install '{top}'"
        )
    if is_known(top) and (Path(frame.f_code.co_filename).parent / file).is_file():
        return f"'{top}' is also a module of Python's or of what is installed, which comes first: rename {file}"
    return None


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
