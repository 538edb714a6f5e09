"""fetch: brings repositories and Python environments before a build asks for them, or hashes them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etbuild.execution.fetch.made_folder import is_made, verify_folder
from etbuild.execution.fetch.repository import UNLOCKED
from etbuild.model.action import Mount
from etbuild.model.configured import Analysis, ConfiguredTarget
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen
from etbuild.model.rule import PythonEnvironmentInfo
from etbuild.provisions import REPOSITORY
from etbuild.session import Session


@frozen
class Fetched:
    """Something that is on this machine now."""

    name: str
    folder: str
    damaged: tuple[str, ...] = ()
    """Files that do not hold what was installed, as far as that was asked."""


def all_names(session: Session) -> tuple[str, ...]:
    """Return all repositories, and the environments among WORKSPACE's toolchains."""
    repositories = [f"@{each.name}" for each in session.workspace.repositories.values() if each.kind not in UNLOCKED]
    # What a compiler lacks on this machine is no matter here.
    analysis = session.analyze_all(session.load(tuple(map(str, session.workspace.toolchains))))
    return (*repositories, *(str(target.label) for target, _ in _environments(analysis)))


def fetch(session: Session, names: Iterable[str], *, verify: bool, missing: bool = True) -> Iterator[Fetched]:
    """Fetch each of `names` (`@repository`, `//package:environment`); with `verify`, hash its files again.

    Without `missing`, only those that are here already.
    """
    for name in names:
        is_label = name.startswith((":", "/")) or "//" in name
        mounts = _environment_mounts(session, name) if is_label else [Mount("", "", REPOSITORY, name.lstrip("@"))]
        for root in (session.provisions.realize(m) for m in mounts if missing or session.provisions.is_here(m)):
            # A repository's files are one folder below what was made; a local one was not made.
            folder = next((each for each in (root, root.parent) if is_made(each)), None)
            yield Fetched(name, str(folder or root), verify_folder(folder) if verify and folder else ())


def _environment_mounts(session: Session, label: str) -> list[Mount]:
    found = [info.mount for _, info in _environments(session.analyze(session.load((label,))))]
    if not found:
        message = f"'{label}' must be a repository such as @name, or a Python environment, is neither"
        raise EtbuildError(Diagnostic("nothing-to-fetch", message))
    return found


def _environments(analysis: Analysis) -> Iterator[tuple[ConfiguredTarget, PythonEnvironmentInfo]]:
    """Yield the Python environments among what was requested: themselves, or those of a group."""
    for requested in analysis.requested:
        target = analysis.targets[requested]
        for key in target.dependencies if target.spec.rule.name == "alias_group" else (requested,):
            info = analysis.targets[key].get(PythonEnvironmentInfo)
            if info is not None:
                yield analysis.targets[key], info
