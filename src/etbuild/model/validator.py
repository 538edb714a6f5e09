"""What checks tables against schemas: pydantic's core, without the package around it.

That package describes core schemas to type checkers, which takes 36 ms of each command; nothing here reads it.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError, SchemaValidator, ValidationError

__all__ = ["PydanticCustomError", "SchemaValidator", "ValidationError"]
_PACKAGE = "pydantic_core"
_NAME = "pydantic_core._pydantic_core"


def _core() -> Any:
    """Return the extension module: the one that `import pydantic` takes too, whoever comes first."""
    if _NAME not in sys.modules:
        package = PathFinder.find_spec(_PACKAGE)
        spec = PathFinder.find_spec(_NAME, package.submodule_search_locations) if package else None
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"etbuild needs {_PACKAGE}, which comes with pydantic", name=_PACKAGE)
        sys.modules[_NAME] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[_NAME])
    return sys.modules[_NAME]


if not TYPE_CHECKING:
    SchemaValidator = _core().SchemaValidator
    ValidationError = _core().ValidationError
    PydanticCustomError = _core().PydanticCustomError
