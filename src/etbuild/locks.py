"""lock: brings the workspace's lock files up to date with what it asks for. Knows no format and no index."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from etbuild.execution.fetch.repository import UNLOCKED, locked_files
from etbuild.execution.usable_folder import usable
from etbuild.loading.declared import declared_targets, package_names
from etbuild.loading.lock_file import read_lock, render_lock, stale_environment
from etbuild.locking.environment import lock_environment
from etbuild.locking.repositories import PartlyLockedError, lock_repositories
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean, raise_all
from etbuild.model.events import Note
from etbuild.model.frozen import frozen, replace
from etbuild.model.label import parse_pattern
from etbuild.model.lock import EnvironmentIntent, LockFile
from etbuild.model.target import TargetSpec
from etbuild.provisions import LOCK
from etbuild.session import Session

ENVIRONMENT = "python_environment"
"""The toolchain type of targets that have a lock of their own."""


@frozen
class Locked:
    """A lock file after it was looked at."""

    path: str
    """Relative to the workspace's root."""
    files: int
    changed: bool


@frozen
class LockReport:
    """All lock files that were looked at, and why some could not be brought up to date."""

    locked: tuple[Locked, ...]
    mistakes: tuple[Diagnostic, ...] = ()


@frozen
class _Environment:
    spec: TargetSpec
    path: Path
    intent: EnvironmentIntent


def lock(session: Session, names: Collection[str]) -> LockReport:
    """Lock what no longer fits what is asked for; what is named (`@repository`, `//package:environment`) anyway.

    What can be pinned is written, whatever cannot.
    """
    repositories, labels = _told_apart(session, names)
    done: list[Locked] = []
    mistakes: list[Diagnostic] = []
    if repositories or not names:
        found, mistakes = _lock_repositories(session, repositories)
        path = session.root / LOCK
        written = _write(session, path, found) if found.files or path.exists() else None
        if written and (written.changed or not mistakes):
            done.append(written)
    for environment in _environments(session, labels) if labels or not names else ():
        try:
            done.append(_lock_environment(session, environment, anew=bool(labels)))
        except EtbuildError as error:
            span = environment.spec.span("requirements")
            mistakes += (replace(each, span=each.span or span) for each in error.diagnostics)
    return LockReport(tuple(done), tuple(mistakes))


def _lock_environment(session: Session, environment: _Environment, *, anew: bool) -> Locked:
    old = _read(session, environment.path)
    if not anew and old.serves(environment.intent):
        return Locked(_shown(session, environment.path), len(old.files), changed=False)
    count = len(environment.intent.requirements)
    session.events(Note(f"lock    {environment.spec.label}: {count} requirements"))
    return _write(session, environment.path, lock_environment(session.fetching, environment.intent))


def check_locks(session: Session, names: Collection[str]) -> LockReport:
    """Raise `stale-lock` and `not-locked` for what is named, or all, that is asked for and not pinned. Fetches none."""
    repositories, labels = _told_apart(session, names)
    mistakes: list[Diagnostic] = []
    done: list[Locked] = []
    old = _read(session, session.root / LOCK)
    if old.files and (repositories or not names):
        done.append(Locked(LOCK, len(old.files), changed=False))
    for repository in session.workspace.repositories.values():
        if repository.kind not in UNLOCKED and (not names or repository.name in repositories):
            try:
                locked_files(repository, old)
            except EtbuildError as error:
                mistakes += error.diagnostics
    for environment in _environments(session, labels) if labels or not names else ():
        path = _shown(session, environment.path)
        lock_file = _read(session, environment.path)
        done.append(Locked(path, len(lock_file.files), changed=False))
        stale = stale_environment(lock_file, environment.intent, path, str(environment.spec.label))
        if stale:
            mistakes.append(replace(stale, span=environment.spec.span("requirements")))
    raise_all(mistakes)
    return LockReport(tuple(done))


def _told_apart(session: Session, names: Collection[str]) -> tuple[set[str], list[str]]:
    """Return the repositories and the labels among the names. Raises `unknown-repository`."""
    labels = [name for name in names if name.startswith(("/", ":"))]
    repositories = {name.removeprefix("@") for name in names if name not in labels}
    known = session.workspace.repositories
    unknown = sorted(repositories.difference(known))
    if unknown:
        hint = did_you_mean(unknown[0], known, "@{}") or "a label, for an environment, starts with //"
        raise EtbuildError(Diagnostic("unknown-repository", f"WORKSPACE has no repository '{unknown[0]}'", hint=hint))
    return repositories, labels


def _lock_repositories(session: Session, names: Collection[str]) -> tuple[LockFile, list[Diagnostic]]:
    """Return the new lock: where `names` are given, of the others what was there, whether it fits or not."""
    old = _read(session, session.root / LOCK)
    wanted = [each for each in session.workspace.repositories.values() if not names or each.name in names]
    mistakes: list[Diagnostic] = []
    try:
        found = lock_repositories(session.fetching, wanted, old, anew=bool(names))
    except PartlyLockedError as error:
        found, mistakes = error.rest, list(error.diagnostics)
    kept = (file for file in old.files if names and file.name not in names)
    return LockFile((*found.files, *kept)), mistakes


def _environments(session: Session, labels: Sequence[str]) -> Iterator[_Environment]:
    # A workspace that only fetches has no package.
    wanted = labels or ["//..."] * bool(package_names(session.workspace, session.provisions.repository_root))
    patterns = [parse_pattern(label, session.base) for label in wanted]
    for spec, folder in declared_targets(session.workspace, patterns, session.provisions.repository_root):
        attrs = spec.attrs
        requirements = tuple(getattr(attrs, "requirements", ()))
        if spec.rule.toolchain_type == ENVIRONMENT and requirements and attrs is not None:
            values = {name: tuple(getattr(attrs, name, ())) for name in ("without", "platforms")}
            name = getattr(attrs, "lock").name  # noqa: B009 - the rule is a family's: its type is not known here.
            yield _Environment(spec, Path(folder, name), EnvironmentIntent(requirements, **values))
        elif labels:
            message = f"'{spec.label}' must be a {ENVIRONMENT} with requirements, is not"
            raise EtbuildError(Diagnostic("nothing-to-lock", message, spec.span()))


def _read(session: Session, path: Path) -> LockFile:
    try:
        return read_lock(path, _shown(session, path))
    except FileNotFoundError:
        return LockFile(())


def _write(session: Session, path: Path, lock: LockFile) -> Locked:
    text = render_lock(lock)
    changed = not path.is_file() or path.read_text(encoding="utf-8") != text
    if changed:
        draft = path.with_name(f"{path.name}.new")
        with usable(path.parent, "remove what stands there, or allow it to be written"):
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
    return Locked(_shown(session, path), len(lock.files), changed)


def _shown(session: Session, path: Path) -> str:
    return str(path).removeprefix(f"{session.root}/")
