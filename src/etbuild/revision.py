"""affected: what differs between a revision of the workspace and its files now. Runs git, and no action."""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from etbuild.analysis.affected import Affected, Revision, affected
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.git_revision import GitRevision, UnreadableRevisionError, git_revision
from etbuild.execution.scratch_folder import scratch_folder
from etbuild.execution.store import Store
from etbuild.model.action import LOCAL, Mount
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.events import Note
from etbuild.model.frozen import replace
from etbuild.model.graph import reachable
from etbuild.model.repository import Repository
from etbuild.model.target import TargetSpec
from etbuild.model.workspace import OWN_REPOSITORY, Workspace
from etbuild.session import Session

ALL = "//..."


def affected_since(session: Session, revision: str, patterns: Sequence[str]) -> tuple[Affected, ...]:
    """Return the targets, of `patterns` and what they need, that are built otherwise than at `revision`."""
    store = Store.open(Path(session.settings.cache))
    digests = FileDigests(store)
    try:
        with scratch_folder(Path(session.settings.cache), "revision-") as scratch:
            files = git_revision(session.root, revision, scratch, session.place.env)

            def digest(path: str) -> str:
                return _digest(path, files.root, digests)

            # The older first: the newer one's rules are what Python's table of modules holds in the end.
            try:
                older = _older(session, files)
                before, reason = (_revision(older, files, digest), "") if older else (None, "new")
            except UnreadableRevisionError:
                raise
            except EtbuildError as error:
                reason = f"'{revision}' does not load"
                session.events(Note(f"{reason}, so that all counts as affected: {error.diagnostics[0].message}"))
                before = None
            after = _revision(session, files, digest, patterns)
            found = affected(before, after) if before else _all(after, reason)
            wanted = set(after.analysis.targets if tuple(patterns) == (ALL,) else after.analysis.requested)
            return tuple(each for each in found if each.label in wanted and not each.label[0].repository)
    finally:
        store.close()


def _older(session: Session, files: GitRevision) -> Session | None:
    """Return a session on the older files; None if there was no workspace then."""
    root = files.bring(session.root)
    if root is None or not (root / "WORKSPACE").is_file():
        return None
    # Where it stands elsewhere, or came later, there is one etbuild for both.
    etbuild = files.bring(session.place.etbuild_root) or session.place.etbuild_root
    older = Session(replace(session.place, root=root, etbuild_root=etbuild), session.settings, session.events)
    repositories = {
        name: replace(each, path=_folder_then(older, each, files)) if _is_local(each) else each
        for name, each in older.workspace.repositories.items()
    }
    older.workspace = replace(older.workspace, repositories=repositories)
    return older


def _is_local(repository: Repository | None) -> bool:
    return repository is not None and repository.kind == "local" and repository.name != OWN_REPOSITORY


def _folder_then(older: Session, repository: Repository, files: GitRevision) -> str:
    now = files.now(repository.path)
    then = files.bring(now)
    if then is None:
        where = f"'{now}' is not in the git repository at '{files.name}'"
        older.events(Note(f"'@{repository.name}' is not compared: {where}"))
    return str(then or now)


def _all(revision: Revision, reason: str) -> tuple[Affected, ...]:
    return tuple(Affected(key, (reason,)) for key in revision.analysis.targets)


def _revision(
    session: Session, files: GitRevision, digest: Callable[[str], str], patterns: Sequence[str] = (ALL,)
) -> Revision:
    analysis = session.analyze(session.load(patterns))

    @functools.cache
    def mounted(mount: Mount) -> tuple[str, str]:
        local = session.workspace.repository(mount.source) if mount.kind == LOCAL else None
        if local is None or not files.then(local.path):
            return mount.provenance or mount.path, mount.digest
        return f"@{local.name}", digest(local.path)  # A checkout has other times than what it is a checkout of.

    return Revision(analysis, digest, _RuleCode(session.workspace).digest, mounted)


def _digest(path: str, older: Path, digests: FileDigests) -> str:
    # The older files are about to go: nothing is remembered of them.
    hash_of = file_sha256 if path.startswith(f"{older}/") else (lambda each: digests.digest(str(each)).digest.hash)

    def of(file: Path) -> str:
        return hash_of(file) + (" executable" if file.stat().st_mode & 0o100 else "")

    top = Path(path)
    if not top.is_dir():
        return of(top) if top.exists() else ""
    files = sorted(each for each in top.rglob("*") if each.is_file() and ".git" not in each.parts)
    return hashlib.sha256("".join(f"{each.relative_to(top)} {of(each)}\n" for each in files).encode()).hexdigest()


class _RuleCode:
    """Digests of rules' own code: a rule's file, and the families' files that it imports at any depth."""

    def __init__(self, workspace: Workspace) -> None:
        self._roots = {family.name: Path(family.root) for family in workspace.families}
        self._texts: dict[str, bytes] = {}
        self._known: dict[str, str] = {}

    def digest(self, spec: TargetSpec) -> str:
        """Return the digest of the code of a target's rule."""
        module = spec.rule.implementation.__module__
        if module not in self._known:
            modules = sorted(reachable([module], self._imports))
            text = b"\0".join(part for each in modules for part in (each.encode(), self._text(each)))
            self._known[module] = hashlib.sha256(text).hexdigest()
        return self._known[module]

    def _text(self, module: str) -> bytes:
        if module not in self._texts:
            _, family, *parts = [*module.split("."), ""] if "." not in module else module.split(".")
            root = self._roots.get(family)
            places = (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")) if root else ()
            self._texts[module] = next((place.read_bytes() for place in places if place.is_file()), b"")
        return self._texts[module]

    def _imports(self, module: str) -> list[str]:
        found: list[str] = []
        for node in ast.walk(ast.parse(self._text(module))):
            if isinstance(node, ast.ImportFrom):
                # A relative import: from the module's package, or from itself if it is one.
                bases = [module, module.rpartition(".")[0]] if node.level else [""]
                names = [f"{base}.{node.module or ''}".strip(".") for base in bases]
                found += [*names, *(f"{name}.{alias.name}" for name in names for alias in node.names)]
            elif isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
        return [name for name in found if name.startswith("rules.") and self._text(name)]
