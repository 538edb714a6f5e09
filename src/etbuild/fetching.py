"""fetch: brings repositories and Python environments before a build asks for them, or hashes them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etbuild.execution.fetch.made_folder import verify_folder
from etbuild.execution.fetch.repository import UNLOCKED
from etbuild.model.action import Mount
from etbuild.model.configured import Analysis, ConfiguredTarget
from etbuild.model.diagnostics import Diagnostic, EtbuildError, raise_all
from etbuild.model.frozen import frozen
from etbuild.model.rule import PythonEnvironmentInfo
from etbuild.model.workspace import OWN_REPOSITORY
from etbuild.provisions import REPOSITORY
from etbuild.session import Session

_LACKING = frozenset({"no-such-folder", "not-installed"})


@frozen
class Fetched:
    """Something that is on this machine now."""

    name: str
    folder: str
    damaged: tuple[str, ...] = ()
    """Paths that are not what was installed, as far as that was asked."""
    verified: bool = False
    """Whether all of it was looked at, and is what was installed."""


def all_names(session: Session) -> tuple[str, ...]:
    """Return all repositories, and the environments among WORKSPACE's toolchains; last what nobody can fetch."""
    repositories = [each for each in session.workspace.repositories.values() if each.name != OWN_REPOSITORY]
    fetched, present = ([f"@{r.name}" for r in repositories if (r.kind in UNLOCKED) is here] for here in (False, True))
    # What a compiler lacks on this machine is no matter here.
    analysis = session.analyze_all(session.load(tuple(map(str, session.workspace.toolchains))))
    return (*fetched, *(str(target.label) for target, _ in _environments(analysis)), *present)


def fetch(session: Session, names: Iterable[str], *, verify: bool, missing: bool = True) -> Iterator[Fetched]:
    """Fetch each of `names` (`@repository`, `//package:environment`); with `verify`, hash its files again.

    Without `missing`, only those that were fetched already. What is not on this machine, and nobody can fetch, is told
    when the rest is done.
    """
    lacking: list[Diagnostic] = []
    for name in names:
        is_label = name.startswith((":", "/")) or "//" in name
        mounts = _environment_mounts(session, name) if is_label else [Mount("", "", REPOSITORY, name.lstrip("@"))]
        for mount in mounts:
            if missing or session.provisions.is_here(mount):
                try:
                    yield _fetched(session, name, mount, verify=verify)
                except EtbuildError as error:
                    if not {each.code for each in error.diagnostics} <= _LACKING:
                        raise
                    lacking += error.diagnostics
    raise_all(lacking)


def _fetched(session: Session, name: str, mount: Mount, *, verify: bool) -> Fetched:
    root = session.provisions.realize(mount)
    repository = session.workspace.repository(mount.source) if mount.kind == REPOSITORY else None
    if mount.source == OWN_REPOSITORY or (repository and repository.kind == "local"):
        return Fetched(name, str(root))  # It was not made: nothing is known of its files.
    # A repository's files are one folder below what was made.
    made = root.parent if repository else root
    damaged = verify_folder(made) if verify else ()
    return Fetched(name, str(made), damaged, verify and not damaged)


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
