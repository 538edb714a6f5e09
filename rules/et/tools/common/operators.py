"""Brings the user's own operators into this process: Python that defines them, libraries with their kernels.

Knows no program. Whoever reads an exported program or runs one asks for them first; they are loaded once.
"""

from __future__ import annotations

import ctypes
import functools
import os
import runpy
from pathlib import Path

from common.diagnostics import mistake

ATTRIBUTE = "operators"
VARIABLE = "ETBUILD_OPERATORS"
"""The environment variable that holds the files' paths."""


@functools.cache
def load_operators() -> None:
    """Import the Python files, and register the kernels of the libraries with the official runtime."""
    for path in map(Path, os.environ.get(VARIABLE, "").split()):
        if path.suffix == ".py":
            runpy.run_path(str(path.absolute()))
        else:
            _register(path)


def _register(path: Path) -> None:
    import executorch.runtime  # noqa: F401 -- the library finds the runtime that is loaded already.

    try:
        library = ctypes.CDLL(str(path.absolute()))
        error = library.etbuild_register_kernels()
    except (OSError, AttributeError) as failure:
        message = f"'{path.name}' must be a library that an et_kernels makes with `shared`: {failure}"
        raise mistake("bad-operators", message, ATTRIBUTE) from failure
    if error:
        raise mistake(
            "bad-operators", f"the kernels of '{path.name}' cannot be registered: error {error:#x}", ATTRIBUTE
        )
