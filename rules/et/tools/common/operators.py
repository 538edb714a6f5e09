"""Brings operators beyond torch's into this process, etbuild's and the user's: Python that defines them, libraries with
their kernels.

Knows no program. Whoever reads an exported program or runs one asks for them first; they are loaded once.
"""

from __future__ import annotations

import ctypes
import functools
import os
import runpy
from collections.abc import Iterable
from pathlib import Path

from common.diagnostics import mistake
from common.entry import users_code

ATTRIBUTE = "operators"
VARIABLE = "ETBUILD_OPERATORS"
"""The environment variable that holds the files' paths."""


def load_operators(files: Iterable[str] = ()) -> None:
    """Import the Python files, and register the kernels of the libraries with the official runtime."""
    from common import gguf_operators, int4_operators  # noqa: F401 -- define them; not before torch is wanted.

    for file in (*os.environ.get(VARIABLE, "").split(), *files):
        _load(Path(file).absolute())


@functools.cache
def _load(path: Path) -> None:
    if path.suffix == ".py":
        with users_code(f"'{path.name}' cannot be loaded:", ATTRIBUTE):
            runpy.run_path(str(path))
    else:
        _register(path)


def _register(path: Path) -> None:
    import executorch.runtime  # noqa: F401 -- the library finds the runtime that is loaded already.

    try:
        library = ctypes.CDLL(str(path))
        error = library.etbuild_register_kernels()
    except (OSError, AttributeError) as failure:
        message = f"'{path.name}' must be a library that an et_kernels makes with `shared`: {failure}"
        raise mistake("bad-operators", message, ATTRIBUTE) from failure
    if error:
        raise mistake(
            "bad-operators", f"the kernels of '{path.name}' cannot be registered: error {error:#x}", ATTRIBUTE
        )
