"""Imports the rule families that WORKSPACE lists. Knows nothing of their rules but their names."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span, did_you_mean, raise_all
from etbuild.model.frozen import frozen, replace
from etbuild.model.graph import CycleError, topological_order
from etbuild.model.rule import API_VERSION, Family

IMPLIED = "core"
"""The family that is loaded whether it is listed or not: platforms are its targets."""
_RULES = "rules"


@frozen
class LoadedFamilies:
    """The families in WORKSPACE's order, and the files that they are made of."""

    families: tuple[Family, ...]
    read: tuple[str, ...]


def load_families(
    names: Sequence[str], workspace_root: Path, etbuild_root: Path, spans: Mapping[str, Span]
) -> LoadedFamilies:
    """Return the families `names`, each from `rules/<name>` of the workspace, or else of etbuild.

    `spans` are WORKSPACE's. Raises EtbuildError with all mistakes.
    """
    rules = [str(root / _RULES) for root in dict.fromkeys((workspace_root, etbuild_root))]
    found = {name: _folder(name, rules) for name in names}
    if IMPLIED not in found and (folder := _folder(IMPLIED, rules)) is not None:
        found = {IMPLIED: folder, **found}
    mistakes = [_unknown(name, rules, _span(name, names, spans)) for name, folder in found.items() if folder is None]
    _prepare_imports(rules)
    families: dict[str, Family] = {}
    for name, folder in found.items():
        if folder is None:
            continue
        try:
            families[name] = _import_family(name, folder, _span(name, names, spans))
        except EtbuildError as error:
            mistakes += error.diagnostics
    whole = len(families) == len(found)
    mistakes += _clashes(families.values()) + (_unmet(families, names, spans) if whole else [])
    raise_all(mistakes)
    read = tuple(path for family in families.values() for path in _files(family.root))
    return LoadedFamilies(tuple(families.values()), read)


def _folder(name: str, rules: Iterable[str]) -> str | None:
    folders = (f"{folder}/{name}" for folder in rules)
    return next((folder for folder in folders if Path(folder, "__init__.py").is_file()), None)


def _span(name: str, names: Sequence[str], spans: Mapping[str, Span]) -> Span | None:
    return spans.get(f"families[{list(names).index(name)}]") if name in names else None


def _prepare_imports(rules: Sequence[str]) -> None:
    """Let `import rules.<family>` find the families of these folders.

    Python's table of modules belongs to the whole process: a family of the same name from elsewhere is dropped.
    """
    package = sys.modules.get(_RULES)
    if package is None:
        package = sys.modules[_RULES] = ModuleType(_RULES)
    before = [path for path in getattr(package, "__path__", ()) if path not in rules]
    package.__path__ = [*rules, *before]
    for name in [name for name in sys.modules if name.startswith(f"{_RULES}.") and name.count(".") == 1]:
        here = _folder(name.partition(".")[2], rules)
        if here is not None and (sys.modules[name].__file__ or "") != f"{here}/__init__.py":
            for stale in [other for other in sys.modules if other == name or other.startswith(name + ".")]:
                del sys.modules[stale]
    importlib.invalidate_caches()


def _import_family(name: str, folder: str, span: Span | None) -> Family:
    try:
        module = importlib.import_module(f"{_RULES}.{name}")
    except Exception as error:
        message = f"family '{name}' must import, does not: {type(error).__name__}: {error}"
        raise EtbuildError(Diagnostic("bad-family", message, _raised_at(error, folder) or span)) from error
    family = getattr(module, "FAMILY", None)
    if not isinstance(family, Family):
        raise _bad(f"the file 'rules/{name}/__init__.py' must hold FAMILY = Family(…)", span)
    if family.name != name:
        raise _bad(f"the family in folder '{name}' must have that name, has '{family.name}'", span)
    if family.api != API_VERSION:
        raise _bad(f"family '{name}' must be written for api {API_VERSION}, is for {family.api}", span)
    return replace(family, root=folder, rules=tuple(replace(rule, family=name) for rule in family.rules))


def _raised_at(error: BaseException, folder: str) -> Span | None:
    """Return the last line of the family's own code that an import error came through."""
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(folder):
        text = (error.text or "").rstrip("\n")
        return Span(error.filename, error.lineno or 1, error.offset or 1, 1, text)
    trace, found = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(folder):
            found = Span(trace.tb_frame.f_code.co_filename, trace.tb_lineno, 1)
        trace = trace.tb_next
    return found


def _unknown(name: str, rules: Sequence[str], span: Span | None) -> Diagnostic:
    known = [folder.name for root in rules for folder in Path(root).glob("*") if (folder / "__init__.py").is_file()]
    message = f"no rule family '{name}' in the workspace's rules or in etbuild's"
    hint = did_you_mean(name, known) or (f"there are {', '.join(sorted(set(known)))}" if known else None)
    return Diagnostic("unknown-family", message, span, hint=hint)


def _clashes(families: Iterable[Family]) -> list[Diagnostic]:
    owners: dict[str, str] = {}
    mistakes = []
    for family in families:
        for rule in family.rules:
            first = owners.setdefault(rule.name, family.name)
            if first != family.name:
                message = f"a rule's name must be its own, '{rule.name}' is in families '{first}' and '{family.name}'"
                mistakes.append(Diagnostic("bad-family", message))
            elif sum(other.name == rule.name for other in family.rules) > 1:
                message = f"a rule's name must be its own, '{rule.name}' stands twice in family '{family.name}'"
                mistakes.append(Diagnostic("bad-family", message))
    return list(dict.fromkeys(mistakes))


def _unmet(families: Mapping[str, Family], names: Sequence[str], spans: Mapping[str, Span]) -> list[Diagnostic]:
    """Return what is wrong with the families' `requires`."""
    mistakes = []
    for family in families.values():
        for name in family.requires:
            if name not in families:
                message = f"family '{family.name}' requires family '{name}', WORKSPACE does not list it"
                hint = f'add "{name}" to families'
                mistakes.append(Diagnostic("bad-family", message, _span(family.name, names, spans), hint=hint))
    try:
        topological_order(families, lambda name: [n for n in families[name].requires if n in families])
    except CycleError as error:
        ring = " → ".join(f"'{name}'" for name in error.cycle)
        mistakes.append(Diagnostic("bad-family", f"families must not require themselves, do: {ring}"))
    return mistakes


def _files(root: str) -> list[str]:
    """Return the family's own files: not its tools, which are inputs of actions."""
    found = []
    for folder, names, files in os.walk(root):
        below = folder[len(root) + 1 :]
        names[:] = sorted(n for n in names if n != "__pycache__" and not (not below and n == "tools"))
        found += [f"{folder}/{name}" for name in sorted(files) if name.endswith(".py")]
    return found


def _bad(message: str, span: Span | None) -> EtbuildError:
    return EtbuildError(Diagnostic("bad-family", message, span))
