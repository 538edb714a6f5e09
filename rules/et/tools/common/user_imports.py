"""Imports a file of the user's, whatever its name; knows nothing of what is in it.

An import in such a file finds, in this sequence: Python's own modules and what is installed, the files beside it, and
only then etbuild's. It does so whenever it runs, since each file has an `__import__` of its own. No module is replaced:
a file whose name another module has is `user_<folder>_<name>` in `sys.modules`.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
)
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from common.user_files import TOOLS, relative_name


def import_file(file: Path) -> ModuleType:
    """Execute `file` and return its module."""
    _make_importable(file.parent)
    return _execute(_free_name(file.stem, str(file)), str(file), file.parent)


def is_known(name: str) -> bool:
    """Tell whether Python or something installed has a module of this name, which is found before the user's."""
    return name in sys.stdlib_module_names or PathFinder.find_spec(name, _installed()) is not None


class _Loader(SourceFileLoader):
    """Executes a file whose imports look into `folder`."""

    def __init__(self, name: str, path: str, folder: Path) -> None:
        super().__init__(name, path)
        self.folder = folder

    def exec_module(self, module: ModuleType) -> None:
        """Execute the file; what it and its functions import is looked up by `_import`."""
        vars(module)["__builtins__"] = {**vars(builtins), "__import__": partial(_import, self.folder)}
        for each in getattr(module, "__path__", ()):
            sys.path_importer_cache[each] = _Finder(each, self.folder)
        super().exec_module(module)


class _Finder(FileFinder):
    """Finds the user's modules in one folder."""

    def __init__(self, path: str, folder: Path) -> None:
        loaders = (ExtensionFileLoader, EXTENSION_SUFFIXES), (partial(_Loader, folder=folder), SOURCE_SUFFIXES)
        super().__init__(path, *loaders)  # type: ignore[arg-type]  # A partial makes a loader, too.


def _import(
    folder: Path,
    name: str,
    variables: Mapping[str, object] | None = None,
    local: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """Import as `__import__` does, but a module of `folder` by the name that is free for it."""
    top, dot, rest = name.partition(".")
    file = None if level else _file_beside(top, folder)
    if file is None:
        return builtins.__import__(name, variables, local, fromlist or (), level)
    free = _free_name(top, file)
    if not _is_of(sys.modules.get(free), file):
        _execute(free, file, folder)
    return builtins.__import__(f"{free}{dot}{rest}", variables, local, fromlist or (), 0)


def _file_beside(name: str, folder: Path) -> str | None:
    """Return the file, or the folder, of the user's module of this name, or none if another comes first."""
    spec = PathFinder.find_spec(name, [str(folder)])
    if spec is None or is_known(name):
        return None
    if spec.loader is not None and isinstance(spec.loader, ExtensionFileLoader):
        return None
    return spec.origin or next(iter(spec.submodule_search_locations or ()), None)


def _execute(name: str, file: str, folder: Path) -> ModuleType:
    spec = _spec(name, file, folder)
    module = module_from_spec(spec)
    sys.modules[name] = module  # Pickled configurations and dataclasses look their own module up.
    try:
        if spec.loader is not None:
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _spec(name: str, file: str, folder: Path) -> ModuleSpec:
    path = Path(file)
    if path.is_dir():  # A package without an __init__.py.
        sys.path_importer_cache[file] = _Finder(file, folder)
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [file]
        return spec
    packages = [str(path.parent)] if path.name == "__init__.py" else None
    loader = _Loader(name, file, folder)
    found = spec_from_file_location(name, file, loader=loader, submodule_search_locations=packages)
    return found or ModuleSpec(name, loader, origin=file)


def _free_name(name: str, file: str) -> str:
    """Return the name under which the user's module in `file` stands in `sys.modules`: its own if that is free."""
    loaded = sys.modules.get(name)
    is_free = _is_of(loaded, file) if loaded else not (TOOLS / name).exists() and not is_known(name)
    return name if is_free else re.sub(r"\W", "_", f"user/{relative_name(file).removesuffix('.py')}")


def _is_of(module: ModuleType | None, file: str) -> bool:
    return module is not None and file in (getattr(module, "__file__", None), *getattr(module, "__path__", ()))


def _make_importable(folder: Path) -> None:
    """Let importlib, too, find what is in `folder`: after everything else, as it asks no file's own import."""
    name = str(folder)
    if not isinstance(sys.path_importer_cache.get(name), _Finder):
        sys.path_importer_cache[name] = _Finder(name, folder)
    if name not in sys.path:
        sys.path.append(name)


def _installed() -> list[str]:
    """Return the folders of `sys.path` that are neither the user's nor etbuild's."""
    return [
        each
        for each in sys.path
        if not isinstance(sys.path_importer_cache.get(each), _Finder) and not Path(each).is_relative_to(TOOLS)
    ]
